"""What participants of tests did: by hand, as of the assignment, and for inputs with few rows."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from clv.data.cleaning import Cleaning, clean_table
from clv.marketing.experiments.before import NO_TIER, first_orders, fit_forecast, history
from clv.marketing.experiments.outcomes import COLUMNS, arms_of, outcomes
from clv.marketing.params import TierParams
from clv.marketing.tiers import GROWTH, HIGH, LOW, TIERS, cut_points, tiers_by
from clv.params import Params

LAST = date(2024, 6, 30)
WINDOW, HORIZON = 30, 90


def clean(name: str, rows: list[dict[str, object]], columns: list[str]) -> pd.DataFrame:
    return clean_table(name, pd.DataFrame(rows, columns=columns), Cleaning(time_zone="UTC")).clean


def lines(*bought: tuple[str, str, float]) -> pd.DataFrame:
    rows = [{"customer_id": who, "order_ts": when, "amount": amount} for who, when, amount in bought]
    return clean("transactions", rows, ["customer_id", "order_ts", "amount"])


def assigned(rows: list[dict[str, object]], *columns: str) -> pd.DataFrame:
    return clean("experiments", rows, ["customer_id", "assigned_ts", *columns])


def of(params: Params, assignments: pd.DataFrame, bought: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    return outcomes(
        assignments, bought, first_orders(bought), WINDOW, HORIZON, LAST, params.segment.tiers, "pareto_nbd"
    )


def shop(n: int, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Participants in two arms, and purchases before and after the assignment; some buy often."""
    rng = np.random.default_rng(seed)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 170, 4 * n), unit="D")
    who = (n * rng.beta(1, 3, 4 * n)).astype(int).astype(str)
    bought = lines(*zip(who, days.astype(str), rng.gamma(2, 20, 4 * n).round(2), strict=True))
    rows = [
        {"customer_id": str(i), "assigned_ts": "2024-05-01", "arm": ("control", "mail")[i % 2], "cost": float(i % 2)}
        for i in range(n)
    ]
    return assigned(rows, "arm", "cost"), bought


def test_the_window_begins_with_the_day_of_the_assignment(project_params: Params) -> None:
    rows = [{"customer_id": c, "assigned_ts": "2024-05-01 15:00"} for c in "abcd"]
    bought = lines(
        ("a", "2024-04-30 23:00", 1.0),
        ("a", "2024-05-01 01:00", 2.0),
        ("a", "2024-05-30 23:59", 4.0),
        ("b", "2024-05-31", 8.0),
        ("c", "2024-04-01", 10.0),
        ("c", "2024-05-10", -10.0),
        ("e", "2024-05-02", 5.0),
    )
    seen, still_open = of(project_params, assigned(rows), bought)
    assert seen["customer_id"].tolist() == list("abcd")
    assert seen["revenue"].tolist() == [6.0, 0.0, -10.0, 0.0]
    assert seen["purchased"].tolist() == [True, False, False, False], "a return is no purchase"
    assert still_open == 0


def test_who_is_still_in_the_window_is_counted_and_left_out(project_params: Params) -> None:
    rows = [{"customer_id": "a", "assigned_ts": "2024-06-01"}, {"customer_id": "b", "assigned_ts": "2024-06-02"}]
    seen, still_open = of(project_params, assigned(rows), lines(("a", "2024-06-30", 1.0)))
    assert (seen["customer_id"].tolist(), still_open) == (["a"], 1)
    assert seen["revenue"].item() == 1.0, "the last day counts"


def test_nothing_after_the_assignment_enters_the_forecast(project_params: Params) -> None:
    assignments, bought = shop(300)
    after = bought["order_ts"] >= pd.Timestamp("2024-05-01")
    scrambled = bought.assign(amount_minor=bought["amount_minor"].where(~after, 99_999))
    plain, _ = of(project_params, assignments, bought)
    for other in (scrambled, bought[~after]):
        found, _ = of(project_params, assignments, other)
        pd.testing.assert_frame_equal(found[["expected", "tier"]], plain[["expected", "tier"]])
        assert (found["revenue"] != plain["revenue"]).any()
    assert np.corrcoef(plain["expected"], plain["revenue"])[0, 1] > 0.1


