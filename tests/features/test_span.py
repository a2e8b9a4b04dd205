"""Months after a date, by the calendar and of one length."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clv.features.span import AHEAD, calendar_months, equal_months, year_before

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(DAYS)
def test_months_follow_on_the_date_without_a_gap(after: date) -> None:
    for spans in (calendar_months(after), equal_months(after)):
        ends = [after, *(span.last for span in spans)]
        assert [span.first for span in spans] == [end + timedelta(days=1) for end in ends[:-1]]
        assert sum(span.days for span in spans) == (ends[-1] - after).days
        assert spans[-1].months_ahead == AHEAD


@given(DAYS)
def test_months_of_the_calendar_are_whole_but_for_the_rest_of_one(after: date) -> None:
    rest, *whole = calendar_months(after)
    assert all(span.first.day == 1 and (span.last + timedelta(days=1)).day == 1 for span in whole)
    assert rest.months_ahead == (1 if (after + timedelta(days=1)).day == 1 else 0)


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2024-02-29", "2023-02-28"),
        ("2025-02-28", "2024-02-29"),
        ("2025-02-01", "2024-02-01"),
        ("2024-02-28", "2023-02-28"),
    ],
)
def test_a_month_is_as_whole_a_year_before(day: str, before: str) -> None:
    assert str(year_before(date.fromisoformat(day))) == before
