"""Parameters of the nightly run: when it refits, what it rejects, and where it delivers the result."""

from dataclasses import dataclass
from typing import Annotated, Literal

from clv.strict import Between, Days, Line


@dataclass(frozen=True)
class RetrainParams:
    fetch: Line | None
    every_days: Days
    when_off: bool
    deliver: tuple[Literal["push", "publish"], ...]
    service: Line | None
    service_seconds: Annotated[float, Between(1, 3600)]