def test_who_is_not_known_yet_is_expected_to_spend_nothing(project_params: Params) -> None:
    assignments, bought = shop(300)
    new = assigned([{"customer_id": "new", "assigned_ts": "2024-05-01", "arm": "mail", "cost": None}], "arm", "cost")
    seen, _ = of(project_params, pd.concat([assignments, new], ignore_index=True), bought)
    row = seen.set_index("customer_id").loc["new"]
    assert (row["expected"], row["revenue"], row["tier"]) == (0.0, 0.0, NO_TIER)
    assert np.isnan(row["cost"])
    assert seen["expected"].gt(0).sum() > 100


def test_a_customer_of_two_tests_is_in_both(project_params: Params) -> None:
    rows = [
        {"customer_id": "a", "assigned_ts": "2024-01-01", "experiment": "first"},
        {"customer_id": "a", "assigned_ts": "2024-05-01", "experiment": "second"},
    ]
    seen, _ = of(
        project_params, assigned(rows, "experiment"), lines(("a", "2024-01-05", 3.0), ("a", "2024-05-05", 4.0))
    )
    assert seen[["experiment", "revenue"]].values.tolist() == [["first", 3.0], ["second", 4.0]]


@pytest.mark.parametrize(
    ("arms", "control"),
    [
        ([("Control", 0.0), ("mail", 0.0), ("ad", 1.0)], ["Control"]),
        ([("mail", 1.0), ("nothing", 0.0)], ["nothing"]),
        ([("subject a", 0.0), ("subject b", 0.0)], []),
        ([("everyone", 0.0)], []),
        ([("", 1.0)], []),
        ([("mail", None), ("nothing", 0.0)], ["nothing"]),
        ([("mail", None), ("ad", None)], []),
    ],
)
def test_the_control_is_the_arm_of_that_name_else_the_one_that_is_free(
    project_params: Params, arms: list[tuple[str, float | None]], control: list[str]
) -> None:
    rows = [
        {"customer_id": f"{i}{arm}", "assigned_ts": "2024-05-01", "arm": arm, "cost": cost}
        for arm, cost in arms
        for i in range(3)
    ]
    seen, _ = of(project_params, assigned(rows, "arm", "cost"), lines(("x", "2024-01-01", 1.0)))
    assert sorted(seen.loc[seen["is_control"], "arm"].unique()) == control


def test_who_did_not_redeem_stays_in_the_arm(project_params: Params) -> None:
    """Where only some of an arm cause a cost, the rest are no control: they chose not to redeem."""
    rows = [
        {"customer_id": str(i), "assigned_ts": "2024-05-01", "arm": arm, "cost": float(arm == "voucher" and i % 2)}
        for i, arm in enumerate(["voucher"] * 6 + ["none"] * 6)
    ]
    seen, _ = of(project_params, assigned(rows, "arm", "cost"), lines(("x", "2024-01-01", 1.0)))
    assert seen.loc[seen["is_control"], "arm"].unique().tolist() == ["none"]


@pytest.mark.parametrize("customers", [0, 1, 40])
def test_few_customers_and_no_columns_give_the_same_kinds_of_columns(project_params: Params, customers: int) -> None:
    rows = [{"customer_id": str(i), "assigned_ts": "2024-05-01"} for i in range(customers)]
    bought = lines(*((str(i), "2024-03-01", 20.0) for i in range(40)))
    seen, _ = of(project_params, assigned(rows), bought)
    assert {name: str(kind) for name, kind in seen.dtypes.items()} == COLUMNS
    assert len(seen) == customers
    assert seen["expected"].notna().all()
    nothing, _ = of(project_params, assigned(rows), bought.head(0))
    assert {name: str(kind) for name, kind in nothing.dtypes.items()} == COLUMNS
    assert nothing["tier"].eq(NO_TIER).all()


def tier_of(seen: pd.DataFrame) -> pd.Series:
    return seen.set_index("customer_id")["tier"]


def test_a_tier_is_that_among_all_customers_and_not_among_participants(project_params: Params) -> None:
    """It does not depend on the other participants, even if only the best customers take part."""
    assignments, bought = shop(300)
    everyone = of(project_params, assignments, bought)[0]
    known = everyone[everyone["tier"] != NO_TIER]
    shares = known["tier"].value_counts(normalize=True)
    assert [shares[tier] for tier in TIERS] == pytest.approx([0.2, 0.3, 0.5], abs=0.03)
    best = known.loc[known["tier"] == HIGH, "customer_id"]
    few = of(project_params, assignments[assignments["customer_id"].isin(best)], bought)[0]
    assert set(few["tier"]) == {HIGH}
    assert len(few) == len(best)


