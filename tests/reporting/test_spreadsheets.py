"""The page Data names columns whose text a spreadsheet would run."""

import pandas as pd

from clv.reporting.data.spreadsheets import formulas
from clv.reporting.kit.table import ELSEWHERE


def test_columns_with_formulas_are_named_and_no_value_is_quoted() -> None:
    clean = {
        "transactions": pd.DataFrame({"customer_id": ["+SUM(1;1)", "+SUM(1;1)", "c"], "order_id": ["=1", "2", "3"]}),
        "customers": pd.DataFrame({"channel": pd.Series(["=x", "@y", None], dtype="str"), "n": [1.0, -2.0, 3.0]}),
    }
    said = formulas(clean).html
    assert "transactions.customer_id (1 value), customers.channel (2 different values)." in said
    assert "SUM" not in said
    assert "order_id" not in said


def test_a_shop_without_any_has_no_such_section() -> None:
    assert formulas({"customers": pd.DataFrame({"channel": ["a-b", None], "cost": [-1.0, 2.0]})}) == ELSEWHERE
