"""Charts, tables and pages: the same bytes each time, self-contained, escaped, described."""

import re
from datetime import date
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from clv.data.blocks import Blocks
from clv.data.cleaning import clean_table
from clv.data.lines import Cleaning
from clv.data.schema import TABLES, names
from clv.evaluation.chart_tables import gain_curve
from clv.features.dictionary import feature_list
from clv.features.feature_table import FEATURES
from clv.reporting.data import overview
from clv.reporting.features import listing
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.names import TITLES
from clv.reporting.kit.page import LINKS, Body, page
from clv.reporting.kit.table import NOTHING, Column, facts, table, write
from clv.reporting.models import accuracy


@pytest.fixture(scope="module")
def chart() -> Chart:
    return gain()


def gain() -> Chart:
    y = np.arange(50, dtype=float)
    names = ("ensemble", "btyd", "same_as_last_period", "average_so_far")
    return accuracy.gain(gain_curve(y, {name: np.roll(y, i) for i, name in enumerate(names)}))


def test_a_chart_has_the_same_bytes_each_time(chart: Chart) -> None:
    assert gain() == chart


def test_a_chart_is_described_and_carries_its_name_in_every_id(chart: Chart) -> None:
    html = chart.to_html()
    assert f'aria-label="{chart.alt}"' in html
    assert "currentColor" in html
    assert all(identity.startswith("gain-") for identity in re.findall(r'\bid="([^"]*)"', html))
    assert set(re.findall(r"(?:href=\"#|url\(#)([^\")]*)", html)) <= set(re.findall(r'\bid="([^"]*)"', html))


def test_a_chart_alone_has_a_ground(chart: Chart) -> None:
    assert '<rect width="100%" height="100%" fill="white"/>' in chart.standalone()
    assert "currentColor" not in chart.standalone()


@pytest.mark.parametrize(
    ("value", "how", "text"),
    [
        (1234.5, "money", "1,234"),
        (12.345, "money", "12.35"),
        (0.1234, "share", "12.3%"),
        (-0.05, "signed_share", "-5.0%"),
        (-0.00001, "fine", "0.0000"),
        (float("nan"), "ratio", "–"),
        (None, "count", "–"),
        (1234567, "count", "1,234,567"),
    ],
)
def test_numbers_are_written_for_people(value: object, how: str, text: str) -> None:
    assert write(value, how) == text


def test_a_table_escapes_and_aligns() -> None:
    frame = pd.DataFrame({"name": ["<b>", "c"], "n": [1000, 2]})
    html = table(frame, [Column("name", "a & b"), Column("n", "n", "count")], "caption", highlight="c").html
    assert "&lt;b&gt;" in html
    assert "a &amp; b" in html
    assert '<td class="right">1,000</td>' in html
    assert html.count('class="highlight"') == 1


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([101.0, 86.67], ["101", "87"]),
        ([-2500.0, -0.2, None], ["-2,500", "0", "–"]),
        ([12.5, 99.99, 0.0], ["12.50", "99.99", "0.00"]),
        ([0.0, 0.0], ["0", "0"]),
    ],
)
def test_a_column_of_money_has_one_precision(values: list[float], written: list[str]) -> None:
    html = table(pd.DataFrame({"a": values}), [Column("a", "a", "money")], "caption").html
    assert re.findall(r'<td class="right">(.*?)</td>', html) == written


@pytest.mark.parametrize("months", [1, 7, 8, 36, 61, 500])
def test_names_of_months_never_stand_too_close(months: int) -> None:
    days = pd.date_range("1990-01-01", periods=months, freq="MS")
    sold = pd.DataFrame({"month": days.strftime("%Y-%m"), "net_revenue": np.arange(months) + 1.0})
    named = re.findall(r">(\d{4}-\d{2})<", overview.monthly_revenue(sold, "EUR").svg)
    assert 1 <= len(named) <= 7
    assert named[0] == "1990-01"


def test_names_of_lines_stand_in_the_order_of_the_lines(chart: Chart) -> None:
    named = re.findall(r">([^<>]+)</text>", chart.svg)
    assert named[-6:][0] == TITLES["perfect"]
    assert named[-6:][-1] == "no ranking at all"


