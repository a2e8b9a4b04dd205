"""Facts about all rows of a table, with which a block of customers is cleaned as it would be among all others."""

from dataclasses import dataclass

import numpy as np

FUTURE_GAP_DAYS = 60  # without any line, before dates that are taken for future ones
FUTURE_SHARE = 0.001  # of the lines, at most
FUTURE_MIN_LINES = 100  # lines from which on a single one may be a future date
STRAY_GAP_DAYS = 730  # without any line, between stray dates and the others
STRAY_SHARE = 0.05  # of the lines, at most; more is no accident
EXTREME_FACTOR = 100  # times the median purchase line
NEVER = np.iinfo("int64").max  # later than any day


@dataclass(frozen=True)
class WholeTable:
    """Facts about all rows of a table, with days as numbers since 1970.

    Attributes
    ----------
    future_after: lines on later days are dated ahead. stray_before, stray_after: lines on earlier and on later days are
    stray. extreme_minor: larger purchases are extreme. alike_but_case: customer ids in lower case that occur in two
    spellings. alike_in_form: the same for ids in one form (`clv.data.id_forms.in_one_form`). columns: those of the
    clean table that hold any value. with_gaps: those of them with whole numbers, some of which are missing.
    """

    future_after: int = NEVER
    stray_before: int = -NEVER
    stray_after: int = NEVER
    extreme_minor: float = np.inf
    alike_but_case: frozenset[str] = frozenset()
    alike_in_form: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    with_gaps: frozenset[str] = frozenset()


def future_after(days: np.ndarray, counts: np.ndarray) -> int:
    """The day after which the newest lines are very few and much later than all others; `NEVER` if there are none.

    `days` are those with lines, sorted, since 1970; `counts` the number of lines on each, (n,). The clock is not used,
    so that a second run gives the same bytes; `time.last_day` sets the last day explicitly.
    """
    up_to = np.cumsum(counts)
    for gap in np.flatnonzero(np.diff(days) > FUTURE_GAP_DAYS):
        most = max(FUTURE_SHARE * up_to[-1], up_to[-1] >= FUTURE_MIN_LINES)
        if up_to[-1] - up_to[gap] <= most:
            return int(days[gap])
    return NEVER


def stray_limits(days: np.ndarray, counts: np.ndarray) -> tuple[int, int]:
    """The first and the last day of lines that are not stray; strays are few and beyond a long gap without lines.

    A single mistyped year would shift all snapshots.
    """
    up_to = np.cumsum(counts)
    before, after = -NEVER, NEVER
    for gap in np.flatnonzero(np.diff(days) > STRAY_GAP_DAYS):
        if up_to[gap] <= STRAY_SHARE * up_to[-1]:
            before = int(days[gap]) + 1
        if up_to[-1] - up_to[gap] <= STRAY_SHARE * up_to[-1]:
            after = min(after, int(days[gap]))
    return before, after


def extreme_limit(amounts: np.ndarray, counts: np.ndarray) -> float:
    """100 times the median purchase in minor units, infinite if there is no purchase.

    `amounts` are the distinct amounts, sorted, and `counts` the number of purchases with each, (n,).
    """
    return EXTREME_FACTOR * median(amounts, counts) if len(amounts) else np.inf


def median(values: np.ndarray, counts: np.ndarray) -> float:
    """The median of whole numbers, given as sorted distinct `values` and the `counts` of each, (n,)."""
    up_to = np.cumsum(counts)
    low, high = np.searchsorted(up_to, ((up_to[-1] - 1) // 2, up_to[-1] // 2), side="right")
    return float(np.mean([values[low], values[high]]))
