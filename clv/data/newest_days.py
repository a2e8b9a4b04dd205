"""The last day of the data, and whether the days before it look like earlier ones."""

from datetime import date

import numpy as np

from clv.data.bought_days import BoughtDays
from clv.data.input_finding import InputFinding

THIN = 0.1  # of the usual lines per day; no season explains so few
MIN_DAYS = 7  # shorter stretches are weekends or holidays
MIN_EXPECTED = 20  # lines expected in it at the usual rate; fewer could be missing by chance
USUAL_DAYS = 90  # the shortest period before it from which the usual rate is taken


def examine(bought: BoughtDays, last_day: date | None) -> InputFinding:
    """The last day of the clean transaction lines, flagged if the newest stretch is far thinner than before.

    Orders dated ahead or an incomplete export look like this. A given `last_day` is not questioned.
    """
    days, counts = bought.by_day()
    newest = np.datetime64(bought.last, "D")
    if last_day is not None:
        return InputFinding(
            "last day", False, f"the last day is {last_day}, as set by time.last_day; the newest order is of {newest}"
        )
    end = thin_from(days, counts)
    if end is None:
        return InputFinding("last day", False, f"the last day is {newest}, that of the newest order")
    stretch, before = days > days[end], (days <= days[end]) & (days > days[end] - _usual_days(days, end))
    length = int(days[-1] - days[end])
    usual = counts[before].sum() / min(_usual_days(days, end), days[end] - days[0] + 1) * length
    day = np.datetime64(int(days[end]), "D")
    return InputFinding(
        "last day",
        True,
        f"the last day is {newest}, that of the newest order, but the {length} days after {day} have "
        f"{counts[stretch].sum():,} lines where {usual:,.0f} would be usual: orders may be dated ahead, or the "
        f"file may be incomplete",
        f"if so, set time.last_day: '{day}'",
    )


def thin_from(days: np.ndarray, counts: np.ndarray) -> int | None:
    """The position of the day after which lines are far fewer than before, or None.

    `days` are those with lines, sorted, (n,) days since 1970; `counts` their lines. Of all days after which the rest is
    thin, this is the one that best separates the two rates by the likelihood of Poisson counts.
    """
    up_to = np.cumsum(counts)
    best, most = None, 0.0
    for end in range(len(days) - 1):
        length = days[-1] - days[end]
        if length < MIN_DAYS:
            break
        span = min(_usual_days(days, end), days[end] - days[0] + 1)
        start = np.searchsorted(days, days[end] - span, side="right")
        rate = (up_to[end] - (up_to[start - 1] if start else 0)) / span
        n, expected = up_to[-1] - up_to[end], rate * length
        if span < length or expected < MIN_EXPECTED or n > THIN * expected:
            continue
        gain = expected - n + n * np.log(n / expected)
        if gain > most:
            best, most = end, gain
    return best


def _usual_days(days: np.ndarray, end: int) -> int:
    """The number of days up to a day that give the usual rate: as many as follow it, but at least 90."""
    return max(USUAL_DAYS, int(days[-1] - days[end]))
