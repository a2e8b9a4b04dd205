"""Past months against realised revenue, on a shop whose numbers are known; their error, and intervals from it."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clv.evaluation.months_interval import Uncertainty, bounds, of_sum, uncertainty
from clv.evaluation.months_judged import ALL, COLUMNS, KNOWN, NEW, judged, months_of, wape
from clv.evaluation.rolling import together
from clv.features.past import days_since_epoch
from clv.features.timeline import Plan, Recipe, Rows
from clv.models.btyd.season import NO_SEASON
from clv.models.btyd.value import Btyd
from tests.models.test_value_over_time import PARETO

FIRST, CUTOFF, LAST = date(2023, 1, 1), date(2024, 8, 14), date(2025, 4, 1)
HORIZON = 90
RECIPE = Recipe(CUTOFF, (), None, Rows(CUTOFF))
PLAN = Plan("temporal", "", HORIZON, FIRST, LAST, None, RECIPE)
CUSTOMERS = pd.DataFrame(
    {"frequency": [1.0, 4.0], "tenure_days": [400.0, 30.0], "recency_days": [50.0, 2.0], "predicted_clv": [10.0, 90.0]}
)


@pytest.fixture(scope="module")
def btyd() -> Btyd:
    return replace(PARETO, season=NO_SEASON, horizon_days=HORIZON)


def history() -> tuple[pd.DataFrame, pd.DataFrame]:
    """One new customer a day, who spends 10 on the first day and 1 every 10 days after; the parts take turns."""
    start, n = days_since_epoch(FIRST), (LAST - FIRST).days + 1
    first, later = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    bought = (later >= first) & ((later - first) % 10 == 0)
    first, later = first[bought], later[bought]
    part = np.array(["training", "calibration", "test"])[first % 3]
    columns = {"part": part, "first_day": start + first, "day": start + later}
    net = np.where(first == later, 1000, 100)
    base = pd.DataFrame({"day": start + np.arange(n), "new_customers": 1, "repeat_orders": 0})
    return base, pd.DataFrame(columns).assign(net_minor=net)


def slow(revenue: pd.DataFrame, first: date, last: date, known: bool | None, by: date = CUTOFF) -> float:
    days = revenue["day"].between(days_since_epoch(first), days_since_epoch(last))
    if known is not None:
        days &= (revenue["first_day"] <= days_since_epoch(by)) == known
    return float(revenue.loc[days, "net_minor"].sum()) / 100


def test_months_that_are_over_are_beside_what_came(btyd: Btyd) -> None:
    base, revenue = history()
    found = months_of(btyd, CUSTOMERS, base, revenue, RECIPE.forecast, PLAN)
    assert tuple(found) == COLUMNS
    assert found.groupby("kind").size().to_dict() == {KNOWN: 7, NEW: 7, ALL: 7}  # 230 days in months of 30
    year = timedelta(days=365)
    for row in found.itertuples():
        first, last = date.fromisoformat(row.first_day), date.fromisoformat(row.last_day)
        known = {KNOWN: True, NEW: False, ALL: None}[row.kind]
        assert row.realised == pytest.approx(slow(revenue, first, last, known))
        assert row.is_extrapolated == (row.months_ahead > 3)
        then = {KNOWN: None, NEW: False, ALL: None}[row.kind]  # all buyers before the cutoff are known at it
        before = slow(revenue, first - year, last - year, then, CUTOFF - year)
        assert row.same_month_last_year == pytest.approx(before)
    known, new, both = (found[found["kind"] == kind] for kind in (KNOWN, NEW, ALL))
    assert known["forecast"].head(3).sum() == 100.0
    assert both["forecast"].to_numpy() == pytest.approx(known["forecast"].to_numpy() + new["forecast"].to_numpy())
    assert new["last_month"].isna().all()
    assert (known["last_month"] == slow(revenue, CUTOFF - timedelta(days=29), CUTOFF, None)).all()


def test_some_of_the_customers_are_held_against_their_own_revenue(btyd: Btyd) -> None:
    base, revenue = history()
    found = months_of(btyd, CUSTOMERS, base, revenue, Rows(CUTOFF, ("test",)), PLAN)
    assert set(found["kind"]) == {KNOWN, NEW}
    known = found[found["kind"] == KNOWN].iloc[0]
    theirs = revenue[revenue["part"] == "test"]
    assert known["realised"] == slow(theirs, CUTOFF + timedelta(days=1), CUTOFF + timedelta(days=30), True)


def test_forecasts_know_nothing_of_what_came(btyd: Btyd) -> None:
    base, revenue = history()
    forecasts = ["forecast", "last_month", "same_month_last_year"]
    expected = months_of(btyd, CUSTOMERS, base, revenue, RECIPE.forecast, PLAN)
    today = days_since_epoch(CUTOFF)
    rng = np.random.default_rng(0)
    later = (revenue["day"] > today).to_numpy()
    scrambled = revenue.assign(net_minor=np.where(later, rng.integers(-900, 9**9, len(revenue)), revenue["net_minor"]))
    other = base.assign(new_customers=np.where(base["day"] > today, 77, base["new_customers"]))
    for b, r in ((other, scrambled), (base[base["day"] <= today], revenue[~later])):
        found = months_of(btyd, CUSTOMERS, b, r, RECIPE.forecast, PLAN)
        pd.testing.assert_frame_equal(found[forecasts], expected[forecasts], check_exact=True)


def test_nothing_is_forecast_by_days_still_to_come(btyd: Btyd) -> None:
    """With a horizon of two years, the same month a year before can itself be later than the cutoff."""
    base, revenue = history()
    plan = replace(PLAN, horizon_days=730, last_day=LAST + timedelta(days=400))
    found = months_of(replace(btyd, horizon_days=730), CUSTOMERS, base, revenue, RECIPE.forecast, plan)
    known = found[found["kind"] == KNOWN].set_index("months_ahead")["same_month_last_year"]
    assert known.loc[:12].notna().all()
    assert known.loc[13:].isna().all()
    assert len(known) > 13


def test_errors_are_weighted_and_compared_on_the_same_months() -> None:
    rows = [
        ("2024-01-01", KNOWN, i, "", "", False, *amounts)
        for i, amounts in enumerate([(100.0, 90.0, 120.0, np.nan), (300.0, 360.0, 120.0, 330.0)])
    ]
    found = judged(pd.DataFrame(rows, columns=list(COLUMNS)))
    of_all = found[found["as_of"] == "all"].set_index("forecast")
    assert of_all["wape"].to_dict() == pytest.approx(
        {"forecast": 70 / 400, "last_month": 200 / 400, "same_month_last_year": 30 / 300}
    )
    assert of_all.loc["same_month_last_year", "wape_of_forecast"] == pytest.approx(60 / 300)
    assert of_all.loc["forecast", "bias"] == pytest.approx(50 / 400)
    assert np.isnan(wape(np.zeros(2), np.ones(2)))
    assert judged(together([], COLUMNS)).empty


def past(n_dates: int, level: float, noise: float, seed: int = 0) -> pd.DataFrame:
    """Months within the horizon, six per date. Their log errors are a level per date plus noise per month."""
    rng = np.random.default_rng(seed)
    error = np.repeat(rng.normal(0, level, n_dates), 6) + rng.normal(0, noise, 6 * n_dates)
    as_of = np.repeat([f"{1900 + i}-01-01" for i in range(n_dates)], 6)
    return pd.DataFrame(
        {"as_of": as_of, "is_extrapolated": False, "forecast": 100.0, "realised": 100.0 * np.exp(error)}
    )


def test_level_and_noise_are_told_apart() -> None:
    found = uncertainty(past(2000, 0.2, 0.1), None)
    assert found.noise == pytest.approx(0.1, rel=0.05)
    assert found.total == pytest.approx(np.hypot(0.2, 0.1 / np.sqrt(6)), rel=0.05)
    assert uncertainty(past(50, 0.2, 0.1), 0.3).total == 0.3
    assert uncertainty(past(0, 0.2, 0.1), None) == Uncertainty(None, 0.0)


def test_few_dates_make_a_total_less_sure() -> None:
    """By Student's t: the interval from the error of one date is 6.5 times as wide as from many."""
    one = past(1, 0.2, 0.0)
    off = abs(float(np.log(one["realised"].iloc[0] / 100)))
    assert uncertainty(one, None).total == pytest.approx(off * 12.706 / 1.96, rel=1e-3)


