"""What to do, rule by rule."""

from typing import Any, get_args

import pytest

from clv.evaluation.params import CheckName
from clv.marketing.segments.fallen import REASONS
from clv.marketing.summary.advice import MOST, RULES, WHAT_FAILED, WHY_FELL, actions, not_known
from tests.marketing.summaries import shop, unjudged

RETURNS = {"name": "returns", "says": "who comes back: of 900 customers nobody bought on a second day", "columns": []}
BEYOND = "budget.total, 5,000, is more than the margin that is forecast for all 9 customers"

CASES = {
    "unknown": (
        shop(not_known=[RETURNS]),
        "to find similar customers. It is not known who comes back: of 900 customers nobody bought",
    ),
    "mend": (
        shop(trust__failed=[{"name": "bias", "message": "off by 9%"}]),
        "Look at the checks before you act on the forecast: its total was too far off.",
    ),
    "wait": (
        unjudged(),
        "no test has yet shown how good it is (the history is too short). Test it when the data cover 180 more",
    ),
    "clean": (shop(data={"rows": 10_000, "share": 0.2, "many": True}), "20.0% of 10,000 rows could not be used"),
    "spend": (
        shop(),
        "Spend 5,000 EUR: 3,900 on High-CLV through social and email, 1,100 on Growth-Potential through email. It "
        "should yield 9,000 EUR of additional margin within 60 days, 4,000 more than it costs; in bad cases it "
        "would yield less than it costs (95% interval of the profit -3,000 to 11,000).",
    ),
    "hold": (
        shop(budget__source="none", budget__warning=BEYOND),
        f"Do not spend the budget by these shares yet: {BEYOND}, and no test shows that it does. Lower budget.total",
    ),
    "keep": (shop(budget__not_spent=800.0), "Keep 800 EUR of the budget"),
    "win back": (
        shop(),
        "forecasts of 50 customers are together 4,000 EUR lower than 180 days ago (the two forecasts may cover "
        "different seasons). 2,500 of that comes from 30 customers: they have not ordered for more than twice their "
        "usual gap between orders. 25 of all who fell are in High-CLV or Growth-Potential today, where the budget is "
        "spent: begin with them. The next campaign has an offer",
    ),
    "send": (
        shop(),
        "Send the next campaign to the 1,800 customers on its lists (email 1,000, ad 800), and leave the 200 randomly",
    ),
    "upload": (shop(uploads={"High-CLV": 400, "Elite": 20}), "to Meta and Google (rows: High-CLV 400, Elite 20)."),
    "test": (shop(), "plan 1,500 participants and 70 days: this is enough to detect a rise of 5% in the"),
    "more": (
        shop(),
        "split the next 1,000 EUR as follows: 1,000 on High-CLV through email. It should yield 1,500 EUR of additional",
    ),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_says_its_number(rule: Any) -> None:
    summary, text = CASES[rule.name]
    assert rule.holds(summary)
    assert text in rule.says(summary)


ABSENT = {
    "unknown": shop(),
    "hold": shop(budget__warning=BEYOND),  # tests show what it yields
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
        "Test something with a larger effect next: detecting a rise of 5% in revenue per customer takes 1,500 "
        "participants, but only 1,700 of your 2,000 customers were already known 60 days ago. Assigning customers for "
        "8 weeks detects a rise of 6%."
    )
    unknown = test.says(shop(next_test__enough_customers=False, next_test__rise_8_weeks=None))
    assert unknown.endswith("were already known 60 days ago.")


def test_a_rule_or_an_assumption_promises_no_more_than_it_knows() -> None:
    spend = next(rule for rule in RULES if rule.name == "spend")
    text = spend.says(unjudged())
    assert "2,500 on High-CLV, 2,500 on Low-CLV" in text, "no channel is named where there is none"
    assert "nothing shows yet what spending yields" in text
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
    assert text.endswith(
        "are together 4,000 EUR lower than 180 days ago (the two forecasts may cover different seasons)."
    )


def test_of_many_channels_the_first_three_are_named() -> None:
    split = [{"tier": "Low-CLV", "channel": name, "budget": 1.0} for name in ("a", "b", "c", "d", "e")]
    text = next(rule for rule in RULES if rule.name == "spend").says(shop(budget__split=split))
    assert "5 on Low-CLV through a, b, c and 2 more." in text


def test_a_campaign_without_channels_or_holdout_names_none() -> None:
    send = next(rule for rule in RULES if rule.name == "send")
    assert "on its lists, and leave" in send.says(unjudged())
    assert "(email 1,000, ad 800). The campaign is separate from the budget" in send.says(shop(campaign__holdout=0))


def test_a_full_shop_gets_three_to_six_things_to_do_in_order_of_weight() -> None:
    everything = shop(
        trust__failed=[{"name": "bias", "message": "off"}], data__many=True, budget__not_spent=5.0, uploads={"Elite": 9}
    )
    assert [action["name"] for action in actions(everything)] == ["mend", "clean", "spend", "keep", "win back", "send"]
    assert 3 <= len(actions(unjudged())) <= len(actions(shop())) <= MOST


def test_every_check_has_words() -> None:
    assert set(WHAT_FAILED) | {"evidence"} == set(get_args(CheckName)), "of evidence there is advice of its own"


def test_where_nobody_is_known_to_come_back_there_is_no_advice_about_money() -> None:
    unknown = unjudged() | {"not_known": [RETURNS]}
    unknown["budget"] |= {"split": [], "not_spent": 5000.0, "forecast_margin": None, "warning": "no money is split"}
    unknown["campaign"] |= {"treated": 0}
    unknown["trust"] |= {"failed": [{"name": "evidence", "message": "it is not known who comes back"}]}
    assert [action["name"] for action in actions(unknown)] == ["unknown"]


def test_a_rule_that_splits_more_than_forecasts_bring_is_held_back() -> None:
    names = [action["name"] for action in actions(unjudged() | {"budget": unjudged()["budget"] | {"warning": BEYOND}})]
    assert "hold" in names
    assert "spend" not in names


def test_what_is_not_known_is_said_in_sentences() -> None:
    assert not_known(shop()) == []
    assert not_known(shop(not_known=[RETURNS])) == [f"It is not known {RETURNS['says']}."]


def test_every_reason_of_a_fall_has_words() -> None:
    assert set(WHY_FELL) == {reason.kind for reason in REASONS}


def test_a_campaign_whose_arms_are_not_said_is_sent_all_the_same() -> None:
    few = shop(campaign={"treated": None, "holdout": None, "channels": {"email": None}})
    said = next(action["text"] for action in actions(few) if action["name"] == "send")
    assert "Send the next campaign to the customers on its lists, and leave the randomly drawn holdout alone" in said
