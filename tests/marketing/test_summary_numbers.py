"""The numbers of a run, worked by hand, for shops that have everything or lack things."""

import numpy as np
import pandas as pd
import pytest

from clv.marketing.summary.outlook import FIRST, best_of, forecast, last_horizon, shop_digest
from clv.marketing.summary.plans import at_risk, budget, campaign, evidence, next_test, uploads
from clv.marketing.summary.trust import set_aside, trust

NO_ORIGIN = pd.DataFrame({"forecast": [], "bias": []})


def customers(n: int, last_day: str) -> pd.DataFrame:
    """Customers as of `last_day`; one new customer came each day from 2025-01-01 on."""
    first = pd.date_range("2025-01-01", periods=n)
    return pd.DataFrame(
        {"customer_id": [f"c{i:04d}" for i in range(n)], "tenure_days": (pd.Timestamp(last_day) - first).days}
    )


def test_a_shop_that_grows_is_the_same_shop() -> None:
    before, after = customers(FIRST, "2025-06-01"), customers(FIRST + 50, "2025-12-31")
    assert shop_digest(before, "2025-06-01") == shop_digest(after.sample(frac=1, random_state=1), "2025-12-31")


@pytest.mark.parametrize(
    "other",
    [
        customers(FIRST, "2025-06-01").replace("c0003", "someone else"),
        customers(FIRST, "2025-06-01").assign(tenure_days=lambda rows: rows["tenure_days"] + 1),
        customers(FIRST, "2025-06-01").tail(FIRST - 1),
    ],
)
def test_other_customers_or_days_are_another_shop(other: pd.DataFrame) -> None:
    assert shop_digest(other, "2025-06-01") != shop_digest(customers(FIRST, "2025-06-01"), "2025-06-01")


def test_the_total_and_its_interval_by_hand() -> None:
    z = 1.959964
    values = pd.DataFrame(
        {
            "predicted_clv": [100.0, 50.0],
            "lower_95": [100 - 10 * z, 50 - 20 * z],
            "upper_95": [100 + 10 * z, 50 + 20 * z],
            "p_purchase": [0.9, 0.3],
            "tier": ["High-CLV", "Low-CLV"],
        }
    )
    rolling = pd.DataFrame({"forecast": ["ensemble", "ensemble", "btyd"], "bias": [0.1, -0.1, 5.0]})
    found = forecast(values, rolling, 0.2)
    sd = np.sqrt(10**2 + 20**2 + (0.2 * 150) ** 2)
    assert found["total"] == 150.0
    assert (found["lower_95"], found["upper_95"]) == (round(150 - z * sd, 2), round(150 + z * sd, 2))
    assert found["level_error"] == pytest.approx(0.1)
    assert found["expected_buyers"] == 1.2


@pytest.mark.parametrize("rolling", [NO_ORIGIN, pd.DataFrame({"forecast": ["ensemble"], "bias": [np.nan]})])
def test_without_a_labelled_window_the_interval_is_unknown_rather_than_narrow(rolling: pd.DataFrame) -> None:
    columns = {"predicted_clv": 1.0, "lower_95": 0.0, "upper_95": 2.0, "p_purchase": 0.5, "tier": "Low-CLV"}
    values = pd.DataFrame([columns])
    found = forecast(values, rolling, None)
    assert (found["total"], found["lower_95"], found["upper_95"], found["level_error"]) == (1.0, None, None, None)


def test_the_last_horizon_is_of_who_was_known_and_of_who_came() -> None:
    spent = pd.DataFrame({"tenure_days": [400, 180, 179, 0], "net_revenue_last_horizon": [10.0, 5.0, 3.0, 1.0]})
    assert last_horizon(spent, 180, 500) == {
        "known_customers": 2,
        "of_known": 15.0,
        "new_customers": 2,
        "of_new": 4.0,
    }
    assert last_horizon(spent, 180, 180) is None, "the history is no longer than the horizon"
    assert last_horizon(spent.tail(2), 180, 500) is None, "nobody was known"


