"""The card of a customer: what it shows, and that a click on an id shows that customer's."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

from clv.marketing.description.shown_customers import by_forecast, chosen
from clv.marketing.tiers import UNKNOWN
from clv.models.forecaster import MEDIUM
from clv.reporting.customers import cards, one_customer
from clv.reporting.customers import forecasts as show
from clv.reporting.kit.page import Body, page
from clv.reporting.kit.table import ELSEWHERE
from tests.browser import check_in, opened
from tests.marketing import customers

ODD = '<b>"Ré"/&é'  # an id


@pytest.fixture(scope="module")
def values() -> pd.DataFrame:
    """Twelve customers as data/described/customers.parquet has them, by forecast; the third has an odd id."""
    made = by_forecast(customers.described(12)).reset_index(drop=True)
    made.loc[2, "customer_id"] = ODD
    return made.assign(frequency=np.arange(12))


@pytest.fixture(scope="module")
def why(values: pd.DataFrame) -> pd.DataFrame:
    """Two reasons each for the first and the third."""
    ids = values["customer_id"]
    rows = [(ids[0], "recency_days", 2, "b"), (ids[0], "frequency", 1, "a < 1"), (ODD, "x", 1, "c"), (ODD, "y", 2, "d")]
    return pd.DataFrame(rows, columns=["customer_id", "feature", "rank", "text"])


@pytest.fixture(scope="module")
def fallen(values: pd.DataFrame) -> pd.DataFrame:
    """The eighth fell."""
    row = (values["customer_id"][7], "High-CLV", "Low-CLV", 1200.0, 30.5, "no order for 90 days")
    return pd.DataFrame([row], columns=["customer_id", "from", "to", "predicted_then", "predicted_now", "reason"])


@pytest.fixture(scope="module")
def card_page(
    values: pd.DataFrame, why: pd.DataFrame, fallen: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    one = values.iloc[0]
    parts = [
        show.highest(values, 12, 5, "EUR"),
        one_customer.forecast(one, fallen, 180, "EUR"),
        one_customer.interval(one, "EUR"),
        one_customer.history(one, "EUR"),
        one_customer.reasons(one, why),
        cards.cards(values, why, fallen, 180, "EUR"),
    ]
    html = f'<section id="one"><h2>One customer</h2>{"".join(part.html for part in parts)}</section>'
    path = tmp_path_factory.mktemp("cards") / "05_customers.html"
    path.write_text(page(Body("Customers", html, "<h1>Customers</h1>"), path.name, "here"), encoding="utf-8")
    return path


@pytest.fixture
def live(started: Browser, card_page: Path) -> Iterator[Page]:
    with opened(started, card_page) as shown:
        yield shown


def shown_of(live: Page) -> dict[str, str]:
    """What the card shows, by field."""
    fields = live.locator("[data-field]").all()
    return {str(field.get_attribute("data-field")): str(field.text_content()) for field in fields}


def test_a_page_with_cards_is_whole_legible_and_alone(started: Browser, card_page: Path) -> None:
    check_in(started, card_page)


@pytest.mark.parametrize("n", [2, 7])
def test_a_click_shows_the_card_of_this_customer(
    live: Page, values: pd.DataFrame, why: pd.DataFrame, fallen: pd.DataFrame, n: int
) -> None:
    """Every field is as the page would have it that was made for this customer."""
    one = values.iloc[n]
    before = shown_of(live)
    live.get_by_role("button", name="Show all").click()
    live.get_by_role("button", name=one["customer_id"], exact=True).click()
    live.wait_for_function("id => document.querySelector('.who strong').textContent === id", arg=one["customer_id"])
    made = "".join(
        part.html
        for part in (
            one_customer.forecast(one, fallen, 180, "EUR"),
            one_customer.interval(one, "EUR"),
            one_customer.history(one, "EUR"),
            one_customer.reasons(one, why),
        )
    )
    after = shown_of(live)
    bars = live.locator("rect[data-bar]").evaluate_all("all => all.map((one) => Number(one.getAttribute('width')))")
    assert live.evaluate("document.activeElement.className") == "who"
    live.evaluate("html => { document.body.innerHTML = html; }", made)
    assert after == shown_of(live)
    assert after != before
    assert bars == live.locator("rect[data-bar]").evaluate_all(
        "all => all.map((one) => Number(one.getAttribute('width')))"
    )


def test_a_link_to_a_customer_shows_the_card(started: Browser, card_page: Path, values: pd.DataFrame) -> None:
    with opened(started, card_page) as shown:
        shown.get_by_role("button", name=ODD, exact=True).click()
        shown.reload()
        shown.wait_for_function("id => document.querySelector('.who strong').textContent === id", arg=ODD)
        assert shown.locator("ol[data-field] li").all_text_contents() == ["c", "d"]
        shown.goto(shown.url.partition("#")[0] + "#customer=nobody")
        shown.reload()
        assert shown.locator(".who strong").text_content() == values["customer_id"][0]


def test_without_a_script_there_is_one_card(started: Browser, card_page: Path, values: pd.DataFrame) -> None:
    with opened(started, card_page, java_script_enabled=False) as shown:
        assert shown.locator("td button").count() == 0
        assert shown.locator(".who strong").text_content() == values["customer_id"][0]


def test_those_without_a_forecast_have_no_cards(values: pd.DataFrame, why: pd.DataFrame, fallen: pd.DataFrame) -> None:
    assert cards.cards(values.head(0), why, fallen, 180, "EUR") is ELSEWHERE
    assert cards.cards(values.assign(upper_90=np.nan), why, fallen, 180, "EUR") is ELSEWHERE
    assert cards.cards(values.assign(tier=UNKNOWN), why, fallen, 180, "EUR") is ELSEWHERE


def test_cards_are_data_that_cannot_end_their_script(
    values: pd.DataFrame, why: pd.DataFrame, fallen: pd.DataFrame
) -> None:
    html = cards.cards(values.assign(cluster_name="</script><b>"), why, fallen, 180, "EUR").html
    assert html.count("<") == 2
    data = json.loads(re.sub(r"^<script[^>]*>|</script>$", "", html))
    assert [one["id"] for one in data] == list(values["customer_id"])
    assert "</script><b>" in data[0]["texts"]["groups"]


def test_the_card_is_of_the_customer_asked_for(values: pd.DataFrame, fallen: pd.DataFrame) -> None:
    assert chosen(values, None)["customer_id"] == values["customer_id"][0]
    one = chosen(values, ODD)
    html = one_customer.forecast(one, fallen, 180, "EUR").html
    assert re.search(r'forecast of 180 days, EUR</dt><dd data-field="forecast">[\d,.]+</dd>', html)
    assert f"{one['churn_risk']:.1%}" in html
    assert "&lt;b&gt;&quot;Ré&quot;/&amp;é" in html


def test_the_card_marks_what_is_extrapolated(values: pd.DataFrame, fallen: pd.DataFrame) -> None:
    html = one_customer.forecast(values.iloc[0].copy().replace("", "value_365d"), fallen, 180, "EUR").html
    assert 'within 90 days, EUR</dt><dd data-field="value_90d">30.00</dd>' in html
    assert 'within 365 days, extrapolated, EUR</dt><dd data-field="value_365d">30.00</dd>' in html


def test_the_card_shows_its_intervals_and_the_rule_of_confidence(values: pd.DataFrame) -> None:
    one = values.iloc[1].copy()
    one["predicted_clv"], one["lower_90"], one["upper_90"], one["upper_95"], one["upper_99"] = (
        1300,
        1200,
        1500,
        2e3,
        4e3,
    )
    html = one_customer.interval(one, "EUR").html
    assert '<td data-field="interval_90">1,200 to 1,500</td>' in html
    assert '<td data-field="interval_95">at most 2,000</td>' in html
    assert f"Confidence is low: the 90% interval is more than {MEDIUM:g} times as wide as the forecast" in html
    assert one_customer.bars(one) == {90: (30.0, 7.5), 95: (0.0, 50.0), 99: (0.0, 100.0)}
    assert one_customer.forecast_at(one) == 32.5


def test_a_forecast_of_nothing_has_bars_of_no_length(values: pd.DataFrame) -> None:
    ends = [f"{end}_{level}" for end in ("lower", "upper") for level in (90, 95, 99)]
    one = values.iloc[1].copy()
    one[["predicted_clv", *ends]] = 0.0
    assert set(one_customer.bars(one).values()) == {(0.0, 0.0)}


def test_the_card_gives_reasons_or_why_there_are_none(values: pd.DataFrame, why: pd.DataFrame) -> None:
    first = values.iloc[0]
    shown = one_customer.reasons(first, why).html
    assert shown.startswith('<ol data-field="reasons"><li>a &lt; 1</li><li>b</li></ol><p class="no-reasons" hidden>')
    begun = why.assign(feature=["btyd_value", "recency_days", "x", "y"])
    shown = one_customer.reasons(first, begun).html
    assert shown.startswith('<ol data-field="reasons"><li>b</li><li>a &lt; 1</li></ol>'), "the starting point first"
    assert '<p class="no-reasons">Reasons are computed only' in one_customer.reasons(values.iloc[1], why).html


def test_the_card_shows_how_far_the_customer_fell(values: pd.DataFrame, fallen: pd.DataFrame) -> None:
    text = one_customer.fell(values["customer_id"][7], fallen, "EUR")
    assert text == "Fell from High-CLV to Low-CLV: the forecast went from 1,200 to 30.50 EUR; no order for 90 days."
    assert one_customer.fell(values["customer_id"][1], fallen, "EUR") == ""