class References(HTMLParser):
    """All addresses that a browser would load from a page."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if (name == "src" or (tag == "link" and name == "href")) and value:
                self.loads.append(value)


def test_a_page_loads_nothing(chart: Chart) -> None:
    html = page(Body("Title <x>", chart.to_html() + facts([("a", "1")]).html), "index.html", "stages/index.py")
    found = References()
    found.feed(html)
    assert [load for load in found.loads if not load.startswith("data:")] == []
    assert "<title>Title &lt;x&gt;</title>" in html
    assert html.count('aria-current="page"') == 1
    assert all(f'href="{link.href}"' in html for link in LINKS)


def test_the_quality_table_shows_rules_with_examples_escaped() -> None:
    lines = pd.DataFrame({"customer_id": ["a", "<b>"], "order_ts": ["2024-01-01", "soon"], "amount": ["5", "7.25"]})
    visits = pd.DataFrame({"customer_id": ["a"], "touch_ts": [None]}, dtype="str")
    how = Cleaning(time_zone="UTC")
    rules = pd.concat([clean_table("transactions", lines, how).quality, clean_table("touches", visits, how).quality])
    html = overview.quality(rules, "EUR").html
    shown = (rules["table"] == "transactions") | (rules["rows"] > 0)
    assert html.count("<tr>") == 1 + shown.sum() < 1 + len(rules)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in html.split("<tr>")]
    unparseable = [row for row in cells if len(row) > 1 and row[1] == "unparseable_date"]
    assert unparseable[0][2] == "reject"
    assert unparseable[0][4:] == ["1", "50.0%", "7.25", "row 1: &#x27;soon&#x27;"]
    assert unparseable[1][4:] == ["1", "100.0%", "–", "row 0: empty"], "touches have no revenue"


def clean(rows: dict[str, int], columns: dict[str, tuple[str, ...]]) -> Blocks:
    return Blocks(1, dict.fromkeys(TABLES, 0) | rows, columns, date(2024, 1, 1), date(2024, 12, 31))


def test_what_is_absent_is_named_but_not_the_mark_of_returns() -> None:
    columns = {table: tuple(names(of)) for table, of in TABLES.items()}
    columns["transactions"] = ("customer_id", "amount_minor", "quantity")
    text = overview.absent(clean({"transactions": 1}, columns), ["eco_share"]).html
    assert (
        "The table of transactions has no order_ts, order_id, product_id, category, unit_price, discount, is_eco."
        in text
    )
    assert "There is no table of experiments." in text
    assert "1 feature is left out" in text
    assert "is_return" not in text


def test_where_every_column_is_present_nothing_is_said_to_be_absent() -> None:
    columns = {table: tuple(names(of)) for table, of in TABLES.items()}
    assert overview.absent(clean(dict.fromkeys(TABLES, 1), columns), []).html.startswith(NOTHING)


def test_the_feature_report_shows_every_row_of_the_table() -> None:
    present, absent = [f for f in FEATURES if not f.needs], [f for f in FEATURES if f.needs]
    rows = feature_list(present, absent, {f.name: 3 for f in present}, 4)
    html = listing.groups(rows).html
    assert all(f">{f.name}<" in html for f in present)
    assert not [f.name for f in absent if f">{f.name}<" in html]
    assert "75.0%" in html
    assert all(f">{f.name}<" in listing.absent(rows).html for f in absent)
    assert ">btyd_value<" in listing.fitted(rows).html
    assert "Every feature could be computed" in listing.absent(rows[rows["status"] != "absent"]).html
    shown = listing.overview(rows, {"snapshots": {"2024-02-01": {}, "2024-01-01": {}}}).html
    assert shown.index("2024-01-01") < shown.index("2024-02-01")


def test_a_range_of_numbers_is_marked_and_a_name_is_not() -> None:
    html = facts([("95% interval", "37,006 to 320,080"), ("segment", "About to sleep"), ("profit", "-12 to 3.5")]).html
    assert html.count('<div class="range">') == 2
    assert "<div><dt>segment</dt><dd>About to sleep</dd></div>" in html