def test_the_best_segment_is_among_those_shown() -> None:
    profiles = pd.DataFrame(
        {
            "dimension": ["tier", "tier", "tier", "elite"],
            "segment": ["High-CLV", "Growth-Potential", "Low-CLV", "Elite"],
            "customers": [np.nan, 30, 50, 1],
            "customer_share": [np.nan, 0.3, 0.5, 0.01],
            "predicted_total": [np.nan, 90.0, 10.0, 99.0],
            "predicted_share": [np.nan, 0.9, 0.1, 0.99],
            "predicted_mean": [np.nan, 3.0, 0.2, 99.0],
        }
    )
    found = best_of(profiles, "tier")
    assert found == {
        "name": "Growth-Potential",
        "customers": 30,
        "customer_share": 0.3,
        "total": 90.0,
        "share": 0.9,
        "mean": 3.0,
    }
    assert best_of(profiles, "rfm_segment") is None


def test_the_budget_is_split_by_cell_most_first() -> None:
    metrics = {
        "mode": "optimal",
        "source": "tests",
        "total": 100.0,
        "allocated": 90.0,
        "not_spent": 10.0,
        "expected_margin": 150.0,
        "lower_95": 1.0,
        "upper_95": 300.0,
        "window_days": 60,
        "forecast_margin": 900.0,
        "warning": "",
        "next": {
            "amount": 1000.0,
            "expected_margin": 7.0,
            "cells": [
                {"tier": "High-CLV", "channel": "email", "amount": 5.0, "why_nothing": ""},
                {"tier": "Low-CLV", "channel": "email", "amount": 0.0, "why_nothing": "too unsure"},
            ],
        },
    }
    cells = pd.DataFrame(
        {
            "tier": ["Low-CLV", "High-CLV", "Growth-Potential", "not spent"],
            "channel": ["email", "email", "email", ""],
            "budget": [20.0, 70.0, 0.0, 10.0],
        }
    )
    found = budget(metrics, cells)
    assert [cell["tier"] for cell in found["split"]] == ["High-CLV", "Low-CLV"]
    assert (found["spent"], found["window_days"]) == (90.0, 60)
    assert found["next"] == {
        "amount": 1000.0,
        "margin": 7.0,
        "split": [{"tier": "High-CLV", "channel": "email", "amount": 5.0}],
    }


def test_the_main_reason_is_the_one_that_costs_most() -> None:
    reasons = [
        {"reason_kind": "overdue", "customers": 9, "lost_value": 10.0},
        {"reason_kind": "returns", "customers": 5, "lost_value": 20.0},
    ]
    tiers = pd.Series(["High-CLV"] * 5 + ["Low-CLV"] * 9)
    found = at_risk({"fallen": {"customers": 14, "lost_value": 30.0, "reasons": reasons}}, tiers, [], 5)
    assert found is not None
    assert found["main"] == {"reason": "returns", "customers": 5, "lost_value": 20.0}
    hidden = at_risk({"fallen": {"customers": 3, "lost_value": 30.0, "reasons": []}}, tiers.head(3), [], 5)
    assert hidden == {"customers": 3, "lost_value": 30.0, "main": None, "paid": None, "paid_tiers": []}
    assert at_risk({"fallen": {"customers": 0, "lost_value": 0.0, "reasons": []}}, tiers.head(0), [], 5) is None


@pytest.mark.parametrize(
    ("paid", "minimum", "told"),
    [
        (["High-CLV"], 5, 5),
        (["Growth-Potential", "High-CLV"], 5, 8),
        (["High-CLV"], 6, None),
        (["High-CLV", "Growth-Potential", "Low-CLV"], 5, None),
    ],
)
def test_who_fell_and_is_worth_paying_for_is_counted_unless_few_are_or_are_not(
    paid: list[str], minimum: int, told: int | None
) -> None:
    tiers = pd.Series(["High-CLV"] * 5 + ["Growth-Potential"] * 3 + ["Low-CLV"] * 6)
    split = [{"tier": tier, "channel": "email", "budget": 1.0} for tier in paid]
    fell = {"fallen": {"customers": 14, "lost_value": 30.0, "reasons": []}}
    found = at_risk(fell, tiers, split, minimum)
    assert found is not None
    assert found["paid"] == told
    assert found["paid_tiers"] == sorted(paid, key=["High-CLV", "Growth-Potential", "Low-CLV"].index)


