"""Selections: which customers a page lists, and in which order."""

import math
from dataclasses import dataclass
from typing import Any

from clv.errors import shown
from clv.marketing.segments.customer_values import COLUMNS
from clv.serving.refused import RefusedError

SORTED_UNITS = ("money", "probability", "count", "days")

SORTS = tuple(
    column.name for column in COLUMNS if column.source in ("forecast", "history") and column.unit in SORTED_UNITS
)


@dataclass(frozen=True)
class Selection:
    """Customers by tier, RFM segment, cluster, elite or not, and among the best `top_pct` percent of all.

    A value of None does not filter. `top_pct` is by `predicted_clv` and relative to all customers, whatever else is
    selected. `sort` is one of `SORTS`, with a minus before it for descending order. Raises `RefusedError` for an
    invalid value.
    """

    tier: str | None = None
    segment: str | None = None
    cluster: int | None = None
    elite: bool | None = None
    top_pct: float | None = None
    sort: str = "-predicted_clv"

    def __post_init__(self) -> None:
        if self.column not in SORTS:
            raise RefusedError(
                f"sort must be one of {', '.join(SORTS)}, with - before it for descending order, "
                f"got {shown(self.sort)}",
                field="sort",
            )
        if self.top_pct is not None and not (math.isfinite(self.top_pct) and 0 < self.top_pct <= 100):
            raise RefusedError(
                f"top_pct must be a percentage above 0, 100 at most, got {self.top_pct}; give 5 for the best 5%",
                field="top_pct",
            )

    @property
    def column(self) -> str:
        """The column to sort by."""
        return self.sort.removeprefix("-")

    @property
    def falling(self) -> bool:
        """Whether the order is descending."""
        return self.sort.startswith("-")

    def groups(self) -> dict[str, Any]:
        """The selected groups, by the name of the filter."""
        given = {"tier": self.tier, "segment": self.segment, "cluster": self.cluster, "elite": self.elite}
        return {choice: value for choice, value in given.items() if value is not None}
