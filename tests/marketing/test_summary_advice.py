"""A run in a few numbers: by hand, of shops that lack things; what changed; what to do, rule by rule."""

import json
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

from clv import paths
from clv.errors import InputError
from clv.evaluation.params import CheckName
from clv.marketing.segments.fallen import REASONS
from clv.marketing.summary.advice import MOST, RULES, WHAT_FAILED, WHY_FELL, actions
from clv.marketing.summary.changes import SEASON, changes
from clv.marketing.summary.outlook import FIRST, best_of, forecast, last_horizon, shop_digest
from clv.marketing.summary.plans import at_risk, budget, campaign, evidence, next_test, uploads
from clv.marketing.summary.trust import set_aside, trust
from tests.conftest import ROOT
from tests.marketing.summaries import shop, unjudged

PREVIOUS = Path("reports/previous.json")
NO_ORIGIN = pd.DataFrame({"forecast": [], "bias": []})


def customers(n: int, last_day: str) -> pd.DataFrame:
    """One new customer a day from 2025-01-01 on, as of a day."""
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
        }
    )
    rolling = pd.DataFrame({"forecast": ["ensemble", "ensemble", "btyd"], "bias": [0.1, -0.1, 5.0]})
    found = forecast(values, rolling)
    wider = 4.302653 / z  # Student's t with two degrees of freedom, of a table
    sd = np.sqrt(10**2 + 20**2 + (0.1 * wider * 150) ** 2)
    assert found["total"] == 150.0
    assert (found["lower_95"], found["upper_95"]) == (round(150 - z * sd, 2), round(150 + z * sd, 2))
    assert found["level_error"] == pytest.approx(0.1)
    assert found["expected_buyers"] == 1.2


@pytest.mark.parametrize("rolling", [NO_ORIGIN, pd.DataFrame({"forecast": ["ensemble"], "bias": [np.nan]})])
def test_without_an_origin_the_interval_is_unknown_rather_than_narrow(rolling: pd.DataFrame) -> None:
    values = pd.DataFrame({"predicted_clv": [1.0], "lower_95": [0.0], "upper_95": [2.0], "p_purchase": [0.5]})
    found = forecast(values, rolling)
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


def test_changes_are_relative_in_points_or_in_words() -> None:
    then = shop(as_of="2025-11-30", customers=1600, forecast__total=100_000.0, trust__bias=0.01, at_risk=None)
    found = changes(shop(), then, "previous.json")
    assert (found["then"], found["why"]) == ("2025-11-30", "")
    rows = {row["what"]: row for row in found["rows"]}
    assert rows["customers"]["change"] == pytest.approx(0.25)
    assert rows["total forecast"]["change"] == pytest.approx(0.1)
    assert rows["total of the last test window, off by"]["change"] == pytest.approx(-0.024)
    assert rows["segment that brings most"] == {
        "what": "segment that brings most",
        "kind": "text",
        "then": "Champions",
        "now": "Champions",
        "change": None,
    }
    assert rows["customers who fell to a lower group"]["change"] is None, "nobody is known to have fallen then"
    assert rows["checks that fail"]["change"] is None, "0 is nothing to compare with"


def test_the_season_is_told_only_where_both_runs_have_it() -> None:
    def season(then: dict[str, Any]) -> list[dict[str, Any]]:
        return [row for row in changes(shop(), then, "p")["rows"] if row["what"] == SEASON]

    assert [row["change"] for row in season(shop(season_index=1.2))] == [pytest.approx(-0.25)]
    earlier = {name: value for name, value in shop().items() if name != "season_index"}
    assert season(earlier) == []


def test_what_neither_run_has_is_left_out() -> None:
    rows = [row["what"] for row in changes(unjudged(), unjudged(), "p")["rows"]]
    assert "customers" in rows
    assert "customers inside their 95% interval" not in rows


@pytest.mark.parametrize(
    ("then", "why"),
    [
        ({}, "no earlier run was kept"),
        (shop(shop="beef"), "the run that was kept is of another shop"),
        (shop(horizon_days=90), "the run that was kept is of another horizon (90, now 180)"),
        (shop(currency="USD"), "the run that was kept is of another currency (USD, now EUR)"),
        (shop(as_of="2026-01-01"), "the run that was kept is of a later day (2026-01-01, now 2025-12-31)"),
    ],
)
def test_another_run_is_not_compared(then: dict[str, Any], why: str) -> None:
    found = changes(shop(), then, "p")
    assert (found["why"], found["rows"]) == (why, [])


@pytest.mark.parametrize("then", [{"a": 1}, [], "text", shop(trust=None), shop(forecast={})])
def test_what_is_no_summary_is_refused_in_a_line(then: Any) -> None:
    with pytest.raises(
        InputError, match=r"^report\.previous must be reports/metrics/summary\.json .* and p\.json is not"
    ):
        changes(shop(), then, "p.json")


def test_the_run_that_is_shipped_is_of_the_default_shop_a_month_earlier() -> None:
    now, then = (json.loads((ROOT / path).read_text(encoding="utf-8")) for path in (paths.SUMMARY, PREVIOUS))
    assert (then["as_of"], now["as_of"]) == ("2025-11-30", "2025-12-31")
    assert changes(now, then, str(PREVIOUS))["why"] == ""