def test_intervals_hold_as_often_as_they_say() -> None:
    """Where months err as assumed, 95 of 100 months, and of their running sums, are within the 95% bounds."""
    level, noise, n = 0.1, 0.15, 4000
    months = past(n, level, noise, seed=1)["realised"].to_numpy().reshape(n, 6)
    found = Uncertainty(float(np.hypot(level, noise / np.sqrt(6))), noise)
    of_month, so_far = found.of(np.full(6, 100.0), [30 * k for k in range(1, 7)], 180)
    for realised, forecast, sd in (
        (months, np.full(6, 100.0), of_month),
        (months.cumsum(axis=1), 100.0 * np.arange(1, 7), so_far),
    ):
        limits = bounds(forecast, sd)
        inside = (realised >= limits["lower_95"]) & (realised <= limits["upper_95"])
        assert inside.mean(axis=0) == pytest.approx(np.full(6, 0.95), abs=0.015)
    assert so_far[-1] == pytest.approx(found.total)


@settings(max_examples=100)
@given(
    arrays("float64", 12, elements=st.floats(0, 1e6)),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(1, 1095),
)
def test_no_sum_is_surer_than_the_horizon_and_doubt_grows(
    forecast: np.ndarray, total: float, noise: float, horizon: int
) -> None:
    days = [30 * k for k in range(1, 13)]
    of_month, so_far = Uncertainty(total, noise).of(forecast, days, horizon)
    beyond = np.array(days) > horizon
    assert (of_month >= noise - 1e-12).all()
    assert (np.diff(of_month[beyond]) >= -1e-12).all()
    inside = int((~beyond).sum())
    if inside:
        assert so_far[inside - 1] >= total - 1e-9
    limits = bounds(forecast, of_month)
    for level in (90, 95):
        assert (limits[f"lower_{level}"] <= np.round(forecast, 2)).all()
        assert (limits[f"upper_{level}"] >= np.round(forecast, 2)).all()


def test_without_a_judged_total_there_is_no_interval() -> None:
    for sd in Uncertainty(None, 0.1).of(np.ones(3), [30, 60, 90], 90):
        assert np.isnan(sd).all()


def test_parts_that_err_on_their_own_even_out() -> None:
    found = of_sum([np.array([100.0, 0.0]), np.array([100.0, 0.0])], [np.array([0.1, 0.1]), np.array([0.1, 0.1])])
    assert found == pytest.approx([0.1 / np.sqrt(2), 0.0])
