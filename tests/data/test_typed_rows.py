"""Cleaning gives the same for raw rows with types as for the rows as they came."""

from typing import Any

import pandas as pd
import pytest

from clv.data.cleaning import clean_table
from clv.data.lines import Cleaning
from clv.data.typed_rows import typed

HOW = Cleaning("Europe/Berlin")
LINE = {"customer_id": "c1", "order_ts": "2024-03-05T11:00:00", "amount": "70", "order_id": "z1", "status": "paid"}


@pytest.mark.parametrize(
    "lines",
    [
        [LINE],
        [LINE, LINE | {"amount": "30", "order_ts": ""}],
        [LINE, LINE | {"amount": "30", "order_ts": "garbage"}],  # not blank, so the other line does not fill it
        [LINE, LINE | {"amount": "30", "order_ts": "0001-01-01T00:00:00+14:00"}],
        [LINE, LINE | {"amount": "30", "customer_id": ""}],
        [LINE, LINE | {"amount": "30", "status": "cancelled"}, LINE | {"amount": "31", "status": ""}],
    ],
)
def test_what_counts_is_what_counted(lines: list[dict[str, Any]]) -> None:
    others = [
        LINE | {"customer_id": f"c{n}", "order_id": f"o{n}", "order_ts": f"2024-03-{n:02d}"} for n in range(1, 29)
    ]
    raw = pd.DataFrame(others + lines, dtype="str")
    as_it_came = clean_table("transactions", raw, HOW)
    with_types = clean_table("transactions", typed("transactions", raw, HOW), HOW)
    pd.testing.assert_frame_equal(with_types.clean, as_it_came.clean)
    assert with_types.count("reject") == as_it_came.count("reject")