def test_tests_of_other_customers_leave_tiers_alone(project_params: Params) -> None:
    assignments, bought = shop(300)
    both = [
        assignments[assignments["customer_id"].astype("int64") % 2 == part].assign(experiment=str(part))
        for part in (0, 1)
    ]
    later = both[1].assign(assigned_ts=pd.Timestamp("2024-05-10"))
    alone = tier_of(of(project_params, both[0], bought)[0])
    pd.testing.assert_series_equal(
        tier_of(of(project_params, pd.concat([both[0], later]), bought)[0].query("experiment == '0'")), alone
    )


def test_thresholds_are_of_the_horizon_and_not_of_the_window(project_params: Params) -> None:
    """A customer with a forecast just above a threshold for the horizon spends a third of it in the window."""
    assignments, bought = shop(300)
    tiers = project_params.segment.tiers
    at = replace(tiers, by="thresholds", thresholds=replace(tiers.thresholds, high_clv=60.0, growth_potential=20.0))
    seen = outcomes(assignments, bought, first_orders(bought), WINDOW, HORIZON, LAST, at, "pareto_nbd")[0]
    short = outcomes(assignments, bought, first_orders(bought), WINDOW, WINDOW, LAST, at, "pareto_nbd")[0]
    pd.testing.assert_series_equal(seen["expected"], short["expected"])
    low = {name: table.groupby("tier")["expected"].min() for name, table in (("seen", seen), ("short", short))}
    assert low["short"][HIGH] == pytest.approx(60, rel=0.1), "a horizon of the window's length"
    assert 20 < low["seen"][HIGH] < 35, "three windows"


def test_equal_customers_are_of_one_tier(project_params: Params) -> None:
    bought = [(str(i), day, 20.0) for i in range(100) for day in ("2024-02-01", "2024-03-01")]
    rows = [{"customer_id": str(i), "assigned_ts": "2024-05-01"} for i in range(100)]
    seen, _ = of(project_params, assigned(rows), lines(*bought))
    assert set(seen["tier"]) == {LOW}, "a tie is below every border"
    once, _ = of(project_params, assigned(rows), lines(*bought[::2]))
    assert set(once["tier"]) == {NO_TIER}, "nobody had come back, so it is not known who does"


def test_cut_points_are_the_lowest_values_of_tiers(project_params: Params) -> None:
    tiers: TierParams = project_params.segment.tiers
    predicted = np.arange(100.0)
    cuts = cut_points(predicted, tiers)
    assert cuts.tolist() == [80, 50]
    assert tiers_by(np.array([99.0, 80, 79.9, 50, 49, 0]), cuts).tolist() == [HIGH, HIGH, GROWTH, GROWTH, LOW, LOW]
    nobody = replace(tiers, shares=replace(tiers.shares, high_clv=0.0))
    assert cut_points(predicted, nobody).tolist() == [np.inf, 70]


def test_a_history_counts_days_up_to_the_assignment() -> None:
    events = pd.DataFrame(
        [(4, -30, 1000), (4, -10, 500), (4, -10, 500), (4, -5, -400), (7, -1, 300), (8, -3, -9)],
        columns=["row", "age", "amount_minor"],
    )
    past = history(events)
    assert past.loc[4].to_dict() == {"x": 1, "t_x": 20, "T": 29, "mean": 10, "net": 16}
    assert past.loc[7].to_dict() == {"x": 0, "t_x": 0, "T": 0, "mean": 3, "net": 3}
    assert len(past) == 2, "who only sent back had not bought"
    assert fit_forecast(past, "pareto_nbd") is None


def test_arms_are_those_of_all_assignments(project_params: Params) -> None:
    rows = [
        {"customer_id": "a", "assigned_ts": "2024-05-01", "experiment": "t", "arm": "mail"},
        {"customer_id": "b", "assigned_ts": "2024-06-29", "experiment": "t", "arm": "control"},
    ]
    assert arms_of(assigned(rows, "experiment", "arm")) == {"t": ("control", "mail")}
    assert arms_of(assigned([], "experiment", "arm")) == {}
