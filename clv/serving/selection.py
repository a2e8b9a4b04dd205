"""Which customers a page lists, and in which order."""

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
    """Customers of a tier, an RFM segment, a cluster, elite or not, and among the best `top_pct` percent of all.

    What is None chooses nobody out. `top_pct` is by `predicted_clv` and of all customers, whatever else is chosen.
    `sort` is one of `SORTS`, with a minus before it from the highest down. Raises `RefusedError` for a value that
    cannot be.
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
                f"sort must be one of {', '.join(SORTS)}, with - before it from the highest down, "
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
        """What it sorts by."""
        return self.sort.removeprefix("-")

    @property
    def falling(self) -> bool:
        """Whether the highest come first."""
        return self.sort.startswith("-")

    def groups(self) -> dict[str, Any]:
        """The groups that were chosen, by the name of the choice."""
        given = {"tier": self.tier, "segment": self.segment, "cluster": self.cluster, "elite": self.elite}
        return {choice: value for choice, value in given.items() if value is not None}
