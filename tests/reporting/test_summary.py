"""The summary: the numbers that a manager looks for, and what it shows where they are not known."""

import re
from typing import Any

import pandas as pd
import pytest

from clv.marketing.summary.advice import RULES, actions
from clv.marketing.summary.changes import changes
from clv.marketing.tiers import TIERS
from clv.reporting.kit.page import LINKS
from clv.reporting.kit.table import ELSEWHERE, NOTHING
from clv.reporting.summary import answers as show
from tests.marketing.summaries import shop, unjudged


def advice(now: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    return {"changes": changes(now, then, "previous.json"), "actions": actions(now)}


def values(html: str) -> list[str]:
    return re.findall(r"<dd>(.*?)</dd>", html)


def test_five_numbers_tell_the_run() -> None:
    html = show.headline(shop()).html
    assert values(html) == ["110,000", "90,000 to 130,000", "Champions", "3,900", "-1.4%"]
    assert "to spend on High-CLV, out of 5,000 EUR" in html
    assert "have 60% of the forecast and are 15% of the customers" in html


def test_what_is_not_known_is_said_and_not_made_up() -> None:
    now = unjudged() | {"top_segment": None}
    assert values(show.headline(now).html) == ["110,000", "not known yet", "not known yet", "2,500", "not tested"]
    nothing = shop(budget__split=[], budget__spent=0.0)
    assert values(show.headline(nothing).html)[3] == "0"


def test_the_outlook_compares_with_those_who_were_known_then() -> None:
    chart = show.outlook(shop())
    assert "The 1,600 known on 2025-07-04 spent 100,000 in the 180 days since" in chart.caption
    assert "10.0% above that, for 400 more customers and in another season" in chart.caption
    assert "customers who were new in these days" in chart.svg
    assert "700 of them are expected to buy" in chart.caption
    assert (
        "the 95% interval of the total. It is based on the errors of the totals of past windows, which were off by 8% "
        "on average" in chart.caption
    )
    assert chart.caption in chart.alt
    assert "+30,000" in chart.svg


def test_the_outlook_of_a_young_shop_has_one_bar_and_no_interval() -> None:
    chart = show.outlook(unjudged())
    assert "last 180 days" not in chart.svg
    assert "days since" not in chart.caption
    assert "It is not known yet how far it may be off" in chart.caption


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        (shop(trust__earlier=[]), "was 1.4% below what they then spent, and 95 of every 100 customers spent an amount"),
        (shop(trust__bias=0.05), "the total forecast was 5.0% above what they then spent"),
        (
            shop(),
            "then spent (between 2.0% and 10.0% below in the 2 tests before, on which its interval is based), and",
        ),
        (shop(trust__earlier=[0.03, 0.01, 0.02]), "(between 1.0% and 3.0% above in the 3 tests before,"),
        (shop(trust__earlier=[0.03, -0.01, 0.02]), "(1.0% below to 3.0% above in the 3 tests before,"),
        (shop(trust__earlier=[0.03]), "(3.0% above in the test before,"),
        (shop(), "is based on 1 test of 1,500 participants; no arm is proven on its own."),
        (
            shop(evidence={"tests": 2, "participants": 90, "proven": 1}),
            "2 tests of 90 participants; 1 arm is proven on its",
        ),
        (shop(evidence__proven=3), "; 3 arms are proven on their own."),
        (shop(budget__source="elasticities"), "is based on assumed elasticities, which no test has measured."),
        (unjudged(), "The effect of spending is not known, so the budget is split by fixed shares."),
        (shop(), "better than their spending in the period before does (Gini 0.80 against 0.70"),
        (shop(trust__gini=0.6), "no better than their spending"),
        (shop(trust__gini=None), "interval. 7 of 7 checks pass."),
        (
            shop(trust__passed=5, trust__failed=[{"name": "group_coverage", "message": ""}]),
            "5 of 6 checks pass (failed: group coverage).",
        ),
        (unjudged(), "There is no backtest, because the history is too short."),
    ],
)
def test_trust_in_plain_words(summary: dict[str, Any], said: str) -> None:
    assert said in show.trust(summary).html


def test_advice_links_to_where_more_of_it_stands() -> None:
    html = show.what_to_do(advice(shop(), {})).html
    assert html.count("<li>") == len(actions(shop()))
    assert {f"{rule.page}.html" for rule in RULES} <= {link.href for link in LINKS}
    assert '<a href="06_budget.html">Budget</a>' in html
    assert show.what_to_do({"actions": []}).html.startswith(NOTHING)


def test_a_name_in_the_advice_is_escaped() -> None:
    evil = shop(campaign__channels={"<b>": 5})
    assert "&lt;b&gt; 5" in show.what_to_do(advice(evil, {})).html


def test_changes_are_written_in_their_units() -> None:
    then = shop(as_of="2025-11-30", customers=1600, trust__bias=0.01, top_segment__name="Loyal", at_risk=None)
    html = show.changed(advice(shop(), then), shop()).html
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in html.split("<tr>")[2:]]
    assert ["customers", "1,600", "2,000", "+25.0%"] in rows
    assert ["total forecast, EUR", "110,000", "110,000", "none"] in rows
    assert ["total of the last test window, off by", "1.0%", "-1.4%", "-2.4 points"] in rows
    assert ["segment with most of the forecast", "Loyal", "Champions", "changed"] in rows
    assert ["customers who fell to a lower group", "–", "50", "–"] in rows
    assert "What changed since the run that was kept, as of 2025-11-30" in html
    same = show.changed(advice(shop(), shop()), shop()).html
    assert "No number changed since the run" in same
    assert "cover different" not in same


def test_forecasts_of_other_days_are_said_to_be_of_another_season() -> None:
    then = shop(as_of="2025-11-30", season_index=1.0123)
    html = show.changed(advice(shop(), then), shop()).html
    assert "different 180 days: the days ahead now are weaker by season (0.90 times average days, then 1.01)" in html
    assert "stronger by season" in show.changed(advice(then | {"as_of": "2026-01-09"}, shop()), then).html
    alike = then | {"season_index": 0.901}
    assert "cover different 180 days</span>" in show.changed(advice(shop(), alike), shop()).html
    del then["season_index"]
    assert "cover different 180 days</span>" in show.changed(advice(shop(), then), shop()).html


def test_names_are_explained_by_the_shares_of_this_shop() -> None:
    profiles = pd.DataFrame({"dimension": "tier", "segment": list(TIERS), "customer_share": [0.1, 0.3, 0.6]})
    text = show.words(shop(), profiles).html
    assert (
        "High-CLV has the first 10% of the customers, Growth-Potential the next 30% and Low-CLV the other 60%" in text
    )
    assert "Champions have a score of 5 for how recently they bought, and one of 4 to 5 for how often" in text
    few = show.words(shop(top_segment=None), profiles.assign(customer_share=[float("nan"), 0.3, 0.6])).html
    assert few == "<p>Tiers rank customers by forecast, from the top: High-CLV, Growth-Potential, Low-CLV.</p>"


def test_where_nothing_is_compared_the_section_is_left_out_with_its_reason() -> None:
    html = show.changed(advice(shop(), shop(shop="beef")), shop()).html
    assert html.startswith(NOTHING)
    assert "Nothing is compared with an earlier run: the run in previous.json is of another shop; `make keep`" in html


def test_a_synthetic_shop_is_marked_as_such() -> None:
    assert "every figure on these pages" in show.invented(shop(synthetic=True)).html
    assert show.invented(shop(synthetic=False)) is ELSEWHERE
