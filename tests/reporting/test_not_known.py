"""What pages show where it is unknown which customers come back, or what they are worth over their lifetime."""

import numpy as np
import pandas as pd
import pytest

from clv.marketing.description.shown_customers import forecast_figures
from clv.marketing.tiers import HIGH, UNKNOWN
from clv.models.value_over_time import VALUES
from clv.reporting.budget import allocation, audience_lists
from clv.reporting.customers import forecasts, one_customer, segment_tables
from clv.reporting.front import pictures
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.not_known import missing
from clv.reporting.kit.table import ELSEWHERE, NOTHING, Table
from clv.reporting.summary import answers
from tests.marketing.summaries import shop

GAP = {"name": "returns", "says": "who comes back: of 900 <customers> nobody did", "columns": []}
NONE = dict.fromkeys(("total", "lower_95", "upper_95", "level_error", "expected_buyers"))
UNSAID = shop(
    not_known=[GAP], forecast=NONE, budget__forecast_margin=None, budget__warning="no money is split", top_segment=None
)
PROFILES = pd.DataFrame({"dimension": ["tier"], "segment": [UNKNOWN], "suppressed": [False], "customer_share": [1.0]})


def customer(not_known: str, upper: float = 80.0, tier: str = HIGH) -> pd.DataFrame:
    numbers = {"predicted_clv": 49.0, "p_alive": 0.9, "churn_risk": 0.25, "expected_orders": 1.2, "p_purchase": 0.75}
    bounds = {f"{side}_{level}": upper for level in (90, 95, 99) for side in ("lower", "upper")}
    named = {"customer_id": "c1", "tier": tier, "rfm_segment": "Loyal", "cluster": 1, "cluster_name": "All", "elite": 0}
    late = {"days_to_next_order": 31.0, "residual_value": 4802.0, "confidence": "low", "not_known": not_known}
    return pd.DataFrame([numbers | bounds | named | late | dict.fromkeys(VALUES, 12.0)])


def test_the_block_lists_what_is_missing_and_only_that() -> None:
    assert missing([]) is ELSEWHERE
    html = missing([GAP]).html
    assert "What is not known" in html
    assert "Who comes back: of 900 &lt;customers&gt; nobody did." in html


def test_the_summary_has_no_number_that_is_not_known() -> None:
    html = answers.headline(UNSAID).html
    assert html.count("<dd>not known yet</dd>") == 3
    assert "it is not known who comes back" in html
    assert "it is not known who comes back" in answers.trust(UNSAID).html
    assert "Nobody has a tier" in answers.words(UNSAID, PROFILES).html
    assert not isinstance(answers.outlook(UNSAID), Chart)
    assert "not known who comes back" in pictures.outlook(UNSAID).alt
    assert "not known who comes back" in pictures.tiers(PROFILES).alt


def test_the_summary_names_the_margin_that_the_budget_is_beyond() -> None:
    html = answers.headline(shop(budget__warning="too much", budget__forecast_margin=51.26)).html
    assert "all forecasts yield a margin of 51.26" in html


def test_the_customers_page_ranks_nobody() -> None:
    values = customer("predicted_clv", np.nan, UNKNOWN)
    figures = forecast_figures(np.ones(3), np.ones(3), are_known=False)
    assert forecasts.headline(figures, 90, "EUR").html.count("<dd>not known</dd>") == 2
    for shown in (forecasts.distribution(pd.DataFrame(), figures, "EUR"), forecasts.highest(values, 5, 5, "EUR")):
        assert isinstance(shown, Table)
        assert shown.html.startswith(NOTHING)
    assert "Nobody has a tier" in str(segment_tables.tiers(PROFILES))
    assert segment_tables.worth(PROFILES, "tier", "EUR") is ELSEWHERE
    assert not isinstance(segment_tables.rfm_grid(PROFILES.assign(predicted_mean=0.0), "EUR"), Chart)
    assert not isinstance(one_customer.interval(values.iloc[0], "EUR"), Chart)


@pytest.mark.parametrize(("not_known", "shown"), [("", True), ("days_to_next_order residual_value", False)])
def test_the_card_of_a_customer_shows_no_guess(not_known: str, shown: bool) -> None:
    fallen = pd.DataFrame({"customer_id": []})
    html = one_customer.forecast(customer(not_known).iloc[0], fallen, 30, "EUR").html
    assert ("4,802" in html) == shown
    assert html.count("not known") == (0 if shown else 2)
    assert "49.00" in html


def test_the_budget_page_says_what_it_refuses() -> None:
    assert allocation.warning({"warning": ""}) is ELSEWHERE
    assert "Warning: more &lt; less." in allocation.warning({"warning": "more < less"}).html
    assert allocation.next_money({"forecast_margin": None}, "EUR").html.startswith(NOTHING)
    tiers = pd.DataFrame({"tier": ["High-CLV"], "strategy": [np.nan], "margin_clv": [np.nan]})
    assert allocation.strategy(tiers) is ELSEWHERE
    assert allocation.cac(tiers, "EUR").html.startswith(NOTHING)
    nobody = {"without_tier": 900}
    assert "not known for which customers to find similar ones" in audience_lists.state(nobody).html
    assert audience_lists.lists(nobody, "EUR") is ELSEWHERE
