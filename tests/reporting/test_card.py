"""The parts of the model card that hold names from the shop's own data."""

import re
from collections.abc import Sequence
from datetime import date
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from clv.data.input_finding import InputFinding
from clv.data.schema import TABLES
from clv.data.source import Source, TableSource
from clv.features.timeline import make_plan
from clv.params import Params
from clv.reporting.kit.document import document
from clv.reporting.model_card.card import Card, _gaps, _slices, shop_name

ODD = ["a|b", "<b>loud", "two\nlines", "new_customers", "a*b*c", "[click](javascript:alert(1))"]


def test_odd_names_of_groups_stay_in_their_cell() -> None:
    rows = pd.DataFrame({"by": "channel", "group": ODD, "customers": 200, "bias": 0.1, "gini": 0.5, "coverage_95": 0.9})
    lines = _slices(rows).splitlines()[2:]
    names = ["a\\|b", "&lt;b&gt;loud", "two lines", "new_customers", "a\\*b\\*c", "\\[click\\](javascript:alert(1))"]
    assert lines == [f"| channel: {name} | 200 | +10.0% | 0.500 | 90.0% |" for name in names]


def test_odd_names_are_plain_text_in_a_sentence_too() -> None:
    row = {
        "by": "age_band",
        "measure": "error",
        "gap": 0.1,
        "highest": "<b>loud",
        "lowest": "a_b",
        "beyond_noise": True,
    }
    assert _gaps(pd.DataFrame([row])) == "error by age band (10.0% more for &lt;b&gt;loud than for a_b)"


def test_a_document_lets_no_link_or_picture_of_a_name_through() -> None:
    rows = pd.DataFrame({"by": "channel", "group": ODD, "customers": 200, "bias": 0.1, "gini": 0.5, "coverage_95": 0.9})
    page = document(_slices(rows))
    for name in ("a|b", "&lt;b&gt;loud", "new_customers", "a*b*c", "[click](javascript:alert(1))"):
        assert f"channel: {name}</td>" in page
    assert "<a" not in page
    unescaped = document("[a](javascript:x) ![b](http://c.example/d) <script>e</script>")
    assert re.findall("<(?!p>|/p>)", unescaped) == []


DATA = {"customers": 1, "purchase_days": 2, "net_revenue": 3.0, "rejected_bad_share": 0.0}
DATES = {"first_day": "2025-01-01", "last_day": "2025-12-31"}


def card(source: str, currency: str, p: Params, rhythm: Sequence[str] = ()) -> str:
    plan, weights, versions = make_plan(date(2023, 1, 1), date(2025, 12, 31), p.time), {"btyd": 1.0}, {"numpy": "1"}
    return Card(plan, source, currency, DATA | DATES, weights, versions, p.evaluate, None, (), rhythm).to_markdown()


def test_the_intended_use_of_regular_buyers_is_named(project_params: Params) -> None:
    text = card("shop", "EUR", project_params, ["9% of <k> are regular; p_alive knows no rhythm"])
    use = text.split("## Intended use")[1].split("##")[0]
    assert use.endswith("\n\nRegular buyers: 9% of &lt;k&gt; are regular; p_alive knows no rhythm.\n\n")
    assert "Regular buyers" not in card("shop", "EUR", project_params)


ODDER = ["# a", "## a", "- a", "1. a", "a & b", "&lt;b&gt;", "_so_", "$x$", "~~x~~", "a\\", "<script>alert(1)</script>"]


@pytest.mark.parametrize("odd", [*ODD, *ODDER])
def test_source_and_currency_are_plain_text(odd: str, project_params: Params) -> None:
    text = card(odd, odd, project_params)
    assert re.findall("<(?!br)", text) == []
    assert odd.count("\n") == 0 or odd not in text
    page = document(text)
    assert re.findall(r"<(?!/?(?:h1|h2|p|ul|li|code|div)\b)", page) == []
    said = unescape(re.sub("<[^>]*>", "", page))
    shown = " ".join(odd.split())
    assert f"Source: {shown}. 1 customers" in " ".join(said.split())
    assert f"net revenue 3.00 {shown}. Of the lines" in " ".join(said.split())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("/home/ada/secret-project/orders.csv", "orders.csv"),
        ("../other/orders.csv", "orders.csv"),
        ("/somewhere/orders/", "orders"),
        ("C:\\Users\\ada\\orders.csv", "orders.csv"),
        ("file:///home/ada/orders.csv", "orders.csv"),
        ("data/mine/orders.csv", "data/mine/orders.csv"),
        ("./data/../data/orders.csv", "data/orders.csv"),
        ("s3://bucket/shop/orders.parquet", "s3://bucket/shop/orders.parquet"),
        ("s3://KEY:SECRET@bucket/orders.parquet?X-Amz-Signature=abc#x", "s3://bucket/orders.parquet"),
        ("generate.sql.transactions", "generate.sql.transactions"),
    ],
)
def test_the_card_says_which_file_and_not_where_it_lay(name: str, shown: str) -> None:
    tables = {table: {"name": name} for table in TABLES}
    assert shop_name({"kind": "files", "tables": tables}, "default") == shown


def test_a_path_inside_the_repo_is_relative_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = Source("files", {"transactions": TableSource(str(tmp_path / "mine" / "orders.csv"), 3)})
    assert source.to_dict()["tables"]["transactions"]["name"] == "mine/orders.csv", "so in source.json too"
    elsewhere = Source("files", {"transactions": TableSource(str(tmp_path.parent / "orders.csv"), 3)})
    assert elsewhere.to_dict()["tables"]["transactions"]["name"] == "orders.csv"


def test_what_was_found_about_a_file_does_not_say_where_it_lay() -> None:
    path = "/home/ada/shop/orders.csv"
    found = InputFinding("reading", True, f"{path}: 3 odd values", f"look at {path}")
    source = Source("files", {"transactions": TableSource(path, 3)}, [found])
    plain = source.to_dict()["findings"][0]
    assert (plain["text"], plain["remedy"]) == ("orders.csv: 3 odd values", "look at orders.csv")
