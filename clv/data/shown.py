"""What transactions show of the whole shop: the days on which it sold, and the usual amounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from clv.data.amounts import count_customers
from clv.data.bounds import Bounds
from clv.data.dates import lines_by_day
from clv.data.lines import Lines
from clv.data.repeats import purchase_amounts
from clv.data.rules import TRANSACTION_RULES
from clv.data.whole_table import extreme_limit, future_after, stray_limits

Counts = tuple[np.ndarray, np.ndarray]  # distinct whole numbers, sorted, and the count of each
NUMBER = {rule.name: number for number, rule in enumerate(TRANSACTION_RULES)}


@dataclass(frozen=True)
class Shown:
    """What the transactions of some customers show.

    Attributes
    ----------
    days: the number of lines by day since 1970, before any is rejected as dated ahead. amounts: the number of purchases
    by amount in minor units, and largest_return, in minor units, both before extreme lines are rejected. first_returns:
    customers who begin with a return, of `customers`, those who have a line at that point.
    """

    days: Counts
    amounts: Counts
    largest_return: int
    first_returns: int
    customers: int

    @classmethod
    def of(cls, lines: Lines, reason: np.ndarray) -> "Shown":
        """Derive them from lines to which all rules were applied.

        `reason` (n,) is the number of the rule that rejected a row, or -1.
        """

        def until(rule: str) -> np.ndarray:
            return (reason < 0) | (reason >= NUMBER[rule])

        return cls(
            lines_by_day(lines, until("future_date")),
            purchase_amounts(lines, until("extreme_cancelled")),
            lines.largest_return,
            lines.first_returns,
            count_customers(lines, until("amounts_like_margins")),
        )

    @classmethod
    def together(cls, parts: Sequence["Shown"]) -> "Shown":
        """Combine those of all customers."""
        return cls(
            _added([part.days for part in parts]),
            _added([part.amounts for part in parts]),
            max(part.largest_return for part in parts),
            sum(part.first_returns for part in parts),
            sum(part.customers for part in parts),
        )

    @property
    def future_after(self) -> int:
        """The last day of lines that are not dated ahead."""
        return future_after(*self.days)

    @property
    def stray_limits(self) -> tuple[int, int]:
        """The first and the last day of lines that are not stray."""
        days, counts = self.days
        dated = days <= self.future_after
        return stray_limits(days[dated], counts[dated])

    @property
    def extreme_minor(self) -> float:
        """The amount above which a purchase is extreme."""
        return extreme_limit(*self.amounts)

    def bounds(self, last_day: date | None) -> Bounds | None:
        """The limits with which some customers can be cleaned alone; None if there is no purchase."""
        if np.isinf(self.extreme_minor):
            return None
        days, (before, after) = self.days[0], self.stray_limits
        days = days[(days <= self.future_after) & (days >= before) & (days <= after)]
        first, last = (np.datetime64(int(day), "D").item() for day in (days[0], days[-1]))
        return Bounds(first, last_day or last, self.extreme_minor)


def _added(parts: Sequence[Counts]) -> Counts:
    if len(parts) == 1:
        return parts[0]
    values, place = np.unique(np.concatenate([values for values, _ in parts]), return_inverse=True)
    counts = np.bincount(place, weights=np.concatenate([counts for _, counts in parts]), minlength=len(values))
    return values, counts.astype("int64")
