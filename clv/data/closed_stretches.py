"""Stretches of days in which the whole shop sold nothing, although sales were to be expected."""

from dataclasses import dataclass

import numpy as np

YEAR = 365.25
MIN_CLOSED_DAYS = 14  # without a purchase; shorter stretches are holidays
MIN_EXPECTED = 20  # purchase days expected from the days around; fewer could be missing by chance
DAYS_AROUND = 90  # before and after a stretch, or as many as are known, which give the usual rate


@dataclass(frozen=True)
class ClosedStretch:
    """The first and the last day, since 1970, and how many purchases would be usual in that time.

    `yearly` is whether the shop was also closed on most of these dates in every other known year, of which there is at
    least one. Such a stretch is part of the season and is expected to return.
    """

    first: int
    last: int
    usual: float
    yearly: bool

    @property
    def days(self) -> int:
        """Its length in days."""
        return self.last - self.first + 1


def closed_stretches(day: np.ndarray, count: np.ndarray) -> list[ClosedStretch]:
    """The closed stretches in a history, by time.

    `day` are the days with a purchase, since 1970 and ascending, and `count` the number of customers who bought on
    each, (n,). A stretch is recognised only once the shop sells again: one that reaches the end of the history may mark
    the end of the data.
    """
    found = []
    for gap in np.flatnonzero(np.diff(day) > MIN_CLOSED_DAYS):
        first, last = int(day[gap]) + 1, int(day[gap + 1]) - 1
        rates = (_rate(day, count, first - DAYS_AROUND, first), _rate(day, count, last + 1, last + 1 + DAYS_AROUND))
        usual = min(rates) * (last - first + 1)
        if usual >= MIN_EXPECTED:
            found.append((first, last, usual))
    spans = [(first, last) for first, last, _ in found]
    known = int(day[0]), int(day[-1])
    return [ClosedStretch(first, last, usual, _every_year(first, last, spans, known)) for first, last, usual in found]


def _rate(day: np.ndarray, count: np.ndarray, start: int, end: int) -> float:
    """Purchases per day from `start` to before `end`, over the known days of these, at least a fortnight."""
    inside = (day >= start) & (day < end)
    known = min(end, int(day[-1]) + 1) - max(start, int(day[0]))
    return float(count[inside].sum() / max(known, MIN_CLOSED_DAYS))


def _every_year(first: int, last: int, spans: list[tuple[int, int]], known: tuple[int, int]) -> bool:
    others = []
    reach = int((known[1] - known[0]) / YEAR) + 1
    for years in [*range(-reach, 0), *range(1, reach + 1)]:
        start, end = (day + round(years * YEAR) for day in (first, last))
        if known[0] <= start and end <= known[1]:
            shared = sum(max(min(end, b) - max(start, a) + 1, 0) for a, b in spans)
            others.append(shared > (last - first + 1) / 2)
    return bool(others) and all(others)
