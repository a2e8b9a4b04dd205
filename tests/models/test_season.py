"""The season: a known one is recovered, none is found where there is none, and nothing later than the date is read."""

from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from clv.features.past import days_since_epoch
from clv.models.btyd import season as module
from clv.models.btyd import waves
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.mbg_nbd import MbgNbd
from clv.models.btyd.params import BtydParams, ClosedDays
from clv.models.btyd.season import NO_SEASON, Season, fit_season, operational_history
from clv.models.btyd.value import Btyd
from clv.params import Params
from tests.models.bases import CHRISTMAS, Base, day_of, simulate
from tests.models.rows import PLENTY

THREE_YEARS = 1096
YEAR = np.arange(18_993, 18_993 + 365)  # 2022


@pytest.fixture(scope="module")
def base() -> Base:
    return simulate(4000, THREE_YEARS, CHRISTMAS, np.random.default_rng(1))


MBG = BtydParams("mbg_nbd", 0.1, "yearly", ())


def fitted(base: Base, n_days: int, params: BtydParams = MBG) -> Season:
    until = day_of(n_days)
    return fit_season(base.days(until), base.snapshot(until), until, params)


def error(found: Season, true: Season) -> np.ndarray:
    """The error of the index of an open shop on each day of a year, on the log scale."""
    return np.abs(np.log(replace(found, closed=()).index(YEAR) / true.index(YEAR)))


def test_a_known_season_is_found(base: Base) -> None:
    assert CHRISTMAS.index(YEAR).max() > 1.6
    assert error(fitted(base, THREE_YEARS), CHRISTMAS).max() < 0.06
    assert error(fitted(base, THREE_YEARS, replace(MBG, purchases="pareto_nbd")), CHRISTMAS).max() < 0.06


def test_where_there_is_no_season_none_is_found() -> None:
    found = fitted(simulate(4000, THREE_YEARS, NO_SEASON, np.random.default_rng(2)), THREE_YEARS)
    assert error(found, NO_SEASON).max() < 0.05


def test_a_base_that_grows_and_ages_is_no_season() -> None:
    """All customers come in one month: repeat orders rise and then fall, as the models of purchases expect."""
    base = simulate(6000, THREE_YEARS, NO_SEASON, np.random.default_rng(3))
    early = Base(base.bought[base.bought[:, :30].any(axis=1)].repeat(10, axis=0))
    assert error(fitted(early, THREE_YEARS), NO_SEASON).max() < 0.25
    days = early.days(day_of(THREE_YEARS))["repeat_orders"]
    assert days[30:120].sum() > 2 * days[-90:].sum(), "the decline that would pass for a season"


def test_a_small_shop_has_no_season_to_speak_of(base: Base) -> None:
    small = simulate(15, THREE_YEARS, NO_SEASON, np.random.default_rng(4))
    with patch.object(waves, "PENALTY", 1e-6):
        believed = error(fitted(small, THREE_YEARS), NO_SEASON).max()
    assert believed > 0.5
    assert error(fitted(small, THREE_YEARS), NO_SEASON).max() < 0.4 * believed


def test_in_one_year_season_and_age_cannot_be_told_apart(base: Base) -> None:
    assert fitted(base, 365) == NO_SEASON
    assert fitted(base, 380) != NO_SEASON


def test_of_half_the_history_that_it_takes_comes_half_the_season(base: Base) -> None:
    n_days = round(1.25 * waves.YEAR)
    half = np.log(fitted(base, n_days).index(YEAR))
    with patch.object(module, "FULL_YEARS", 1.25):
        whole = np.log(fitted(base, n_days).index(YEAR))
    assert np.abs(whole).max() > 0.3
    assert half - half.mean() == pytest.approx((whole - whole.mean()) / 2, abs=0.01)


def test_none_can_be_asked_for(base: Base) -> None:
    assert fitted(base, THREE_YEARS, replace(MBG, season="none")) == NO_SEASON


def shut(base: Base) -> tuple[Base, ClosedDays]:
    """The same base, with the shop closed for four months of its first winter; and the closed days."""
    first = (date(2021, 11, 15) - day_of(1)).days
    bought = base.bought.copy()
    bought[:, first : first + 126] = False
    return Base(bought), ClosedDays(day_of(first + 1), day_of(first + 126))


