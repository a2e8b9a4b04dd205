"""The data-quality table: rows, shares, revenue and examples of each rule."""

import pandas as pd

from clv.data.cleaning import clean_table
from clv.data.lines import Cleaning
from clv.data.quality import DTYPES, in_words

LINES = pd.DataFrame(
    [
        ("a", "2024-01-01", "10", "1"),
        ("a ", "2024-01-02", "-12.5", None),
        ("b", "x" * 60, "7", "2"),
        ("b", None, "3", "4"),
        ("b", "2024-01-01", "4", " 2"),
        (None, "2024-01-01", "1", "3"),
    ],
    columns=["customer_id", "order_ts", "amount", "order_id"],
    dtype="str",
)


def quality(table: str = "transactions", raw: pd.DataFrame = LINES) -> pd.DataFrame:
    return clean_table(table, raw, Cleaning(time_zone="UTC")).quality


def test_rows_shares_and_revenue() -> None:
    found = quality()
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == DTYPES
    hit = found[found["rows"] > 0].set_index("rule")
    wanted = {"id_blanks": 2, "blank_customer_id": 1, "unparseable_date": 2, "return_beyond_purchase": 1}
    assert hit["rows"].to_dict() == wanted
    assert hit["share"].to_list() == [0.333333, 0.166667, 0.333333, 0.166667]
    assert hit["revenue_minor"].to_list() == [0, 100, 1000, 250], "of a repair, the change"


def test_examples_are_values_as_they_came() -> None:
    examples = quality().set_index("rule")["examples"]
    assert examples["id_blanks"] == "row 1: 'a '; row 4: ' 2'"
    assert examples["unparseable_date"] == f"row 2: '{'x' * 38}…; row 3: empty"
    assert examples["return_beyond_purchase"] == "row 1: '-12.5'"
    assert examples["zero_amount"] == ""
    many = pd.concat([LINES.iloc[[3]]] * 5)
    assert quality(raw=many).set_index("rule").loc["unparseable_date", "examples"].count("row") == 3


def test_a_computed_amount_has_no_value_to_show() -> None:
    raw = LINES.assign(quantity="0", unit_price="1").drop(columns="amount")
    assert quality(raw=raw).set_index("rule").loc["zero_amount", "examples"] == "row 0; row 1; row 4"


def test_tables_without_amounts_have_no_revenue() -> None:
    touches = pd.DataFrame({"customer_id": ["a"], "touch_ts": ["never"]})
    assert quality("touches", touches)["revenue_minor"].isna().all()


def test_in_words_only_what_was_rejected_most_first() -> None:
    assert in_words(quality()) == (
        f"unparseable_date: 2 lines (row 2: '{'x' * 38}…; row 3: empty); blank_customer_id: 1 line (row 5: empty)"
    )