def test_only_arms_that_work_are_proven() -> None:
    arms = {"a": {"decision": "works"}, "b": {"decision": "not yet"}, "c": {"decision": "harms"}}
    tests = {"one": {"arms": arms}, "two": {"arms": {"a": {"decision": "works"}}}}
    assert evidence({"tests": tests, "participants": 900}) == {"tests": 2, "participants": 900, "proven": 2}
    assert evidence({"tests": {}, "participants": 0}) == {"tests": 0, "participants": 0, "proven": 0}


def test_campaign_lists_and_test_in_numbers() -> None:
    plan = {
        "treated": 8,
        "holdout": 2,
        "channels": [{"channel": "email", "treated": 8}, {"channel": "ad", "treated": None}],
    }
    assert campaign(plan)["channels"] == {"email": 8, "ad": None}
    lists = {
        "a": {"tier": "High-CLV", "meta": {"rows": 7}, "google": {"rows": 9}},
        "b": {"tier": "Low-CLV", "meta": {"rows": 0}, "google": {"rows": None}},
    }
    assert uploads({"lists": lists}) == {"High-CLV": 9}
    rows = pd.DataFrame(
        {
            "outcome": "revenue",
            "rise": 0.05,
            "participants": [900.0, 500.0, np.nan],
            "duration_days": [90.0, 70.0, np.nan],
            "enough_customers": [False, True, False],
            "rise_8_weeks": [0.1, np.nan, np.nan],
        }
    )
    found = next_test(rows, {"next": {"customers": 600}, "window_days": 60, "tests": {"one": {}}})
    assert found == {
        "outcome": "revenue",
        "window_days": 60,
        "rise": 0.05,
        "participants": 500,
        "duration_days": 70,
        "enough_customers": True,
        "customers": 600,
        "rise_8_weeks": None,
        "finished": 1,
    }
    assert next_test(rows.tail(1), {"next": {"customers": 600}, "tests": {}}) is None


def test_trust_is_the_backtest_beside_the_naive_forecast() -> None:
    metrics = pd.DataFrame({"forecast": ["ensemble", "same_as_last_period"], "metric": "gini", "value": [0.8, 0.7]})
    checks = [
        {"name": "leak", "status": "not judged", "message": "m"},
        {"name": "bias", "status": "fail", "message": "off"},
        {"name": "coverage", "status": "pass", "message": "fine"},
    ]
    headline = {"customers": 9, "bias": 0.2, "coverage_95": 0.9, "gini": 0.8}
    rolling = pd.DataFrame({"forecast": ["ensemble", "btyd", "ensemble", "ensemble"], "bias": [0.1, 9.0, np.nan, -0.2]})
    found = trust(headline, metrics, rolling, checks)
    assert found["earlier"] == [0.1, -0.2]
    assert (found["gini"], found["gini_naive"], found["passed"]) == (0.8, 0.7, 1)
    assert found["failed"] == [{"name": "bias", "message": "off"}]
    nothing = trust({"customers": 0, "why": "too short"}, pd.DataFrame(columns=["customers"]), NO_ORIGIN, [])
    assert (nothing["customers"], nothing["why"], nothing["bias"], nothing["gini_naive"]) == (
        0,
        "too short",
        None,
        None,
    )


@pytest.mark.parametrize(("share", "many"), [(0.01, False), (0.011, True)])
def test_more_than_one_row_in_a_hundred_is_many(share: float, many: bool) -> None:
    assert set_aside({"rejected_bad_share": share, "raw_rows": {"transactions": 5}})["many"] is many