def test_a_closure_is_no_season() -> None:
    """A history of 27 months. Taken for a season, the closure would cut January to two thirds of an average month."""
    flat, days = shut(simulate(4000, 820, NO_SEASON, np.random.default_rng(7)))
    found = fitted(flat, 820)
    assert found.closed == (days,)
    assert error(found, NO_SEASON).max() < 0.1
    believed = patch.object(waves, "_beliefs", lambda number, *_: (np.ones(len(number)), 1.0))
    with patch.object(module, "known_closed", lambda *_: ()), believed:
        assert error(fitted(flat, 820), NO_SEASON).max() > 0.4


def test_the_season_of_a_shop_that_was_closed_is_found(base: Base) -> None:
    found = fitted(shut(base)[0], THREE_YEARS)
    assert error(found, CHRISTMAS).max() < 0.1
    assert found.by_month() == replace(found, closed=()).by_month()


def test_no_time_passes_on_closed_days() -> None:
    closed = ClosedDays(date(2023, 1, 10), date(2023, 2, 8))
    days = days_since_epoch(date(2023, 1, 1)) + np.arange(60)
    for plain in (NO_SEASON, CHRISTMAS):
        season = replace(plain, closed=(closed,))
        assert (season.index(days)[9:39] == 0).all()
        open_ = np.r_[0:9, 39:60]
        assert season.index(days)[open_] == pytest.approx(plain.index(days)[open_])
        elapsed = season.elapsed(days)
        assert elapsed[38] == elapsed[8]
        assert np.diff(elapsed) == pytest.approx(season.index(days)[1:], abs=2e-4)


def test_a_closure_ahead_shortens_the_horizon() -> None:
    customers = pd.DataFrame(
        {"frequency": [3.0], "tenure_days": [360.0], "recency_days": [40.0], "monetary_value": [20.0]}
    )
    ahead = ClosedDays(date(2024, 1, 1), date(2024, 1, 30))
    rest = MbgNbd(0.5, 40, 0.9, 3.0), GammaGamma(6, 4, 15), 1.0
    open_, half, none = (
        Btyd(*rest, Season(closed=closed), date(2023, 12, 31), 60, MBG, PLENTY)
        for closed in ((), (ahead,), (ClosedDays(date(2024, 1, 1), date(2024, 12, 31)),))
    )
    assert (open_.season_index, half.season_index, none.season_index) == (1, 0.5, 0)
    orders = [model.outputs(customers)["btyd_orders"].iloc[0] for model in (open_, half, none)]
    assert 0.4 * orders[0] < orders[1] < 0.7 * orders[0]
    assert orders[2] == 0


def test_who_bought_on_days_given_as_closed_does_not_stop_it(base: Base) -> None:
    everything = replace(MBG, closed=(ClosedDays(day_of(1), day_of(THREE_YEARS)),))
    assert fitted(base, THREE_YEARS, everything).harmonics == ()
    some = replace(MBG, closed=(ClosedDays(day_of(1), day_of(100)), ClosedDays(day_of(500), day_of(520))))
    assert error(fitted(base, THREE_YEARS, some), CHRISTMAS).max() < 0.1


def test_nobody_who_comes_back_makes_no_season(base: Base) -> None:
    until = day_of(THREE_YEARS)
    days = base.days(until).assign(repeat_orders=0)
    assert fit_season(days, base.snapshot(until), until, MBG) == NO_SEASON


def test_nothing_after_the_date_is_looked_at(base: Base) -> None:
    until, later = day_of(800), day_of(THREE_YEARS)
    known = fit_season(base.days(until), base.snapshot(until), until, MBG)
    seeing = fit_season(base.days(later), base.snapshot(until), until, MBG)
    assert repr(seeing) == repr(known)


def test_the_mean_of_four_years_is_one() -> None:
    for season in (CHRISTMAS, NO_SEASON, Season((0.9, -0.3))):
        assert season.index(np.arange(15_000, 15_000 + 1461)).mean() == pytest.approx(1, abs=1e-4)
    assert CHRISTMAS.index(YEAR) == pytest.approx(CHRISTMAS.index(YEAR + 1461), rel=1e-9)


def test_elapsed_time_is_the_sum_of_the_index() -> None:
    day = np.array([19_000, 19_400, 19_001, 19_399, 19_000])
    elapsed = CHRISTMAS.elapsed(day)
    for a, b in ((0, 1), (0, 2), (2, 3), (3, 1)):
        expected = CHRISTMAS.index(np.arange(day[a] + 1, day[b] + 1)).sum()
        assert elapsed[b] - elapsed[a] == pytest.approx(expected, abs=2e-4)
    assert elapsed[4] == elapsed[0]
    assert (NO_SEASON.elapsed(day) == day).all()


