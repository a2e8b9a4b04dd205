"""What segments, budget, lists, campaign and summary do where it is unknown which customers come back."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from clv import json_artifacts, paths
from clv.marketing.audiences.audience import make_audiences
from clv.marketing.audiences.people import Place, normalise
from clv.marketing.budget.cac import cac_table
from clv.marketing.budget.reach import reach
from clv.marketing.campaigns.plan import NOT_KNOWN, select
from clv.marketing.segments.customer_values import names_of
from clv.marketing.segments.profiles import OF_FORECASTS, profile, without_guesses
from clv.marketing.segments.rfm import RfmCuts
from clv.marketing.segments.sorting import find_sorting
from clv.marketing.segments.values import forecast_of
from clv.marketing.summary.changes import COMPARED
from clv.marketing.summary.outlook import best_of, forecast
from clv.marketing.tiers import HIGH, LOW, TIERS, UNKNOWN, cut_points, tiers_by
from clv.models.btyd.basis import Basis
from clv.params import Params
from clv.shape import misfit
from tests.marketing.customers import SHARES, customers
from tests.marketing.decisions import decide

N = 80
GAPS = Basis(customers=N, repeat_buyers=0, history_days=640, residual_within=0.0).gaps(90)


@pytest.fixture(scope="module")
def values(project_params: Params) -> pd.DataFrame:
    """Customers who each bought once, as the stage segment sorts them."""
    current = customers(N)[["customer_id", *names_of("history")[:-1]]].assign(tenure_days=400, frequency=0)
    predictions = pd.DataFrame({name: np.zeros(N) for name in names_of("forecast")})
    params = project_params.segment
    found = forecast_of(current, predictions.assign(lower_95=np.nan, upper_95=np.nan), RfmCuts.fit(current))
    sorting = find_sorting(found, params, seed=1, previous={}, gaps=GAPS)
    return sorting.sorted(found, current).assign(window_revenue=0.0)


def test_nobody_has_a_tier_or_is_elite(values: pd.DataFrame) -> None:
    assert set(values["tier"]) == {UNKNOWN}
    assert UNKNOWN not in TIERS
    assert not values["elite"].any()


def test_tables_of_segments_show_no_figure_of_a_forecast(values: pd.DataFrame) -> None:
    table = without_guesses(profile(values, 90, 0.4, 0.0, 1), GAPS)
    assert table[list(OF_FORECASTS)].isna().all(axis=None)
    assert table["customers"].notna().all()
    assert table.equals(without_guesses(table, [])), "where it is known, nothing changes"
    assert best_of(table, "rfm_segment") is None


def test_no_list_has_anybody(values: pd.DataFrame) -> None:
    people, _ = normalise(None, Place("DE", "49"), date(2024, 10, 1))
    lists = make_audiences(values, people, np.full(N, fill_value=True), "a key", date(2024, 10, 1))
    assert [len(one.meta) + one.customers for one in lists.values()] == [0] * 4


def test_no_campaign_reaches_anybody_and_says_why(values: pd.DataFrame) -> None:
    chosen, left_out = select(values, np.full(N, 5.0), np.full(N, fill_value=False))
    assert not chosen.any()
    assert left_out == {NOT_KNOWN: N}


def test_no_money_is_split_and_no_strategy_named(values: pd.DataFrame, project_params: Params) -> None:
    case = decide(project_params.budget, values)
    assert case.allocate(1000.0).budgets.sum() == 0
    table = cac_table(values, 0.3, 0.4, 0.0, 90, 20)
    assert set(table["strategy"]) == {""}, "nobody to look for the like of"
    assert table["cac_target"].isna().all()
    found = reach(values, 0.4, 1000.0, 90, GAPS)
    assert (found["forecast_margin"], found["beyond_forecast"]) == (None, None)
    assert "not known who comes back" in found["warning"]


def test_a_summary_has_no_total(values: pd.DataFrame) -> None:
    rolling = pd.DataFrame({"forecast": ["ensemble"], "bias": [0.1]})
    assert set(forecast(values, rolling, 0.1).values()) == {None}


@pytest.mark.parametrize(("total", "beyond"), [(40.0, False), (40.01, True)])
def test_a_budget_beyond_the_margin_of_all_forecasts_is_said(total: float, beyond: bool) -> None:
    values = pd.DataFrame({"predicted_clv": [60.0, 40.0, np.nan, -5.0]})
    found = reach(values, 0.4, total, 30, [])
    assert (found["forecast_margin"], found["beyond_forecast"]) == (40.0, beyond)
    assert bool(found["warning"]) == beyond


def test_a_budget_is_beyond_a_forecast_of_nothing() -> None:
    found = reach(pd.DataFrame({"predicted_clv": [0.0]}), 0.4, 1.0, 30, [])
    assert found["warning"].endswith("only if it yields more than that")


def test_cut_points_leave_a_tie_below_the_border() -> None:
    predicted = np.array([9.0, 5.0, 5.0, 5.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    assert tiers_by(predicted, cut_points(predicted, SHARES)).tolist() == [HIGH, *[TIERS[1]] * 3, *[LOW] * 6]
    same = np.zeros(10)
    assert set(tiers_by(same, cut_points(same, SHARES))) == {LOW}
    everyone = replace(SHARES, shares=replace(SHARES.shares, high_clv=1.0, growth_potential=0.0))
    assert set(tiers_by(predicted, cut_points(predicted, everyone))) == {HIGH}


def test_a_total_that_is_not_known_has_the_form_that_later_stages_and_later_runs_read() -> None:
    for shape in (json_artifacts.SHAPES[paths.SUMMARY]["forecast"], COMPARED["forecast"]):
        assert misfit(dict.fromkeys(shape), shape) == ""
        assert misfit(dict.fromkeys(shape, "much"), shape) != ""
