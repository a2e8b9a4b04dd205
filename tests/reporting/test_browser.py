"""The pages as a reader sees them: in a browser, on a phone, in dark mode, on paper, and when using the mouse."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

from clv.evaluation.chart_tables import gain_curve
from clv.marketing.description.histograms import bins
from clv.marketing.description.shown_customers import by_forecast, forecast_bins, forecast_figures
from clv.reporting.customers import forecasts as show
from clv.reporting.customers import gain_reader
from clv.reporting.kit.document import document
from clv.reporting.kit.page import Body, page
from clv.reporting.kit.table import Column, table
from tests.browser import check_in, opened
from tests.marketing import customers

FIRST, MANY = 5, 60  # rows shown at first, and all rows
CURVES = ("ensemble", "btyd", "same_as_last_period", "average_so_far")


@pytest.fixture(scope="module")
def values() -> pd.DataFrame:
    """Customers as in data/customer_values; the one with the highest forecast has an odd id."""
    made = customers.described(MANY)
    made.loc[made["predicted_clv"].idxmax(), "customer_id"] = "<b>Ré</b>"
    return made


@pytest.fixture(scope="module")
def curves() -> pd.DataFrame:
    spent = np.arange(50, dtype=float)
    return gain_curve(spent, {name: np.roll(spent, 1 + i) for i, name in enumerate(CURVES)})


def described(values: pd.DataFrame) -> tuple[dict[str, Any], pd.DataFrame]:
    """The figures of the customers' forecasts, and their histogram."""
    forecasts = values["predicted_clv"].to_numpy()
    figures = forecast_figures(forecasts, values["p_purchase"].to_numpy(), are_known=True)
    return figures, bins("forecast", *forecast_bins(forecasts))


