"""A new run is made where the data require it or a user asks for it; otherwise the reason is given."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from clv.data.profiling.data_comparison import Comparison, Profiled
from clv.data.profiling.shop_profile import EPOCH, ShopProfile
from clv.params import Params
from clv.retraining.due import whether_due
from clv.retraining.params import RetrainParams

THEN = date(2025, 6, 30)


@pytest.fixture(scope="module")
def params(project_params: Params) -> RetrainParams:
    return replace(project_params.retrain, every_days=30)


def seen(until: date, cents_a_day: int = 10_000) -> Profiled:
    """A shop with the same revenue every day since the year began."""
    days = np.arange((date(2025, 1, 1) - EPOCH).days, (until - EPOCH).days + 1)
    counts = {"lines": 10, "purchases": 10, "net_minor": cents_a_day, "customers": 8}
    table = pd.DataFrame({"day": days, **counts})
    return Profiled(ShopProfile(table, pd.DataFrame(), np.zeros(96, dtype="int64"), 0), {}, {})


def after(days: int, cents_a_day: int = 10_000) -> Comparison:
    now = THEN + timedelta(days=days)
    return Comparison(seen(THEN), seen(now, cents_a_day), now)


def months(per_day: float = 100.0) -> pd.DataFrame:
    """The forecast of the last run: `per_day` a day, with an interval of a tenth either way."""
    ends = [date(2025, 7, 31), date(2025, 8, 31)]
    totals = np.array([per_day * (end - THEN).days for end in ends])
    bounds = {"cumulative_lower_95": 0.9 * totals, "cumulative_upper_95": 1.1 * totals}
    rows = pd.DataFrame({"kind": "all", "last_day": [str(end) for end in ends], "cumulative": totals, **bounds})
    return pd.concat([rows, rows.assign(kind="known", cumulative=0.0)])


def test_the_first_run_is_made(params: RetrainParams) -> None:
    assert whether_due(None, months(), params, asked=False).refit


def test_what_is_asked_for_is_made(params: RetrainParams) -> None:
    assert whether_due(after(0), months(), params, asked=True).why == "it was asked for"


def test_no_new_day_makes_no_run(params: RetrainParams) -> None:
    decision = whether_due(after(0), months(), params, asked=False)
    assert (decision.refit, decision.why) == (False, "no order is newer than 2025-06-30, the date of the last run")


def test_a_run_is_due_when_the_days_have_passed(params: RetrainParams) -> None:
    assert not whether_due(after(29), months(), params, asked=False).refit
    due = whether_due(after(30), months(), params, asked=False)
    assert (due.refit, due.why) == (True, "the data are 30 days newer than the last run, of 2025-06-30")


@pytest.mark.parametrize("cents", [8_000, 12_000])
def test_revenue_out_of_its_interval_makes_a_run_earlier(params: RetrainParams, cents: int) -> None:
    due = whether_due(after(10, cents), months(), params, asked=False)
    assert due.refit
    low, high = (
        1000 + sign * 310 * (10 / 31) ** 0.5 for sign in (-1, 1)
    )  # a tenth of the month of 31 days, either way
    said = f"was {cents / 10:,.0f}, but 1,000 was forecast, {low:,.0f} to {high:,.0f}"
    assert due.why == f"net revenue from 2025-06-30 to 2025-07-10 {said}"
    assert not whether_due(after(10, cents), months(), replace(params, when_off=False), asked=False).refit
    assert not whether_due(after(6, 3 * cents), months(), params, asked=False).refit, "a few days show nothing"


def test_revenue_within_its_interval_makes_none(params: RetrainParams) -> None:
    for cents in (8_300, 11_700):
        assert not whether_due(after(10, cents), months(), params, asked=False).refit


def test_beyond_the_first_month_the_interval_is_that_of_the_forecast(params: RetrainParams) -> None:
    waits = replace(params, every_days=100)
    assert whether_due(after(62, 11_100), months(), waits, asked=False).refit
    assert not whether_due(after(62, 10_900), months(), waits, asked=False).refit


def test_honest_intervals_are_rarely_left(params: RetrainParams) -> None:
    """Days differ by chance, and the interval of the month holds 95% of all months."""
    rng, sd, off = np.random.default_rng(5), 50.0, 0
    rows = months()
    half = 1.96 * sd * (rows["cumulative"] / 100) ** 0.5  # of the number of days with that sum
    rows = rows.assign(cumulative_lower_95=rows["cumulative"] - half, cumulative_upper_95=rows["cumulative"] + half)
    for _ in range(300):
        compared = after(10)
        days = compared.now.profile.days
        new = days["day"] > (THEN - EPOCH).days
        days.loc[new, "net_minor"] = (100 * rng.normal(100, sd, int(new.sum()))).astype("int64")
        off += whether_due(compared, rows, params, asked=False).refit
    assert off < 0.1 * 300


def test_a_forecast_without_an_interval_says_nothing(params: RetrainParams) -> None:
    unknown = months().assign(cumulative_lower_95=np.nan)
    assert not whether_due(after(10, 20_000), unknown, params, asked=False).refit
