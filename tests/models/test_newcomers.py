"""Customers still to come: as many as came before, spending as much; nothing after the date is used."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from clv.features.past import days_since_epoch
from clv.features.span import Span, calendar_months, equal_months
from clv.models.btyd.season import NO_SEASON
from clv.models.newcomers import QUARTER, YEAR, arrivals, brought, newcomers
from tests.models.bases import CHRISTMAS

FIRST = date(2021, 1, 1)
START = days_since_epoch(FIRST)


def steady(
    n_days: int, a_day: int, daily_minor: int, season: np.ndarray | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Base and revenue of a shop with `a_day` new customers a day, who spend 50 at once and then the same every day."""
    day = START + np.arange(n_days)
    base = pd.DataFrame({"day": day, "new_customers": a_day, "repeat_orders": 0})
    index = np.ones(n_days) if season is None else season
    first, later = np.meshgrid(np.arange(n_days), np.arange(n_days), indexing="ij")
    seen = later >= first
    net = np.where(later == first, 5000, np.rint(daily_minor * index[later])) * a_day
    columns = {"part": "test", "first_day": START + first[seen], "day": START + later[seen]}
    return base, pd.DataFrame(columns).assign(net_minor=net[seen].astype("int64"))


def day_after(n_days: int) -> date:
    return FIRST + timedelta(days=n_days - 1)


def test_a_steady_shop_goes_on_as_it_was() -> None:
    base, revenue = steady(800, a_day=3, daily_minor=100)
    spans = equal_months(day_after(800))
    found = newcomers(base, revenue, NO_SEASON, day_after(800), spans)
    # On future day d, the 3 (d - 1) newcomers of earlier days spend 1 each, and 3 new ones 50 each.
    expected = [sum(3 * 50 + 3 * (d - 1) for d in range(30 * k + 1, 30 * k + 31)) for k in range(12)]
    assert found == pytest.approx(expected)


def test_the_season_of_past_months_is_not_taken_for_what_customers_bring() -> None:
    n = 800
    index = CHRISTMAS.index(START + np.arange(n + 365))
    base, revenue = steady(n, a_day=3, daily_minor=100_000, season=index[:n])
    spans = equal_months(day_after(n))
    found = newcomers(base, revenue, CHRISTMAS, day_after(n), spans)
    daily = [3 * 50 + 3 * d * 1000 * index[n + d] for d in range(360)]
    assert found == pytest.approx(np.sum(np.reshape(daily, (12, 30)), axis=1), rel=1e-3)


def test_nothing_after_the_date_is_looked_at() -> None:
    base, revenue = steady(800, a_day=3, daily_minor=100)
    as_of = day_after(700)
    today = days_since_epoch(as_of)
    spans = calendar_months(as_of)
    later = revenue.assign(net_minor=revenue["net_minor"].where(revenue["day"] <= today, -7))
    more = base.assign(new_customers=base["new_customers"].where(base["day"] <= today, 999))
    expected = newcomers(base, revenue, NO_SEASON, as_of, spans)
    for b, r in ((more, later), (base[base["day"] <= today], revenue[revenue["day"] <= today])):
        assert np.array_equal(newcomers(b, r, NO_SEASON, as_of, spans), expected)


def test_arrivals_repeat_the_year_with_half_of_its_growth() -> None:
    year = np.arange(YEAR) % 9  # 90 days contain every value equally often
    came = np.concatenate([year, 4 * year])
    assert arrivals(came, 400) == pytest.approx(np.resize(4 * year, 400) * 2)
    assert arrivals(np.concatenate([np.zeros(YEAR), year]), 7).tolist() == (year[:7] * 1.0).tolist()


def test_a_shop_that_wins_nobody_any_more_is_not_taken_to() -> None:
    for years in (1, 3):
        came = np.concatenate([np.full(years * YEAR, 8), np.zeros(QUARTER)])
        assert arrivals(came, 3).tolist() == [0.0, 0.0, 0.0]


def test_of_a_short_history_the_newest_counts() -> None:
    """In the first days every customer is new."""
    assert arrivals(np.array([90, 90, 2, 4]), 3).tolist() == [3.0, 3.0, 3.0]
    assert arrivals(np.concatenate([np.full(300, 90), np.full(QUARTER, 2)]), 1).tolist() == [2.0]


def test_months_of_age_that_few_have_behind_them_are_not_told() -> None:
    base, revenue = steady(100, a_day=1, daily_minor=100)
    first, later = brought(base, revenue, NO_SEASON, day_after(100))
    assert first == 50.0
    assert later.tolist() == [1.0, 1.0]  # 70 and 40 customers; 10 are 90 days old
    few_base, few = steady(40, a_day=1, daily_minor=100)
    assert newcomers(few_base, few, NO_SEASON, day_after(40), [Span(FIRST, FIRST, 1)]) is None