@pytest.fixture(scope="module")
def customers_page(values: pd.DataFrame, curves: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with interactive parts, a table too wide for a phone, and a folded section."""
    forecasts, histograms = described(values)
    wide = pd.DataFrame({f"column {i}": [123456.0] for i in range(30)})
    columns = [Column(name, name, "money") for name in wide]
    parts = {
        "Who holds the value": [gain_reader.gain_reader(curves)],
        "How forecasts differ": [show.distribution(histograms, forecasts, "EUR")],
        "The most valuable": [show.highest(by_forecast(values), MANY, FIRST, "EUR")],
    }
    html = "".join(
        f'<section id="part-{i}"><h2>{title}</h2>{"".join(part._repr_html_() for part in shown)}</section>'
        for i, (title, shown) in enumerate(parts.items())
    )
    html += f'<details id="folded"><summary><h3>All</h3></summary>{table(wide, columns, "A wide one").html}</details>'
    contents = [(title, f"part-{i}") for i, title in enumerate(parts)] + [("All", "folded")]
    path = tmp_path_factory.mktemp("pages") / "05_customers.html"
    body = Body("Customers", html, f"<h1>Customers</h1>{show.headline(forecasts, 180, 'EUR').html}", contents)
    path.write_text(page(body, path.name, "notebooks/05_customers.ipynb"), encoding="utf-8")
    return path


@pytest.fixture
def live(started: Browser, customers_page: Path) -> Iterator[Page]:
    with opened(started, customers_page) as shown:
        yield shown


def test_a_page_is_whole_legible_and_alone(started: Browser, customers_page: Path) -> None:
    check_in(started, customers_page)


def test_so_is_a_document(started: Browser, tmp_path: Path) -> None:
    path = tmp_path / "model_card.html"
    written = f"# Card\n\n| what | how |\n|---|---|\n| {'long_name_' * 20} | so |\n"
    path.write_text(page(Body("Card", document(written)), path.name, "model_card.md"), encoding="utf-8")
    check_in(started, path)


@pytest.mark.parametrize(
    "fault",
    [
        '<img src="https://example.com/x.png" alt="A picture from somewhere else">',
        '<div style="width: 900px">too wide</div>',
        '<svg role="img" aria-label="short"></svg>',
        "<figure><p>no picture</p></figure>",
        "<script>nothing.there</script>",
    ],
)
def test_a_fault_is_found(started: Browser, tmp_path: Path, fault: str) -> None:
    path = tmp_path / "faulty.html"
    path.write_text(page(Body("Faulty", fault), path.name, "here"), encoding="utf-8")
    with pytest.raises(AssertionError):
        check_in(started, path)


# Each shows that it ran by a mark on the page.
RAN = "document.documentElement.dataset.ran = 1"
INJECTED = {
    "script": f"<script>{RAN}</script>",
    "module": f'<script type="module">{RAN}</script>',
    "event handler": f'<img src="data:," alt="A picture that cannot be shown" onerror="{RAN}">',
    "handler of a click": f'<button type="button" class="click" onclick="{RAN}">press</button>',
    "link to a script": f'<a class="click" href="javascript:{RAN}">here</a>',
    "handler of a picture": f'<svg role="img" aria-label="A picture with a handler" onload="{RAN}"></svg>',
    "frame": f'<iframe srcdoc="<script>parent.{RAN}</script>"></iframe>',
    "script from an address": f'<script src="data:text/javascript,{RAN}"></script>',
}


@pytest.mark.parametrize("how", INJECTED)
def test_what_was_slipped_into_a_page_does_not_run(started: Browser, tmp_path: Path, how: str) -> None:
    path = tmp_path / "slipped.html"
    path.write_text(page(Body("Slipped", INJECTED[how]), path.name, "here"), encoding="utf-8")
    with opened(started, path, kinds=()) as shown:
        for one in shown.locator(".click").all():
            one.click()
        shown.wait_for_timeout(100)
        assert shown.evaluate("document.documentElement.dataset.ran") is None
    path.write_text(re.sub("<meta http-equiv[^>]*>", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    with opened(started, path, kinds=()) as shown:
        for one in shown.locator(".click").all():
            one.click()
        shown.wait_for_function("document.documentElement.dataset.ran")  # without the policy it would run


def test_a_page_sends_no_form_and_bends_no_link(started: Browser, tmp_path: Path) -> None:
    path = tmp_path / "slipped.html"
    slipped = '<base href="https://example.com/"><form action="https://example.com/"><button>Log in</button></form>'
    path.write_text(page(Body("Slipped", slipped), path.name, "here"), encoding="utf-8")
    with opened(started, path, kinds=()) as shown:
        assert shown.evaluate("document.baseURI") == path.resolve().as_uri()
        shown.evaluate("document.querySelector('form button').click()")
        shown.wait_for_timeout(100)
        assert shown.url == path.resolve().as_uri()


def ids(live: Page) -> list[str]:
    """The customers in the visible rows, from the top."""
    return live.locator(".searchable tbody tr:visible > :first-child").all_text_contents()


def test_the_first_rows_are_shown_then_all(live: Page, values: pd.DataFrame) -> None:
    order = list(by_forecast(values)["customer_id"])
    assert ids(live) == order[:FIRST]
    live.get_by_role("button", name=f"Show all {MANY}").click()
    assert ids(live) == order
    live.get_by_role("button", name=f"Show the first {FIRST}").click()
    assert ids(live) == order[:FIRST]


def test_search_looks_at_every_row_and_every_word(live: Page, values: pd.DataFrame) -> None:
    count = live.locator(".searchable output")
    box = live.get_by_role("searchbox")
    last = by_forecast(values)["customer_id"].iloc[-1]
    box.fill(last.lower())
    assert ids(live) == [last]
    assert count.text_content() == f"1 of {MANY} customers"
    box.fill("lapsed low-clv")
    lapsed = values[(values["cluster_name"] == "Lapsed buyers") & (values["tier"] == "Low-CLV")]
    assert count.text_content() == f"{len(lapsed)} of {MANY} customers, the first {FIRST} are shown"
    not_found = live.locator(".not-found")
    assert not not_found.is_visible()
    box.fill("nobody")
    assert ids(live) == []
    assert "None of these 60 customers matches. The customers who fell most" in str(not_found.text_content())
    assert not_found.is_visible()
    box.fill("")
    assert not not_found.is_visible()
    assert len(ids(live)) == FIRST


def test_a_search_says_whom_it_knows(values: pd.DataFrame) -> None:
    ranked = by_forecast(values)
    few = show.highest(ranked.head(7), MANY, FIRST, "EUR")
    assert "Search the 7 customers with the highest forecasts" in few.html
    assert "Search all customers" in show.highest(ranked, MANY, FIRST, "EUR").html


def test_only_all_rows_scroll_in_a_box(live: Page) -> None:
    scrolls = "box => box.scrollHeight > box.clientHeight"
    box = live.locator(".searchable .scroll")
    assert not box.evaluate(scrolls)
    live.get_by_role("button", name=f"Show all {MANY}").click()
    assert box.evaluate(scrolls)


def test_an_interval_from_0_for_everyone_has_its_end_alone(values: pd.DataFrame) -> None:
    none = show.highest(values.assign(lower_95=0.0), MANY, FIRST, "EUR").html
    assert "95% at most" in none
    assert "95% from" not in none
    some = show.highest(values.assign(lower_95=np.arange(MANY) * 1.0), MANY, FIRST, "EUR").html
    assert "95% from" in some
    assert "95% at most" not in some


def test_a_click_sorts_numbers_as_numbers_and_text_as_text(live: Page, values: pd.DataFrame) -> None:
    header = live.locator(".searchable th", has_text="orders")
    assert header.get_attribute("aria-sort") == "none"
    header.get_by_role("button").press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    ranked = by_forecast(values)
    most = ranked.sort_values("frequency", ascending=False, kind="stable")
    assert ids(live) == list(most["customer_id"].head(FIRST)), "among equals, by forecast"
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    forecast = live.locator(".searchable th", has_text="forecast")
    forecast.get_by_role("button").click()
    forecast.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "none"
    least = ranked.assign(shown=ranked["predicted_clv"].round()).sort_values("shown", kind="stable")
    assert ids(live) == list(least["customer_id"].head(FIRST)), "as shown, without cents"
    live.locator(".searchable th", has_text="tier").get_by_role("button").click()
    growing = ranked[ranked["tier"] == "Growth-Potential"]
    assert ids(live) == list(growing["customer_id"].head(FIRST))


def test_the_slider_moves_the_line_and_the_sentence(live: Page, curves: pd.DataFrame) -> None:
    said, slider, marker = (live.locator(f".reading {part}") for part in ("output", "input", ".marker"))
    begun = str(said.text_content())
    assert begun.startswith("The 20% of customers with the highest forecasts hold ")
    before = marker.get_attribute("transform")
    slider.focus()
    slider.press("ArrowRight")
    row = curves.iloc[21]
    assert said.text_content() == (
        f"The 21% of customers with the highest forecasts hold {row['ensemble']:.1%} of the value "
        f"(perfect ranking: {row['perfect']:.1%}, average so far: {row['average_so_far']:.1%})"
    )
    assert slider.get_attribute("aria-valuetext") == said.text_content()
    assert marker.get_attribute("transform") != before


def test_what_was_chosen_comes_back_when_the_mouse_leaves(live: Page) -> None:
    chart, said = live.locator(".reading svg"), live.locator(".reading output")
    chart.scroll_into_view_if_needed()
    live.locator(".reading input").press("ArrowRight")
    edges = live.locator(".reading #gain-patch_2").bounding_box()
    assert edges is not None
    middle = (edges["x"] + edges["width"] / 2, edges["y"] + edges["height"] / 2)
    live.mouse.move(*middle)
    assert "The 50% of customers" in str(said.text_content())
    live.mouse.move(0, 0)
    assert "The 21% of customers" in str(said.text_content())
    live.mouse.click(*middle)
    live.mouse.move(0, 0)
    assert "The 50% of customers" in str(said.text_content())


def test_returns_that_lift_the_perfect_ranking_past_all_are_said(curves: pd.DataFrame) -> None:
    assert "passes 100%" not in gain_reader.gain_reader(curves).html
    spent = np.append(np.arange(50, dtype=float), -10.0)
    returned = gain_curve(spent, {name: np.roll(spent, 1 + i) for i, name in enumerate(CURVES)})
    assert "The perfect ranking exceeds 100%" in gain_reader.gain_reader(returned).html


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_pointing_at_the_chart_reads_off_what_is_there(live: Page, share: float) -> None:
    chart = live.locator(".reading svg")
    chart.scroll_into_view_if_needed()
    edges = live.locator(".reading #gain-patch_2").bounding_box()
    assert edges is not None, "the ground of the axes"
    live.mouse.move(edges["x"] + share * edges["width"], edges["y"] + edges["height"] / 2)
    assert f"The {share:.0%} of customers" in str(live.locator(".reading output").text_content())
    line = live.locator(".marker line").bounding_box()
    assert line is not None
    assert line["x"] + line["width"] / 2 == pytest.approx(edges["x"] + share * edges["width"], abs=4)


def test_a_link_to_what_is_folded_opens_it(live: Page) -> None:
    assert not live.locator("#folded table").is_visible()
    live.locator(".contents a", has_text="All").click()
    live.locator("#folded table").wait_for()


def test_without_a_script_all_is_there(started: Browser, customers_page: Path) -> None:
    with opened(started, customers_page, java_script_enabled=False) as shown:
        assert shown.locator(".searchable tbody tr:visible").count() == MANY
        assert shown.locator(".control:visible").count() == 0
        assert "The 20% of customers" in str(shown.locator(".reading output").text_content())


def test_paper_shows_the_first_rows(live: Page) -> None:
    live.get_by_role("button", name=f"Show all {MANY}").click()
    live.emulate_media(media="print")
    assert len(ids(live)) == FIRST


def test_paper_has_low_pictures_and_says_where_a_link_leads(started: Browser, tmp_path: Path) -> None:
    path = tmp_path / "printed.html"
    picture = '<figure><svg role="img" aria-label="A very high picture" viewBox="0 0 100 300"></svg></figure>'
    advice = '<ol><li>Spend it <a href="06_budget.html">Budget</a></li></ol>'
    path.write_text(page(Body("Printed", picture + advice), path.name, "here"), encoding="utf-8")
    says = "link => getComputedStyle(link, '::before').content + getComputedStyle(link, '::after').content"
    with opened(started, path) as shown:
        link, drawn = shown.locator("ol a"), shown.locator("figure svg")
        assert "see" not in link.evaluate(says)
        shown.emulate_media(media="print")
        assert link.evaluate(says) == '"(see "")"'
        high = drawn.bounding_box()
        assert high is not None
        assert high["height"] <= 9 * 96 / 2.54 + 1


def test_lines_of_rows_go_on_below_the_first_column(live: Page) -> None:
    assert live.locator("table").first.evaluate("table => getComputedStyle(table).borderCollapse") == "separate"


def test_without_a_backtest_there_is_nothing_to_read_off(curves: pd.DataFrame) -> None:
    assert "There is no backtest" in gain_reader.gain_reader(curves.head(0)).html
