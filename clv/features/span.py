"""Spans of days after a date: the months for which revenue is forecast, and those by which forecasts are judged."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

AHEAD = 12  # months that are forecast
MONTH_DAYS = 30  # of a month by which forecasts are judged: all are equally long, wherever the forecast begins


@dataclass(frozen=True)
class Span:
    """The days from the first to the last, both included; `months_ahead` is its position, 0 for the rest of a month."""

    first: date
    last: date
    months_ahead: int

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    @property
    def a_year_before(self) -> "Span":
        """The same calendar days one year earlier."""
        return Span(year_before(self.first), year_before(self.last), self.months_ahead)


def year_before(day: date) -> date:
    """The same calendar day one year earlier; the last day of a month becomes the last day of that month."""
    last = monthrange(day.year - 1, day.month)[1]
    whole_month = day.day == monthrange(day.year, day.month)[1]
    return day.replace(year=day.year - 1, day=last if whole_month else min(day.day, last))


def calendar_months(after: date, n: int = AHEAD) -> list[Span]:
    """The rest of the month of a date, if any days are left, and the n whole months after it."""
    first, spans = after + timedelta(days=1), []
    start = 0 if first.day > 1 else 1
    for ahead in range(start, n + 1):
        last = first.replace(day=monthrange(first.year, first.month)[1])
        spans.append(Span(first, last, ahead))
        first = last + timedelta(days=1)
    return spans


def equal_months(after: date, n: int = AHEAD) -> list[Span]:
    """The n months of MONTH_DAYS after a date."""
    starts = [after + timedelta(days=1 + MONTH_DAYS * i) for i in range(n)]
    return [Span(start, start + timedelta(days=MONTH_DAYS - 1), i + 1) for i, start in enumerate(starts)]
