"""Parameters of randomised tests, finished and next."""

from dataclasses import dataclass
from typing import Annotated

from clv.strict import Between, Line


@dataclass(frozen=True)
class NextTestParams:
    lift: Annotated[float, Between(0.001, 10)]
    power: Annotated[float, Between(0.5, 0.999)]
    treated_share: Annotated[float, Between(0.01, 0.99)]
    customers_per_day: Annotated[float, Between(0.01, 10_000_000)]


@dataclass(frozen=True)
class ExperimentParams:
    confidence: Annotated[float, Between(0.5, 0.999)]
    shares: dict[Line, dict[Line, Annotated[float, Between(1e-6, 1_000_000)]]]
    next: NextTestParams
