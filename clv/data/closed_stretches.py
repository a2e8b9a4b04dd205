"""Stretches of days in which a whole shop sold nothing although it would have, had it been open."""

from dataclasses import dataclass

import numpy as np

YEAR = 365.25
MIN_CLOSED_DAYS = 14  # without a purchase: shorter stretches are holidays
MIN_EXPECTED = 20  # purchase days that the days around let expect: fewer could be missing by chance
DAYS_AROUND = 90  # before and after a stretch, which say what is usual; where fewer are known, those


@dataclass(frozen=True)
class ClosedStretch:
    """The first and the last day, since 1970, and how many purchases would be usual in so many days.

    `yearly` is whether the shop was closed on most of these dates in every other year that is known, and one is: that
    is a season, and what comes back every year may be expected again.
    """

    first: int
    last: int
    usual: float
    yearly: bool

    @property
    def days(self) -> int:
        """How long it was."""
        return self.last - self.first + 1


def closed_stretches(day: np.ndarray, count: np.ndarray) -> list[ClosedStretch]:
    """The closed stretches in a history, by time.

    `day` are the days with a purchase, since 1970 and ascending, `count` the customers who bought on each, (n,). A
    stretch is known to be one when the shop sells again: what runs up to the end of the history may be its end.
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
    """Purchases a day from `start` to before `end`, over the days of them that are known, a fortnight at least."""
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
