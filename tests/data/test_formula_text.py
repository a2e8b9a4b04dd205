"""Text that a spreadsheet would run as a formula is found before anything is written."""

import pandas as pd

from clv.data.cleaning import clean_table
from clv.data.formula_text import examine
from clv.data.input_finding import as_table
from clv.data.lines import Cleaning
from clv.data.table_facts import TableFacts


def shop(ids: list[str], channels: list[str]) -> dict[str, TableFacts]:
    orders = pd.DataFrame({"customer_id": ids, "order_ts": "2024-01-01", "amount": "10", "order_id": "=1"})
    how = Cleaning(time_zone="UTC")
    known = pd.DataFrame({"customer_id": [f"c{i}" for i in range(len(channels))], "channel": channels})
    tables = {"transactions": orders, "customers": known}
    return {name: TableFacts.of(clean_table(name, raw, how)) for name, raw in tables.items()}


def test_columns_are_named_and_no_value_is_quoted() -> None:
    found = examine(shop(["+SUM(1;1)", "+SUM(1;1)", "c", "-1"], ["=cmd|x", "mail", "search"]))
    assert [finding.flagged for finding in found] == [True]
    said = str(found[0])
    assert said.startswith("customer_id of transactions (2 values), channel of customers (1 value) begin with = + - @")
    assert "SUM" not in said
    assert "cmd" not in said
    assert "order_id" not in said
    assert len(as_table(found)) == 1


def test_a_row_that_was_set_aside_is_in_no_list() -> None:
    rows = {"customer_id": ["=1", "c"], "order_ts": ["soon", "2024-01-01"], "amount": "10"}
    lines = clean_table("transactions", pd.DataFrame(rows), Cleaning(time_zone="UTC"))
    assert len(lines.order) == 1
    assert examine({"transactions": TableFacts.of(lines)}) == []


def test_a_shop_without_any_has_nothing_to_report() -> None:
    assert examine(shop(["a-1", "b"], ["e=mail", "a@b"])) == []
