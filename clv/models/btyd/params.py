"""Parameters of the buy-till-you-die models."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from clv.strict import Between, Day

PurchasesName = Literal["pareto_nbd", "mbg_nbd", "bg_nbd"]
SeasonName = Literal["yearly", "none"]


@dataclass(frozen=True)
class ClosedDays:
    first: Day
    last: Day

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"first must not be after last, got {self.first} and {self.last}")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"first": str(self.first), "last": str(self.last)}


@dataclass(frozen=True)
class BtydParams:
    purchases: PurchasesName
    discount_rate: Annotated[float, Between(1e-4, 10)]
    season: SeasonName
    closed: tuple[ClosedDays, ...]
