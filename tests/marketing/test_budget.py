"""The whole budget: what decides it, its tables, and shops that lack something."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clv.errors import InputError
from clv.marketing.budget.cac import cac_table
from clv.marketing.budget.cells import acquisition_costs, tier_shares
from clv.marketing.budget.figures import NEXT, summary
from clv.marketing.budget.groups import ANY_CHANNEL, Groups, make_groups
from clv.marketing.budget.lifts import Lifts, fit_lifts
from clv.marketing.budget.limits import limits_of
from clv.marketing.budget.params import BudgetParams, CellBound, RuleShares
from clv.marketing.budget.scenarios import SCENARIOS, return_curve, sensitivity
from clv.marketing.budget.tables import CELL_COLUMNS, NOT_SPENT, TIER_COLUMNS, cell_table
from clv.marketing.budget.window import window_revenue
from clv.marketing.tiers import GROWTH, HIGH, LOW, TIERS
from clv.models.btyd.basis import Basis
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.params import BtydParams
from clv.models.btyd.pareto_nbd import ParetoNbd
from clv.models.btyd.season import NO_SEASON, Season
from clv.models.btyd.value import Btyd
from clv.params import Params
from tests.marketing.budgets import participants, today
from tests.marketing.decisions import ELASTIC, MARGIN_RATE, NO_TESTS, NOBODY, acquired, decide, everything


@pytest.fixture(scope="module")
def params(project_params: Params) -> BudgetParams:
    return replace(project_params.budget, total=2000.0, draws=100)


@pytest.fixture(scope="module")
def tested() -> tuple[Groups, Lifts | None]:
    groups = make_groups(participants(300, seed=1), {}, 100, 1)
    return groups, fit_lifts(groups, 1)


def test_tests_come_before_elasticities_and_these_before_the_rule(
    params: BudgetParams, tested: tuple[Groups, Lifts | None]
) -> None:
    both, lifts = replace(params, elasticities=ELASTIC), tested[1]
    decided = [
        decide(both, today(), lifts),
        decide(both, today()),
        decide(params, today()),
        decide(replace(both, mode="rule"), today(), lifts),
        decide(replace(params, mode="optimal"), today(), lifts),
    ]
    assert [(case.mode, case.source) for case in decided] == [
        ("optimal", "tests"),
        ("optimal", "elasticities"),
        ("rule", "none"),
        ("rule", "tests"),
        ("optimal", "tests"),
    ]
    with pytest.raises(InputError, match=r"budget\.mode optimal needs to know what spending yields"):
        decide(replace(params, mode="optimal"), today())


def test_the_tables_say_the_same(params: BudgetParams, tested: tuple[Groups, Lifts | None]) -> None:
    values = today()
    came = acquired(values)
    found = everything(decide(params, values, tested[1], came), values, came, tested)
    cells, tiers, metrics = found["cells"], found["tiers"], found["metrics"]
    assert list(cells) == CELL_COLUMNS
    assert list(tiers) == TIER_COLUMNS
    assert cells["tier"].iloc[-1] == NOT_SPENT
    assert round(cells["budget"].sum() * 100) == 200_000
    assert tiers["budget"].sum() == pytest.approx(metrics["allocated"]) == pytest.approx(2000 - metrics["not_spent"])
    inside = cells.iloc[:-1]
    assert inside.groupby("tier")["budget"].sum().reindex(list(TIERS)).to_list() == tiers["budget"].to_list()
    assert inside["expected_margin"].sum() == pytest.approx(metrics["expected_margin"])
    assert (inside["lower_95"] <= inside["expected_margin"]).all()
    assert (inside["expected_margin"] <= inside["upper_95"]).all()
    rows = found["regret"].set_index("allocation")
    assert rows.loc["ours", "expected_profit"] == pytest.approx(metrics["expected_profit"])
    assert rows.loc["best_expected", "expected_profit"] == rows["expected_profit"].max()
    assert rows.loc["ours", "cvar"] >= rows["cvar"].max() - 0.1 * abs(rows["cvar"].max())
    again = found["sensitivity"].set_index("scenario").loc["as decided"]
    assert [again[tier] for tier in TIERS] == tiers["budget"].to_list()
    assert len(found["sensitivity"]) == len(SCENARIOS)
    assert found["return"].query("allocation == 'ours' and total == 2000")["spent"].item() == metrics["allocated"]
    assert set(found["response"]["tier"]) == set(TIERS)


def test_the_next_thousand_is_the_difference_to_a_larger_budget(
    params: BudgetParams, tested: tuple[Groups, Lifts | None]
) -> None:
    case = decide(replace(params, risk_aversion=0.0, total=1000.0), today(), tested[1])
    found = summary(case, case.allocate(1000.0), 1000.0, *tested)["next"]
    larger = case.allocate(1000.0 + NEXT).budgets - case.allocate(1000.0).budgets
    assert sum(cell["amount"] for cell in found["cells"]) == pytest.approx(larger[larger >= 20].sum())
    assert found["not_spent"] == pytest.approx(NEXT - larger.sum())
    assert found["cells"][0]["amount"] == larger.max() > 0
    assert all(bool(cell["why_nothing"]) == (cell["amount"] == 0) for cell in found["cells"])


def test_lifts_of_a_test_move_the_margin_of_today(params: BudgetParams, tested: tuple[Groups, Lifts | None]) -> None:
    """A cell of n customers who would spend R in the window gains margin rate x R x lift(B / n)."""
    lifts = tested[1]
    assert lifts is not None
    case = decide(params, today(), lifts)
    assert case.response is not None
    row = (case.cells["tier"] == GROWTH) & (case.cells["channel"] == "search")
    mine = (lifts.cells["tier"] == GROWTH) & (lifts.cells["channel"] == "search")
    budgets = np.where(row, 900.0, 0.0)
    each = 900 / 300
    lift = lifts.top[mine.to_numpy()][0] * each / (each + lifts.half[mine.to_numpy()][0])
    assert case.response.margin(budgets) == pytest.approx(0.4 * 300 * 40.0 * lift)
    assert case.known[row.to_numpy()] == 300 * 10


def test_the_first_days_hold_more_of_the_forecast_than_their_part() -> None:
    """Purchases by hand: ever fewer customers are still active, and in a busy season they buy more."""
    values = pd.DataFrame(
        {
            "frequency": [3, 0, 0],
            "recency_days": [10, 200, 5],
            "tenure_days": [300, 200, 5],
            "predicted_clv": [100.0, 20.0, np.nan],
        }
    )
    purchases = ParetoNbd(r=0.6, alpha=10.0, s=0.6, beta=12.0)
    models = purchases, GammaGamma(6.0, 4.0, 15.0), 1.0, NO_SEASON
    btyd = Btyd(
        *models, date(2025, 12, 31), 180, BtydParams("pareto_nbd", 0.1, "yearly", ()), Basis(1000, 500, 1000, 0.9)
    )
    found = window_revenue(btyd, values, 60)
    x, t_x, T = np.array([3.0, 0.0]), np.array([290.0, 0.0]), np.array([300.0, 200.0])
    part = purchases.expected_purchases(x, t_x, T, 60.0) / purchases.expected_purchases(x, t_x, T, 180.0)
    assert found.tolist() == [pytest.approx(100 * part[0], abs=1e-3), pytest.approx(20 * part[1], abs=1e-3), 0.0]
    assert (part > 1 / 3).all()
    assert window_revenue(btyd, values, 180)[:2] == pytest.approx([100, 20])
    busy = replace(btyd, season=Season((0.5, 0.0)))  # most business around the new year
    assert window_revenue(busy, values, 60)[0] > found[0]


def test_a_hill_curve_has_the_elasticity_it_was_given(params: BudgetParams) -> None:
    values = today()
    case = decide(replace(params, elasticities=ELASTIC), values, None, acquired(values))
    assert case.response is not None
    assert case.response.is_sure
    email = (case.cells["channel"] == "email").to_numpy()
    share = tier_shares(case.cells, values, acquired(values))
    assert share[email].sum() == pytest.approx(1)
    worth = 0.4 * case.cells["mean_clv"].to_numpy()
    at, more = (case.response.of_cells(share * spend)[:, 0] for spend in (1000.0, 1000.1))
    assert at[email] == pytest.approx((50 * share * worth)[email])
    assert ((more / at - 1)[email] / 1e-4) == pytest.approx(0.5, rel=1e-3)


def test_the_part_of_a_channel_is_that_of_all_where_nobody_came_by_it() -> None:
    values = today(100)
    came = pd.DataFrame(
        {"customer_id": values["customer_id"], "channel": np.where(values["tier"] == HIGH, "email", "search")}
    )
    cells = pd.DataFrame([(t, c) for t in TIERS for c in ("email", "radio")], columns=["tier", "channel"])
    assert tier_shares(cells, values, came).tolist() == [1.0, 0.2, 0.0, 0.3, 0.0, 0.5]
    assert tier_shares(cells, values, came[["customer_id"]]).tolist() == [0.2, 0.2, 0.3, 0.3, 0.5, 0.5]


def test_what_few_customers_cost_is_not_told() -> None:
    values = today(100)
    came = acquired(values)
    came.loc[came.index[:5], "channel"] = "radio"
    cells = pd.DataFrame([(HIGH, "radio"), (HIGH, "search"), (HIGH, ANY_CHANNEL)], columns=["tier", "channel"])
    assert acquisition_costs(cells, values, came, 5, ANY_CHANNEL).tolist() == [14.0, 20.0, 15.0]
    assert np.isnan(acquisition_costs(cells, values, came, 6, ANY_CHANNEL)).tolist() == [True, False, False]
    assert np.isnan(acquisition_costs(cells, values, came[["customer_id", "channel"]], 5, ANY_CHANNEL)).all()
    unsplit = acquisition_costs(cells, values, came.drop(columns="channel"), 5, ANY_CHANNEL)
    assert unsplit[2] == 15.0
    assert np.isnan(unsplit[:2]).all()


def test_the_rule_follows_its_ratio(params: BudgetParams) -> None:
    values = today()
    found = everything(
        decide(replace(params, rule=RuleShares(1 / 2, 1 / 3, 1 / 6)), values),
        values,
        NOBODY,
        (make_groups(NO_TESTS, {}, 100, 1), None),
    )
    assert found["tiers"]["budget"].to_list() == [1000.0, 666.67, 333.33]
    assert found["cells"]["channel"].iloc[0] == ANY_CHANNEL
    assert found["cells"]["expected_margin"].isna().all()
    assert found["metrics"]["headline"] == "2,000 of 2,000 is spent by rule; nothing shows what it yields."
    with_channels = decide(params, values, None, acquired(values))
    assert with_channels.allocate(2000.0).budgets.tolist() == [500, 500, 350, 350, 150, 150]


def test_a_rule_under_bounds_comes_as_near_as_it_can(params: BudgetParams) -> None:
    values = today()
    bounded = replace(params, bounds=(CellBound(HIGH, "email", 0.0, 200.0), CellBound(LOW, "search", 400.0, 500.0)))
    budgets = decide(bounded, values, None, acquired(values)).allocate(2000.0).budgets
    assert budgets[0] == 200
    assert budgets[5] == 400
    assert budgets.sum() == 2000
    # Two cells have 300 less and 250 more than the rule. By least squares the other four share the rest equally.
    assert budgets[1:5] == pytest.approx([512.5, 362.5, 362.5, 162.5], abs=1)


def test_without_participants_tiers_or_value_the_others_get_the_money(
    params: BudgetParams, tested: tuple[Groups, Lifts | None]
) -> None:
    values = today()
    for gone in (
        values[values["tier"] != LOW],
        values.assign(predicted_clv=values["predicted_clv"].where(values["tier"] != LOW, 0)),
    ):
        for lifts in (tested[1], None):
            case = decide(replace(params, mode="rule"), gone, lifts)
            tiers = everything(case, gone, NOBODY, tested)["tiers"].set_index("tier")
            assert tiers.loc[LOW, "budget"] == 0
            assert tiers["budget"].sum() == 2000
            assert tiers.loc[HIGH, "budget"] == pytest.approx(2000 * 50 / 85, abs=3)


@pytest.mark.parametrize("mode", ["auto", "rule"])
@pytest.mark.parametrize("source", ["tests", "elasticities", "none"])
@pytest.mark.parametrize(
    "change", ["nothing", "no value", "no money", "three customers", "blank forecasts", "one channel"]
)
def test_odd_shops_have_a_budget_that_sums_up(
    params: BudgetParams, tested: tuple[Groups, Lifts | None], mode: Any, source: str, change: str
) -> None:
    values = today(3 if change == "three customers" else 200)
    if change in ("no value", "blank forecasts"):
        blank = 0.0 if change == "no value" else np.nan
        values = values.assign(predicted_clv=blank, window_revenue=0.0, lower_95=0.0, upper_95=0.0)
    elastic = ELASTIC if change != "one channel" else {"email": ELASTIC["email"]}
    total = 0.0 if change == "no money" else 1234.56
    p = replace(params, mode=mode, total=total, elasticities=elastic if source == "elasticities" else {})
    if source != "tests":
        tested = (make_groups(NO_TESTS, {}, 100, 1), None)
    elif change == "one channel":
        groups = make_groups(participants(40, 1).query("channel in ('', 'email')"), {}, 100, 1)
        tested = (groups, fit_lifts(groups, 1))
    found = everything(decide(p, values, tested[1]), values, NOBODY, tested)
    cells = found["cells"]
    assert round(cells["budget"].sum() * 100) == round(total * 100)
    assert (cells["budget"] >= 0).all()
    if change in ("no value", "blank forecasts"):
        assert cells["budget"].iloc[-1] == total
    if change == "three customers":
        shown = ["customers", "spend_per_customer", "cac_target", "bid_ceiling", "ltv_cac"]
        few = cells.iloc[:-1].loc[cells.iloc[:-1]["customers"] != 0, shown]
        assert few.isna().all().all(), "figures of three persons are nobody's business"
    assert np.isfinite(found["sensitivity"].loc[0, list(TIERS)].astype("float64")).all()


def test_a_bound_of_nobody_is_dropped_and_said(params: BudgetParams, tested: tuple[Groups, Lifts | None]) -> None:
    values = today()
    bounded = replace(params, bounds=(CellBound(LOW, "email", 100.0, 500.0),))
    case = decide(bounded, values[values["tier"] != LOW], tested[1])
    allocation = case.allocate(2000.0)
    assert summary(case, allocation, 2000.0, *tested)["dropped_bounds"] == [
        "Low-CLV x email: it has no customers, so its bound does not count"
    ]
    assert allocation.budgets[6:].sum() == 0
    assert decide(bounded, values, tested[1]).allocate(2000.0).budgets[6] >= 100


def test_a_bound_of_what_was_never_tested_is_dropped_and_reported(params: BudgetParams) -> None:
    cells = pd.DataFrame({"tier": [HIGH, LOW], "channel": ["email", "email"], "customers": [10, 10]})
    limits = limits_of(cells, replace(params, bounds=(CellBound(LOW, "email", 1.0, 5.0),)), np.array([50.0, 0.0]), 50.0)
    assert limits.dropped == ("Low-CLV x email: no test has spent anything there, so its bound does not count",)


def test_bounds_that_a_smaller_total_breaks_are_a_gap(
    params: BudgetParams, tested: tuple[Groups, Lifts | None]
) -> None:
    bounded = replace(params, bounds=(CellBound(HIGH, "email", 1500.0, 1900.0),))
    case = decide(bounded, today(), tested[1])
    rows = sensitivity(case, 2000.0).set_index("scenario")
    assert rows.loc["total -50%", list(TIERS)].isna().all()
    assert rows.loc["total -25%", HIGH] >= 1500
    assert return_curve(case, 2000.0)["total"].min() == 1600


def test_the_other_tiers_do_not_tell_a_small_one(params: BudgetParams, tested: tuple[Groups, Lifts | None]) -> None:
    values = today()
    low = values.index[values["tier"] == LOW]
    few = values.drop(low[5:])
    table = cac_table(few, params.cac_share, MARGIN_RATE, 0.1, 180, 20).set_index("tier")
    shown = table["customers"].notna()
    assert shown.sum() == 1, "the next smallest covers the one with 5"
    assert not shown[LOW]
    assert table.loc[~shown, ["margin_clv", "cac_target", "bid_ceiling", "payback_days"]].isna().all(axis=None)
    cells = everything(decide(params, few, tested[1]), few, NOBODY, tested)["cells"].set_index("tier")
    told = cells.loc[shown.index[~shown], ["customers", "spend_per_customer", "lowest", "highest", "ltv_cac"]]
    assert told.isna().all(axis=None)
    assert cells.loc[shown.index[shown], ["customers", "lowest", "highest"]].notna().all(axis=None)


def test_what_a_customer_may_cost(params: BudgetParams) -> None:
    values = today()
    table = cac_table(values, params.cac_share, MARGIN_RATE, 0.1, 180, 20).set_index("tier")
    mean = 0.4 * 450
    sd = np.hypot(0.4 * 450 / (2 * 1.959964) / np.sqrt(200), 0.1 * mean)
    assert table.loc[HIGH, "margin_clv"] == pytest.approx(mean)
    assert table.loc[HIGH, "bid_ceiling"] == pytest.approx(mean - 1.959964 * sd, abs=0.01)
    assert table.loc[HIGH, "cac_target"] == pytest.approx(0.3 * (mean - 1.959964 * sd), abs=0.01)
    assert table.loc[HIGH, "payback_days"] == pytest.approx(table.loc[HIGH, "cac_target"] / (mean / 180))
    found = everything(
        decide(params, values, None, acquired(values)),
        values,
        acquired(values),
        (make_groups(NO_TESTS, {}, 100, 1), None),
    )
    assert found["cells"].loc[0, "ltv_cac"] == pytest.approx(mean / 10)
    assert found["cells"].loc[1, "ltv_cac"] == pytest.approx(mean / 20)
    assert found["tiers"].loc[0, "ltv_cac"] == pytest.approx(mean / 15), "of the tier, whatever the split"


@given(st.lists(st.integers(0, 9), min_size=3, max_size=3), st.integers(1, 10**7))
def test_any_ratio_splits_to_the_cent(project_params: Params, ratio: list[int], cents: int) -> None:
    if sum(ratio) == 0:
        return
    rule = replace(project_params.budget, rule=RuleShares(*np.array(ratio) / sum(ratio)), total=cents / 100)
    budgets = decide(rule, today(30)).allocate(cents / 100).budgets
    assert round(budgets.sum() * 100) == cents
    assert np.abs(budgets - cents / 100 * np.array(ratio) / sum(ratio)).max() <= 2


def test_the_rule_names_all_that_the_next_thousand_gets(params: BudgetParams) -> None:
    """A small share of the rule is still a share: no cell gets nothing."""
    values = today()
    case = decide(replace(params, rule=RuleShares(0.98, 0.01, 0.01)), values, None, acquired(values))
    found = summary(case, case.allocate(2000.0), 2000.0, make_groups(NO_TESTS, {}, 100, 1), None)["next"]
    assert [cell["amount"] for cell in found["cells"]] == [490, 490, 5, 5, 5, 5]
    assert {cell["why_nothing"] for cell in found["cells"]} == {""}
    assert found["not_spent"] == 0


@pytest.mark.parametrize(("cap", "binds"), [(10_000.0, False), (2000.0, True), (800.0, True)])
def test_a_cap_binds_only_where_it_is_reached(params: BudgetParams, cap: float, binds: bool) -> None:
    """A channel that gets all money is not at its cap where the cap is higher than the total."""
    values = today()
    case = decide(replace(params, channel_caps={ANY_CHANNEL: cap}), values)
    table = cell_table(
        case,
        case.allocate(2000.0),
        2000.0,
        cac_table(values, params.cac_share, MARGIN_RATE, 0.1, 180, 20),
        np.full(3, np.nan),
    )
    assert table["bound_by"].tolist()[:3] == ["cap of the channel" if binds else ""] * 3


def test_a_cap_is_filled_to_the_cent(params: BudgetParams) -> None:
    """Three tiers share a cap in thirds; the money beyond the caps is not spent."""
    values = today()
    came = acquired(values)
    capped = replace(params, rule=RuleShares(1 / 3, 1 / 3, 1 / 3), channel_caps={"email": 1000.0, "search": 500.55})
    budgets = decide(capped, values, None, came).allocate(50_000.0).budgets
    assert budgets[::2].tolist() == [334, 333, 333]
    assert round(budgets[1::2].sum() * 100) == 50_055
    alone = decide(replace(capped, channel_caps={ANY_CHANNEL: 1000.0}), values).allocate(50_000.0).budgets
    assert alone.sum() == 1000
