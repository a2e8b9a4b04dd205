"""The dashboard in Chromium, as people use it: accessible, in dark mode, on a phone, and without JavaScript."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from clv import paths
from clv.reporting.kit.page import Body
from clv.reporting.kit.page import page as page_of
from clv.reporting.kit.table import Column, Search, searchable
from clv.serving.pages import customer_list
from clv.serving.pages.addresses import customer_address
from clv.serving.release import Release
from clv.serving.selection import Selection
from tests.browser import COLOURS, RULES, SCREEN, browser, check_access, check_pictures
from tests.serving.dashboards import PAGES, STRANGE, Shop, dashboard, strange

PHONE = {"width": 390, "height": 844}
WAYS: dict[str, dict[str, Any]] = {
    "light": {"viewport": SCREEN, "color_scheme": "light"},
    "dark": {"viewport": SCREEN, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light"},
}
VISIBLE = "(kind) => [...document.querySelectorAll(kind)].filter((one) => one.getClientRects().length).length"
FIGURES = {"spend": "120", "days_since_first": "300", "days_since_last": "9"}
WHITE = "rgb(255, 255, 255)"


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    with browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def shop(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The dashboard of a release with strange ids among the best customers, in short lists."""
    folder = tmp_path_factory.mktemp("browser")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(customer_list, "PER_PAGE", len(STRANGE) + 6)
        with dashboard(strange(release, folder / "release"), folder / "journal") as running:
            yield running


@contextmanager
def visiting(started: Browser, shop: Shop, **options: Any) -> Iterator[Page]:
    """A page of a new reader; fails on a request to anything but this service, or a message on the console."""
    context = started.new_context(base_url=shop.url, **options)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith((f"{shop.url}/", "data:"))] == []
    assert [text for text in said if "status of 4" not in text] == []  # the browser reports refusals, too


def shown(shop: Shop) -> list[str]:
    """Every page of the dashboard, including refusals and the cards of strange ids."""
    ordinary = shop.release.customers.page(Selection(sort="predicted_clv"), None, 1)[0][0]["customer_id"]
    cards = map(customer_address, (STRANGE[0], STRANGE[6], STRANGE[-1], ordinary))
    refusals = ["/?top_pct=x&tier=Gold", "/customers/nobody", "/elite?top_pct=0", "/budget?total=much", "/reports/none"]
    return [*(path for path in PAGES if path != "/?top_pct=5"), *cards, *refusals]


@pytest.mark.parametrize("way", WAYS)
def test_nothing_keeps_anybody_out(started: Browser, shop: Shop, way: str) -> None:
    """For every page: axe finds nothing, it fits the window, pictures have a description, and it prints on white."""
    with visiting(started, shop, **WAYS[way]) as page:
        for path in shown(shop):
            page.goto(path)
            check_access(page, way)
            wide = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
            assert wide <= 0, f"{path} is {wide} pixels wider than the window"
            check_pictures(page)
            ground = page.evaluate(COLOURS)["ground"]
            assert (ground == WHITE) == (way != "dark")
            page.emulate_media(media="print")
            assert page.evaluate(VISIBLE, "nav, form, button, .button") == 0
            assert page.evaluate(COLOURS)["ground"] == WHITE
            page.emulate_media(media="screen")


def test_results_keep_nobody_out(started: Browser, shop: Shop) -> None:
    axe = Axe()
    with visiting(started, shop, viewport=PHONE, color_scheme="dark") as page:
        for text in ("customer_id,order_ts,amount\nanna,2024-03-01,40\nanna,2024-10-01,60\n", "nothing"):
            page.goto("/predict")
            page.get_by_label("orders", exact=True).fill(text)
            page.get_by_role("button", name="Forecast", exact=True).click()
            page.wait_for_load_state()
            found = axe.run(page, options=RULES)
            assert found.violations_count == 0, found.generate_report()
        for orders in ("3", "none"):
            page.goto("/predict")
            for name, value in (
                ("orders", orders),
                ("spend", "120"),
                ("days_since_first", "300"),
                ("days_since_last", "9"),
            ):
                page.locator(f"#{name}").fill(value)
            page.get_by_role("button", name="Estimate").click()
            page.wait_for_load_state()
            found = axe.run(page, options=RULES)
            assert found.violations_count == 0, found.generate_report()


