"""The page of campaigns shows what is there, what is missing, and what to do about it."""

from datetime import date
from html import unescape
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv.marketing.audiences.audience import make_audiences
from clv.marketing.audiences.figures import summary
from clv.marketing.audiences.people import Place, normalise
from clv.marketing.campaigns.channels import EMAIL_WORDS
from clv.marketing.tiers import TIERS
from clv.reporting.budget import audience_lists
from clv.reporting.budget import campaign_plan as show
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.table import ELSEWHERE, nothing


def audiences(key: str, minimum: int = 1, **changes: object) -> dict[str, Any]:
    values = pd.DataFrame({"customer_id": list("abcdef"), "tier": [*TIERS, *TIERS], "predicted_clv": 10.0})
    people, _ = normalise(None, Place("DE", "49"), date(2025, 1, 1))
    made = make_audiences(values, people, np.array([True] * 5 + [False]), key, date(2025, 1, 1))
    metrics = {
        "key": bool(key),
        "key_variable": "KEY",
        "consent_from": "customers",
        "customers": 6,
        "agreed": 5,
        "with_contact": 0,
        "contacts_of_nobody": 0,
        "without_tier": 0,
        "malformed": {},
    }
    return metrics | {"lists": summary(made, minimum)} | changes


def plan(**changes: object) -> dict[str, Any]:
    row = {
        "customers": 100,
        "treated": 90,
        "holdout": 10,
        "value_at_stake": 80.0,
        "offer_cost": 5.0,
        "response_rate": 0.1,
    }
    few = dict.fromkeys(row)
    return {
        "name": "spring",
        "holdout_share": 0.1,
        "treated": 90,
        "holdout": 10,
        "value_at_stake": 80.0,
        "offer_cost": 5.0,
        "left_out": {},
        "formulas": {},
        "consent_from": "customers",
        "hours": {f"{h:02d}": {9: None, 18: 100}.get(h, 0) for h in range(24)},
        "hours_from": {"orders": 7, "reactions": 2.0, "same_hour": ["email"]},
        "hours_judged": {"orders": 4, "own": 0.5, "same_for_all": 0.25, "hour_for_all": 18, "worth_it": True},
        "segments": [
            row | {"rfm_segment": "Loyal", "offer": "early access"},
            few | {"rfm_segment": "<New>", "offer": "welcome"},
        ],
        "channels": [row | {"channel": "ad"}, few | {"channel": "email"}],
        "segments_by_channel": [
            row | {"rfm_segment": "Loyal", "channel": "ad"},
            few | {"rfm_segment": "<New>", "channel": "email"},
        ],
    } | changes


def test_the_page_says_what_to_set_and_to_bring() -> None:
    said = audience_lists.state(audiences("")).html
    assert "Put a long random text into the environment variable KEY" in said
    assert "No contacts were given (audience.contacts)" in said
    assert "environment variable" not in audience_lists.state(audiences("k")).html
    assert "The data contain no consent" in audience_lists.state(audiences("k", consent_from="nobody")).html
    assert (
        "4 contacts belong to persons who never bought"
        in audience_lists.state(audiences("k", with_contact=1, contacts_of_nobody=4)).html
    )


def test_lists_show_sizes_reasons_and_nothing_of_a_few() -> None:
    html = audience_lists.lists(audiences("k"), "EUR").html
    assert '<td class="left">no consent 1</td><td class="right">1</td><td class="right">10.00</td>' in html
    assert '<td class="right">20.00</td>' in html
    few = audience_lists.lists(audiences("k", minimum=2), "EUR").html
    assert '<td class="left">no consent</td><td class="right">–</td><td class="right">–</td>' in few
    assert "100.0%" in audience_lists.fields(audiences("k")).html, "all have a uid"
    assert "100.0%" not in audience_lists.fields(audiences("k", minimum=20)).html
    assert audience_lists.fields(audiences("")) == ELSEWHERE, "without rows no field is filled"
    assert (
        "email: not an address" in audience_lists.malformed(audiences("k", malformed={"email: not an address": 3})).html
    )