CASES = {
    "mend": (
        shop(trust__failed=[{"name": "bias", "message": "off by 9%"}]),
        "Look at the checks before you act on the forecast: its total was off.",
    ),
    "wait": (
        unjudged(),
        "nothing has yet shown how good it is (the history is too short). Judge it when 180 days more",
    ),
    "clean": (shop(data={"rows": 10_000, "share": 0.2, "many": True}), "20.0% of 10,000 rows could not be used"),
    "spend": (
        shop(),
        "Spend 5,000 EUR: 3,900 on High-CLV through social and email, 1,100 on Growth-Potential through email. It "
        "should bring 9,000 EUR of additional margin within 60 days, 4,000 more than it costs; in bad cases less than "
        "it costs (95% interval of the profit -3,000 to 11,000).",
    ),
    "keep": (shop(budget__not_spent=800.0), "Keep 800 EUR of the budget"),
    "win back": (
        shop(),
        "forecasts of 50 customers in a lower tier or segment than 180 days ago are 4,000 EUR lower (the season "
        "differs). 2,500 of that is of 30 customers: they have not ordered for more than twice their usual gap. 25 of "
        "all who fell are "
        "High-CLV or Growth-Potential today, where the budget goes: begin with them. The next campaign has an offer",
    ),
    "send": (
        shop(),
        "Send the next campaign to the 1,800 customers on its lists (email 1,000, ad 800), and leave the 200 drawn",
    ),
    "upload": (shop(uploads={"High-CLV": 400, "Elite": 20}), "to Meta and Google: High-CLV 400, Elite 20 rows."),
    "test": (shop(), "plan 1,500 participants and 70 days: so many find a rise of 5% in the share of customers who"),
    "more": (
        shop(),
        "put the next 1,000 EUR here: 1,000 on High-CLV through email. It should bring 1,500 EUR of additional",
    ),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_says_its_number(rule: Any) -> None:
    summary, text = CASES[rule.name]
    assert rule.holds(summary)
    assert text in rule.says(summary)


ABSENT = {
    "mend": shop(),
    "wait": shop(),
    "clean": shop(),
    "spend": shop(budget__split=[]),
    "keep": shop(),
    "win back": unjudged(),
    "send": shop(campaign__treated=0),
    "upload": shop(),
    "test": unjudged(),
    "more": shop(budget__not_spent=800.0),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_rule_speaks_of_what_a_shop_has_not(rule: Any) -> None:
    assert not rule.holds(ABSENT[rule.name])


def test_a_test_is_planned_only_where_one_was_run() -> None:
    assert "test" not in [action["name"] for action in actions(shop(next_test__finished=0))]


def test_a_test_that_is_too_large_says_so() -> None:
    test = next(rule for rule in RULES if rule.name == "test")
    assert test.says(shop(next_test__enough_customers=False, next_test__outcome="revenue")) == (
        "Test something stronger next: to find a rise of 5% in revenue per customer takes 1,500 participants, and of "
        "your 2,000 customers only the 1,700 known 60 days ago can be counted on. Assigning for 8 weeks finds a rise "
        "of 6%."
    )
    unknown = test.says(shop(next_test__enough_customers=False, next_test__rise_8_weeks=None))
    assert unknown.endswith("can be counted on.")


def test_a_rule_or_an_assumption_promises_no_more_than_it_knows() -> None:
    spend = next(rule for rule in RULES if rule.name == "spend")
    text = spend.says(unjudged())
    assert "2,500 on High-CLV, 2,500 on Low-CLV" in text, "no channel is named where there is none"
    assert "nothing says yet what spending brings" in text
    assumed = spend.says(shop(budget__lower_95=None, budget__source="elasticities"))
    assert assumed.endswith("9,000 EUR of additional margin, 4,000 more than it costs, if your assumptions hold.")


@pytest.mark.parametrize(
    ("margin", "lower", "said"),
    [(9000.0, 6000.0, "4,000 more than it costs (95%"), (4000.0, 1000.0, "1,000 less than it costs (95%")],
)
def test_bad_cases_are_named_only_where_good_ones_pay(margin: float, lower: float, said: str) -> None:
    spend = next(rule for rule in RULES if rule.name == "spend")
    assert said in spend.says(shop(budget__expected_margin=margin, budget__lower_95=lower))


def test_who_fell_gets_no_advice_that_is_not_known() -> None:
    win_back = next(rule for rule in RULES if rule.name == "win back")
    text = win_back.says(shop(at_risk__main=None, at_risk__paid=None, campaign__treated=0))
    assert text.endswith("a lower tier or segment than 180 days ago are 4,000 EUR lower (the season differs).")


def test_of_many_channels_the_first_three_are_named() -> None:
    split = [{"tier": "Low-CLV", "channel": name, "budget": 1.0} for name in ("a", "b", "c", "d", "e")]
    text = next(rule for rule in RULES if rule.name == "spend").says(shop(budget__split=split))
    assert "5 on Low-CLV through a, b, c and 2 more." in text


def test_a_campaign_without_channels_or_holdout_names_none() -> None:
    send = next(rule for rule in RULES if rule.name == "send")
    assert "on its lists, and leave" in send.says(unjudged())
    assert "(email 1,000, ad 800). It is beside the budget" in send.says(shop(campaign__holdout=0))


def test_a_full_shop_gets_three_to_six_things_to_do_in_order_of_weight() -> None:
    everything = shop(
        trust__failed=[{"name": "bias", "message": "off"}], data__many=True, budget__not_spent=5.0, uploads={"Elite": 9}
    )
    assert [action["name"] for action in actions(everything)] == ["mend", "clean", "spend", "keep", "win back", "send"]
    assert 3 <= len(actions(unjudged())) <= len(actions(shop())) <= MOST


def test_every_check_has_words() -> None:
    assert set(WHAT_FAILED) == set(get_args(CheckName))


def test_every_reason_of_a_fall_has_words() -> None:
    assert set(WHY_FELL) == {reason.kind for reason in REASONS}
