"""Customers by their ids."""

import pandas as pd
import pytest

from clv.features.by_id import are_among


@pytest.mark.parametrize("wanted", [["c", "a", "z"], ["a"], []])
@pytest.mark.parametrize("ids", [["a", "b", "a", "c"], ["b"], []])
def test_ids_are_among_those_wanted_as_isin_says(ids: list[str], wanted: list[str]) -> None:
    column = pd.Series(ids, dtype="str", index=range(5, 5 + len(ids)))
    assert are_among(column, pd.Index(wanted, dtype="str")).tolist() == column.isin(wanted).tolist()