def test_groups_of_few_have_no_figures_and_names_are_escaped() -> None:
    for html in (show.segments(plan(), "EUR").html, show.channels(plan(), "EUR").html):
        assert "&lt;New&gt;" in html
        assert html.count("–") >= 4
        assert "80.00" in html
        assert "cost of vouchers, EUR</th>" in html
    assert "expected cost of vouchers, media not included, EUR</dt><dd>5.00" in show.headline(plan(), "EUR").html
    chart = show.stakes(plan(), "EUR")
    assert isinstance(chart, Chart)
    assert chart.caption == "Loyal have the most margin at stake: 80 EUR, 100% of all"
    assert show.stakes(plan(), "EUR") == chart


def test_hours_are_shown_and_judged() -> None:
    chart = show.hours(plan())
    assert isinstance(chart, Chart)
    assert chart.caption.startswith("The most frequent hour begins at 18:00, with 100.0% of the customers")
    assert show.hours(plan(hours=dict.fromkeys(plan()["hours"]))) == nothing(
        "There are too few customers in the plan to show their hours."
    )
    assert "Individual hours did better," in show.judged_hours(plan()).html
    worse = {"orders": 4, "own": 0.25, "same_for_all": 0.25, "hour_for_all": 18, "worth_it": False}
    assert "every customer gets the usual hour of their segment" in show.judged_hours(plan(hours_judged=worse)).html
    assert "All touches of the kind email were sent at one hour" in show.judged_hours(plan()).html


@pytest.mark.parametrize("shown", ["headline", "left_out", "stakes", "segments", "channels", "hours", "judged_hours"])
def test_an_empty_plan_has_a_page(shown: str) -> None:
    empty = plan(
        segments=[],
        segments_by_channel=[],
        hours={},
        treated=0,
        holdout=0,
        value_at_stake=0.0,
        offer_cost=0.0,
        left_out={"nothing at stake": 5},
        consent_from="nobody",
        hours_judged={"orders": 0, "own": None, "same_for_all": None, "hour_for_all": None},
    )
    render = getattr(show, shown)
    html = render(empty, "EUR") if shown in ("headline", "stakes", "segments", "channels") else render(empty)
    assert html._repr_html_()


def test_the_page_says_which_shares_were_meant() -> None:
    """Groups of 90 and 10 are intended, but would be taken for a faulty assignment."""
    said = unescape(show.measuring(plan()).html)
    assert 'experiment.shares: {"spring": {treated: 90, holdout: 10}} because' in said
    assert "treated: 87.5, holdout: 12.5" in show.measuring(plan(holdout_share=0.125)).html
    assert "experiment.shares" not in show.measuring(plan(holdout_share=0.0)).html


def test_the_page_says_which_kinds_of_touches_need_consent() -> None:
    said = show.left_out(plan()).html
    assert all(word in said for word in EMAIL_WORDS)


def test_the_page_warns_of_text_that_a_spreadsheet_would_run() -> None:
    assert "spreadsheet" not in show.measuring(plan()).html
    said = unescape(show.measuring(plan(formulas={"customer_id": 1200, "channel": 3})).html)
    assert "text in customer_id (1,200 rows), channel (3 rows) begins with = + - @" in said


def test_a_plan_whose_arms_are_not_said_has_a_page() -> None:
    row = plan()["segments"][0] | {"treated": None, "holdout": None}
    few = plan(treated=None, holdout=None, segments=[row], left_out={"other reasons": None})
    assert "customers to reach</dt><dd>–" in show.headline(few, "EUR").html
    assert "leaves some customers alone" in show.measuring(few).html
    assert "These customers are not in the plan: other reasons." in show.left_out(few).html
    cells = ["100", "–", "–", "80.00"]
    assert "".join(f'<td class="right">{cell}</td>' for cell in cells) in show.segments(few, "EUR").html
