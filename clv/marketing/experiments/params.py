"""Parameters of randomised tests, finished and next."""

from dataclasses import dataclass
from typing import Annotated

from clv.strict import Between, Positive


@dataclass(frozen=True)
class NextTestParams:
    lift: Positive
    power: Annotated[float, Between(0.5, 0.999)]
    treated_share: Annotated[float, Between(0.01, 0.99)]
    customers_per_day: Positive


@dataclass(frozen=True)
class ExperimentParams:
    confidence: Annotated[float, Between(0.5, 0.999)]
    shares: dict[str, dict[str, Positive]]
    next: NextTestParams
