"""The customers of a release: one by id, or page by page in the order of a column."""

from functools import lru_cache
from typing import Any

import numpy as np

from clv.errors import listed, shown
from clv.marketing.segments.rfm import SEGMENTS
from clv.marketing.tiers import TIERS, UNKNOWN
from clv.serving.cursor import Cursor
from clv.serving.refused import RefusedError
from clv.serving.selection import Selection
from clv.serving.sorted_rows import SortedRows

GROUPS = {"tier": "tier", "segment": "rfm_segment", "cluster": "cluster", "elite": "elite"}  # column, by filter
NAMED: dict[str, tuple[Any, ...]] = {  # values that may be requested even if no customer has them
    "tier": (*TIERS, UNKNOWN),
    "segment": tuple(segment.name for segment in SEGMENTS),
    "cluster": (),
    "elite": (True, False),
}
KEPT = 16  # cached row numbers of recent selections, and orders by column


class CustomerTable:
    """The rows of data/customer_values, as Python values.

    The row numbers of each group (tier, RFM segment, cluster, elite) are listed at the start. Orders by other columns
    than the forecast, and intersections of groups, are computed on first use; the last few are kept.
    """

    def __init__(self, rows: SortedRows, release: str):
        self._rows = rows
        self._release = release
        self._order = lru_cache(KEPT)(self._sorted)
        self._numbers = lru_cache(KEPT)(self._chosen)
        self._members = {choice: rows.members(column) for choice, column in GROUPS.items()}
        self._best = self._order("predicted_clv", True)

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, customer_id: str) -> dict[str, Any] | None:
        """The row of a customer, by column; null and NaN are None. None if no customer has this id."""
        span = self._rows.span(customer_id)
        return self._rows.row(span[0]) if span else None

    def groups(self, choice: str) -> list[Any]:
        """The values of `tier`, `segment`, `cluster` or `elite` in the release, sorted."""
        return sorted(self._members[choice])

    def page(self, chosen: Selection, after: str | None, limit: int) -> tuple[list[dict[str, Any]], int, str | None]:
        """Rows of the selection after the cursor (None: from the start), the number of its rows, and the next cursor.

        Rows whose sort value is not known come last; ties are in the order of ids. Raises `RefusedError` for a cursor
        that is invalid, or of another selection or release, and for an unknown group.
        """
        start = 0 if after is None else Cursor.read(after, self._release, chosen).position
        numbers = self._numbers(chosen)
        end = start + limit
        following = Cursor(self._release, end).text(chosen) if end < len(numbers) else None
        return self._rows.rows(numbers[start:end]), len(numbers), following

    @property
    def columns(self) -> list[str]:
        """The names of the columns of a row, in order."""
        return self._rows.names

    def total(self, chosen: Selection, column: str) -> float:
        """The sum of a column of numbers over the selection; missing values are ignored."""
        return float(np.nansum(self._rows.numbers(column)[self._numbers(chosen)]))

    def _chosen(self, chosen: Selection) -> np.ndarray:
        """Row numbers of a selection, in its order."""
        order = self._order(chosen.column, chosen.falling)
        lists = [self._of_group(choice, value) for choice, value in chosen.groups().items()]
        if chosen.top_pct is not None:
            lists.append(self._best_share(chosen.top_pct / 100))
        if not lists:
            return order
        times = np.zeros(len(self), dtype="int8")
        for numbers in lists:
            times[numbers] += 1
        return order[times[order] == len(lists)]

    def _of_group(self, choice: str, value: Any) -> np.ndarray:
        members = self._members[choice]
        if value not in members and value not in NAMED[choice]:
            there = listed(map(str, self.groups(choice)))
            raise RefusedError(f"{choice} must be one of {there}, got {shown(str(value))}", field=choice)
        return members.get(value, np.empty(0, dtype="int32"))

    def _best_share(self, share: float) -> np.ndarray:
        """The customers with the highest forecasts, a share of all, as `clv.marketing.tiers.is_elite` counts them."""
        end = round(share * len(self))
        if end >= len(self):
            return self._best
        values = self._rows.numbers("predicted_clv")
        first = np.searchsorted(-values[self._best], -values[self._best[end]], side="left")
        return self._best[:first]

    def _sorted(self, column: str, falling: bool) -> np.ndarray:
        """All row numbers in the order of a column; unknown values come last, ties are by id."""
        values = self._rows.numbers(column)
        return np.argsort(-values if falling else values, kind="stable").astype("int32")