def test_elapsed_time_of_a_day_does_not_depend_on_the_others() -> None:
    days = np.arange(18_000, 19_500)
    together = CHRISTMAS.elapsed(days)
    assert [CHRISTMAS.elapsed(days[[i]])[0] for i in (0, 7, 1499)] == together[[0, 7, 1499]].tolist()


def test_the_history_of_a_customer_in_operational_days() -> None:
    cutoff = date(2023, 12, 31)
    today = days_since_epoch(cutoff)
    customers = pd.DataFrame(
        {"frequency": [2.0, 0.0], "tenure_days": [100.0, 10.0], "recency_days": [30.0, 10.0]}, index=[8, 3]
    )
    x, t_x, T = operational_history(customers, cutoff, CHRISTMAS)
    until = {age: CHRISTMAS.index(np.arange(today - 99, today - age + 1)).sum() for age in (0, 30)}
    assert x.tolist() == [2, 0]
    assert t_x == pytest.approx([until[30], 0], abs=2e-4)
    assert T.tolist() == pytest.approx([until[0], CHRISTMAS.index(np.arange(today - 9, today + 1)).sum()], abs=2e-4)
    plain = np.array(operational_history(customers, cutoff, NO_SEASON))
    assert plain.tolist() == [[2, 0], [70, 0], [100, 10]]


def test_seasons_survive_json() -> None:
    for season in (CHRISTMAS, NO_SEASON, Season((), (ClosedDays(day_of(3), day_of(9)),))):
        assert Season.from_dict(season.to_dict()) == season


def test_forecasts_are_higher_before_christmas() -> None:
    customers = pd.DataFrame(
        {"frequency": [3.0], "tenure_days": [360.0], "recency_days": [40.0], "monetary_value": [20.0]}
    )
    models = MbgNbd(0.5, 40, 0.9, 3.0), GammaGamma(6, 4, 15)
    before, spring = (
        Btyd(*models, 1.0, CHRISTMAS, cutoff, 60, BtydParams("pareto_nbd", 0.1, "yearly", ()), PLENTY)
        .outputs(customers)
        .iloc[0]
        for cutoff in (date(2023, 11, 20), date(2023, 4, 10))
    )
    for name in ("btyd_orders_30d", "btyd_orders", "btyd_p_purchase_30d", "btyd_value"):
        assert before[name] > 1.15 * spring[name], name
    assert before["btyd_orders_30d"] > 1.4 * spring["btyd_orders_30d"]
    assert before["btyd_orders_365d"] == pytest.approx(spring["btyd_orders_365d"], rel=0.1), "a year is a year"


def test_the_season_index_of_a_horizon_is_its_mean() -> None:
    cutoff = date(2023, 11, 20)
    model = Btyd(
        MbgNbd(0.5, 40, 0.9, 3.0),
        GammaGamma(6, 4, 15),
        1.0,
        CHRISTMAS,
        cutoff,
        60,
        BtydParams("mbg_nbd", 0.1, "yearly", ()),
        PLENTY,
    )
    days = days_since_epoch(cutoff) + np.arange(1, 61)
    assert model.season_index == pytest.approx(CHRISTMAS.index(days).mean(), abs=1e-4)


def test_business_over_christmas_comes_as_forecast(base: Base, project_params: Params) -> None:
    cutoff = date(2023, 11, 20)
    snapshot, season = base.snapshot(cutoff), fitted(base, (cutoff - day_of(1)).days + 1)
    until = base.days(cutoff + timedelta(days=30))
    new = until["day"].isin(days_since_epoch(cutoff) + np.arange(1, 31))
    known_before = len(snapshot)
    bought = base.bought[base.bought[:, : len(until) - 30].any(axis=1)][:, len(until) - 30 : len(until)]
    assert len(bought) == known_before
    assert new.sum() == 30
    seasonal, plain = (
        Btyd.fit(snapshot, cutoff, 60, s, project_params.train.btyd).outputs(snapshot)["btyd_orders_30d"].sum()
        for s in (season, NO_SEASON)
    )
    assert seasonal == pytest.approx(bought.sum(), rel=0.08)
    assert plain < 0.8 * bought.sum()