def test_a_marketer_finds_the_best_and_takes_them_along(
    started: Browser, shop: Shop, release: Release, tmp_path: Path
) -> None:
    """From the first page on, without JavaScript, a file with the best 5% can be downloaded."""
    values = pd.read_parquet(shop.release.path(paths.CUSTOMER_VALUES))
    best = values.sort_values(["predicted_clv", "customer_id"], ascending=[False, True])["customer_id"].head(30)
    with visiting(started, shop, java_script_enabled=False, accept_downloads=True) as page:
        page.goto("/")
        page.get_by_label("only the best").fill("5")
        page.get_by_role("button", name="Show").click()
        page.get_by_role("heading", name="Best 5% of all customers").wait_for()
        with page.expect_download() as download:
            page.get_by_role("link", name="Export all 30 as CSV").click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
    assert file.name == f"customers-best-5-percent-{release.as_of}-{release.id}.csv"
    with file.open(encoding="utf-8", newline="") as rows:
        assert [row["customer_id"].removeprefix("'") for row in csv.DictReader(rows)] == best.tolist()


def test_all_works_without_javascript(started: Browser, shop: Shop, tmp_path: Path) -> None:
    with visiting(started, shop, java_script_enabled=False, accept_downloads=True) as page:
        page.goto("/")
        page.get_by_label("tier", exact=True).select_option("High-CLV")
        page.get_by_label("order", exact=True).select_option("recency_days")
        page.get_by_role("button", name="Show").click()
        page.get_by_role("heading", name="Tier High-CLV").wait_for()
        page.get_by_role("link", name="Next page").click()
        assert page.get_by_label("tier", exact=True).input_value() == "High-CLV"
        page.get_by_label("find one customer by id").fill(STRANGE[6])
        page.get_by_role("button", name="Find").click()
        page.get_by_role("heading", name=STRANGE[6]).wait_for()
        page.get_by_role("link", name="Elite and gain").click()
        page.get_by_role("link", name="best 20%").click()
        page.get_by_role("heading", name="The best 20%").wait_for()
        for name in ("Segments", "Budget", "Status", "API"):
            page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
            page.get_by_role("heading", name=name, level=1).wait_for()
        page.get_by_role("link", name="Predict", exact=True).click()
        orders = tmp_path / "orders.csv"
        orders.write_text("customer_id;order_ts;amount\nanna;01.03.2024;40,50\n", encoding="utf-8")
        page.get_by_label("or a file of orders").set_input_files(orders)
        page.get_by_role("button", name="Forecast", exact=True).click()
        page.get_by_role("rowheader", name="anna").wait_for()
        assert "anna;01.03.2024" in page.get_by_label("orders", exact=True).input_value()
        page.get_by_role("link", name="Reports").click()
        page.get_by_role("link", name="Model card").click()
        assert page.url == f"{shop.url}/reports/model_card.html"


def test_reports_do_in_the_service_what_they_do_as_files(started: Browser, shop: Shop) -> None:
    """The script of a report runs, though no other script may."""
    rows = pd.DataFrame({"customer": ["anna", "bert"]})
    table = searchable(rows, [Column("customer", "customer")], "Two", 1, Search("customers", "Find", "Nobody"))
    report = shop.release.path(paths.report("05_customers"))
    report.write_text(page_of(Body("Customers", table.html), "05_customers.html", "a test"), encoding="utf-8")
    with visiting(started, shop) as page:
        page.goto("/reports/05_customers.html")
        page.get_by_role("searchbox").fill("bert")
        page.get_by_text("1 of 2 customers").wait_for()
        page.get_by_role("link", name="Overview").click()
        assert page.url == f"{shop.url}/reports/index.html"
