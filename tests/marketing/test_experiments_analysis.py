"""Arms against their control: by hand, by simulation, on the synthetic shop, and where no conclusion is possible."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from clv.data.cleaning import Cleaning, clean_table
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.errors import InputError
from clv.marketing.experiments.analysis import COLUMNS, analyse
from clv.marketing.experiments.before import first_orders
from clv.marketing.experiments.comparison import adjust, of_means, of_shares
from clv.marketing.experiments.decisions import decide, decisive, winner
from clv.marketing.experiments.figures import summarise
from clv.marketing.experiments.outcomes import outcomes
from clv.marketing.experiments.randomisation import check, require_arms
from clv.marketing.experiments.sequential import over_days
from clv.marketing.experiments.small_arms import all_participants, untold, without_sizes
from clv.params import Params

NO_LINES = pd.DataFrame({"customer_id": [], "order_ts": pd.Series(dtype="datetime64[us]"), "amount_minor": []})


def participants(
    sizes: dict[str, int], rise: dict[str, float] | None = None, seed: int = 0, cost: float = 1.0
) -> pd.DataFrame:
    """Participants of a test `t`; forecasts explain half the variance of their spend. rise: money added by arm."""
    rng = np.random.default_rng(seed)
    arm = np.repeat(list(sizes), list(sizes.values()))
    n = len(arm)
    expected = rng.gamma(2, 10, n)
    revenue = np.maximum(expected + rng.normal(0, 14, n), 0) + np.array([(rise or {}).get(a, 0.0) for a in arm])
    return pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n)],
            "experiment": "t",
            "arm": arm,
            "is_control": arm == "control",
            "cost": np.where(arm == "control", 0.0, cost),
            "assigned": pd.Timestamp("2024-01-01"),
            "revenue": revenue,
            "purchased": revenue > 5,
            "expected": expected,
        }
    )


def test_shares_are_compared_as_newcombe_published() -> None:
    """Contrasts of table II of Newcombe (1998), method 10."""
    for (a, m), (b, n), ends in (
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ):
        found = of_shares(np.arange(m) < a, np.arange(n) < b, 0.95)
        assert (found.lower, found.upper) == pytest.approx(ends, abs=1e-4)
        assert found.difference == pytest.approx(a / m - b / n)


def test_where_nobody_buys_there_is_no_p_value() -> None:
    found = of_shares(np.zeros(50, dtype=bool), np.zeros(60, dtype=bool), 0.95)
    assert np.isnan(found.p_value)
    assert found.lower < 0 < found.upper, "that none of a few did it does not show that none would"
    nothing = of_means(np.zeros(5), np.zeros(6), 0.95)
    assert np.isnan([nothing.lower, nothing.upper, nothing.p_value]).all()
    assert of_means(np.zeros(5), np.array([0.0, 1.0]), 0.95).p_value > 0.05


@given(st.integers(2, 60), st.integers(2, 60), st.integers(0, 10_000))
def test_means_are_compared_as_welch_does(n: int, m: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.gamma(1, 5, n), rng.normal(4, 1, m)
    found, theirs = of_means(a, b, 0.9), ttest_ind(a, b, equal_var=False)
    ends = theirs.confidence_interval(0.9)
    assert found.p_value == pytest.approx(theirs.pvalue)
    assert (found.lower, found.upper) == pytest.approx((ends.low, ends.high))
    other = of_means(b, a, 0.9)
    assert (other.difference, other.lower) == pytest.approx((-found.difference, -found.upper))


def test_a_covariate_takes_away_what_it_explains_and_no_effect() -> None:
    rng = np.random.default_rng(0)
    n, reductions, errors = 400, [], {True: [], False: []}
    arm = np.arange(n) % 2
    for _ in range(300):
        x = rng.normal(5, 2, n)
        y = 3 * x + rng.normal(0, 6, n) + 10 * arm  # the covariate explains half of the variance
        adjusted, reduction = adjust(y, x, arm)
        reductions.append(reduction)
        for used, values in ((True, adjusted), (False, y)):
            errors[used].append(values[arm == 1].mean() - values[arm == 0].mean() - 10)
        assert adjusted.mean() == pytest.approx(y.mean())
    assert np.mean(reductions) == pytest.approx(0.5, abs=0.01)
    assert np.var(errors[True]) / np.var(errors[False]) == pytest.approx(0.5, abs=0.1)
    assert abs(np.mean(errors[True])) < 3 * np.std(errors[True]) / np.sqrt(300)
    assert adjust(y, np.ones(n), arm)[1] == 0.0
    assert adjust(np.zeros(n), x, arm)[1] == 0.0


def test_intervals_hold_the_truth_as_often_as_they_say_and_no_arm_is_found_among_equal_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gc.collect", lambda: 0)  # multipletests calls it, which takes most of the time here
    held, found = [], []
    for seed in range(150):
        table = analyse(participants({"control": 100, "a": 100, "b": 60, "c": 100}, seed=seed), 0.9, 0.4, 2)
        money = table[(table["outcome"] == "revenue") & table["with_forecast"]]
        held += list((money["lower"] <= 0) & (money["upper"] >= 0))
        found.append((money["p_holm"] <= 0.1).any())
    assert np.mean(held) == pytest.approx(0.9, abs=0.03)
    assert np.mean(found) <= 0.1 + 2 * np.sqrt(0.09 / 150)
    assert (table["p_holm"].dropna() >= table["p_value"].dropna()).all()


def test_the_return_is_that_of_the_margin_over_the_cost() -> None:
    table = analyse(participants({"control": 500, "mail": 400}, {"mail": 9.0}, cost=1.5), 0.95, 0.4, 2)
    row = table[(table["outcome"] == "revenue") & ~table["with_forecast"]].iloc[0]
    assert row["cost"] == 600
    assert row["roi"] == pytest.approx((0.4 * row["difference"] * 400 - 600) / 600)
    assert row["roi_lower"] == pytest.approx((0.4 * row["lower"] * 400 - 600) / 600)
    assert table.loc[table["outcome"] == "purchased", ["cost", "roi"]].isna().all(axis=None)
    for cost in (0.0, np.nan):
        free = analyse(participants({"control": 50, "mail": 40}, cost=cost), 0.95, 0.4, 2)
        assert free["roi"].isna().all()


def test_sizes_and_forecasts_tell_a_broken_randomisation() -> None:
    fine = participants({"control": 1000, "mail": 1040})
    assert check(fine, {}).alarm == ""
    lost = participants({"control": 1000, "mail": 820})
    assert "sizes of the arms are not equal" in check(lost, {}).alarm
    assert check(lost, {"control": 55, "mail": 45}).alarm == ""
    assert "not as they were meant" in check(fine, {"control": 55, "mail": 45}).alarm
    better = fine.assign(expected=fine["expected"] * np.where(fine["is_control"], 1, 1.3))
    assert "differed before the test" in check(better, {}).alarm
    alarms = [check(participants({"control": 200, "mail": 200}, seed=i), {}).p_forecast for i in range(200)]
    assert np.mean(np.array(alarms) < 0.1) == pytest.approx(0.1, abs=0.06)


def test_shares_of_what_does_not_exist_are_an_error() -> None:
    arms = {"t": ("control", "mail"), "u": ("a", "b")}
    require_arms({"t": {"control": 1.0, "mail": 9.0}, "u": {}}, arms)
    with pytest.raises(InputError, match=r"shares\.t must name the arms of the test, control, mail, got ads"):
        require_arms({"t": {"ads": 1.0}}, arms)
    with pytest.raises(InputError, match=r"shares must name tests of the data, got 'tt'; there are t, u"):
        require_arms({"tt": {"control": 1.0, "mail": 9.0}}, arms)
    require_arms({"next": {"treated": 90.0, "holdout": 10.0}}, {})


def test_an_arm_whose_window_is_not_over_stops_nothing() -> None:
    seen = participants({"control": 1000, "mail": 500})
    shares = {"control": 50.0, "mail": 25.0, "late": 25.0}
    assert check(seen, shares).alarm == ""
    assert check(seen, shares).sizes == {"control": 1000, "mail": 500}
    assert "not as they were meant" in check(seen, {**shares, "mail": 50.0}).alarm


def decisions(seen: pd.DataFrame, params: Params, least: int = 20) -> dict[str, tuple[str, str]]:
    table = decisive(analyse(seen, 0.95, 0.4, least))
    made = decide(table, check(seen, {}), params.experiment, 0.4, least)
    return {found.arm: (found.verdict, found.why) for found in made} | {"winner": winner(made)}


def test_decisions_are_made_in_words(project_params: Params) -> None:
    sizes = {"control": 900, "ad": 900, "bad": 900, "mail": 900}
    made = decisions(participants(sizes, {"mail": 12.0, "bad": -8.0}), project_params)
    assert made["mail"][0] == "works"
    assert made["mail"][1].endswith("it yields more than its cost")
    assert made["bad"][0] == "harms"
    assert made["ad"][0] == "not yet"
    assert "the interval of the difference holds 0; " in made["ad"][1]
    assert "more participants per arm would show a rise of 5% with a chance of 80%" in made["ad"][1]
    assert made["winner"] == ("mail", "the highest estimated profit")
    dear = decisions(participants(sizes, {"mail": 12.0}, cost=30.0), project_params)
    assert dear["mail"][1].endswith("it costs more than it yields")
    assert dear["winner"][0] == ""


@pytest.mark.parametrize(
    ("sizes", "why"),
    [
        ({"mail": 100, "ad": 100}, "no control arm"),
        ({"control": 100}, "only one arm"),
        ({"mail": 100}, "only one arm"),
        ({"control": 1, "mail": 1}, "fewer than 20 participants"),
        ({"control": 100, "mail": 400}, "sizes of the arms are not equal"),
    ],
)
def test_what_cannot_be_said_is_said(project_params: Params, sizes: dict[str, int], why: str) -> None:
    made = decisions(participants(sizes), project_params)
    assert all(verdict == "cannot say" and why in reason for arm, (verdict, reason) in made.items() if arm != "winner")
    assert made["winner"][0] == ""


def test_a_test_in_which_nobody_buys_says_so(project_params: Params) -> None:
    nothing = participants({"control": 50, "mail": 50}).assign(revenue=0.0, purchased=False, expected=0.0)
    assert decisions(nothing, project_params)["mail"][0] == "cannot say"
    assert not analyse(nothing, 0.95, 0.4, 20)["with_forecast"].any(), "the same forecast for all explains nothing"


def test_without_tests_tables_are_empty_with_their_columns(project_params: Params) -> None:
    nobody = participants({"control": 3, "mail": 3}).head(0)
    table = analyse(nobody, 0.95, 0.4, 20)
    assert list(table) == list(COLUMNS)
    assert table.empty
    lines = pd.DataFrame({"customer_id": [], "order_ts": [], "amount_minor": []})
    days = over_days(nobody, lines, 60, 0.95, 20)
    assert days.empty
    assert summarise(nobody, table, days, project_params.experiment, 0.4, 20) == {}


def test_small_arms_have_no_figures(project_params: Params) -> None:
    seen = participants({"control": 300, "mail": 300, "odd": 7})
    table = analyse(seen, 0.95, 0.4, 20)
    odd = table[table["arm"] == "odd"]
    assert odd[["mean", "difference", "p_holm", "roi"]].isna().all(axis=None)
    assert table.loc[table["arm"] == "mail", "p_holm"].equals(table.loc[table["arm"] == "mail", "p_value"])


@pytest.mark.parametrize(
    ("sizes", "unseen"),
    [
        ({"control": 300, "mail": 310, "odd": 7}, {"odd", "control"}),
        ({"control": 300, "mail": 100, "odd": 7}, {"odd", "mail"}),
        ({"control": 300, "mail": 9}, {"control", "mail"}),
        ({"control": 5, "mail": 9}, {"control", "mail"}),
        ({"control": 300, "mail": 300}, set()),
    ],
)
def test_neither_the_size_of_a_small_arm_is_said_nor_another_that_tells_it(
    sizes: dict[str, int], unseen: set[str], project_params: Params
) -> None:
    seen = participants(sizes)
    few, table = untold(seen, 20), analyse(seen, 0.95, 0.4, 20)
    rows = without_sizes(table, few)
    assert set(rows.loc[rows["participants"].isna(), "arm"]) == unseen - {"control"}
    assert rows["control_participants"].isna().all() == ("control" in unseen)
    told = summarise(seen, table, over_days(seen, NO_LINES, 60, 0.95, 20), project_params.experiment, 0.4, 20)["t"]
    assert {arm for arm, n in told["sizes"].items() if n is None} == unseen
    assert (told["p_sizes"] is None) == bool(unseen)
    assert not (unseen and "(p " in told["alarm"])
    all_of_them = None if sum(sizes.values()) < 20 else sum(sizes.values())
    assert told["participants"] == all_participants(seen, few) == all_of_them


@pytest.fixture(scope="module")
def shops(small_world: SyntheticParams, project_params: Params) -> list[pd.DataFrame]:
    """Participants of the tests of three synthetic shops, with the `truth`: the expected effect of the arm."""
    shop = replace(small_world.default, n_customers=4000, n_days=500, experiment_share=0.9, experiment_lift=1.5)
    last_day, how = date(2024, 5, 14), Cleaning(time_zone="UTC")
    found = []
    for seed in (1, 2, 3):
        world = make_world(replace(small_world, default=shop), seed=seed, horizon_days=90)
        tables = [clean_table(name, world.tables[name], how).clean for name in ("experiments", "transactions")]
        how_long, tiers = (shop.experiment_days, 90, last_day), project_params.segment.tiers
        seen, _ = outcomes(*tables, first_orders(tables[1]), *how_long, tiers, "pareto_nbd")
        truth = world.truth.set_index("customer_id")["treatment_effect"]
        found.append(seen.assign(truth=truth.reindex(seen["customer_id"]).to_numpy()))
    return found


def test_the_effects_of_the_synthetic_shop_lie_in_the_intervals(shops: list[pd.DataFrame]) -> None:
    inside, widths, reductions, rises = [], {True: 0.0, False: 0.0}, [], []
    for seen in shops:
        table = analyse(seen, 0.95, 0.4, 20)
        money = table[table["outcome"] == "revenue"]
        truth = money["arm"].map(seen.groupby("arm")["truth"].mean())
        inside += list((money["lower"] <= truth) & (truth <= money["upper"]))
        for used, rows in money.groupby("with_forecast"):
            widths[bool(used)] += float((rows["upper"] - rows["lower"]).sum())
        reductions.append(money["variance_reduction"].max())
        rises.append(np.corrcoef(truth, money["difference"])[0, 1])
    assert len(inside) == 54
    assert np.mean(inside) >= 0.85
    assert min(reductions) > 0.1, "the forecast cuts the variance in every shop"
    assert widths[True] < 0.95 * widths[False]
    assert np.mean(rises) > 0, "larger effects are estimated larger"
