"""What came in and what was left of it, in numbers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from clv.data.cleaning import Cleaned
from clv.data.types import MICROSECONDS_PER_DAY, MINOR_PER_UNIT


def summarise(raw_rows: Mapping[str, int], cleaned: Mapping[str, Cleaned], last_day: date | None) -> dict[str, Any]:
    """Rows read and kept, and hits of the rules, by table; customers, purchases, returns and net revenue (money) kept.

    `raw_rows` has the rows by table. At least one transaction line must be clean.
    """
    lines = cleaned["transactions"]
    customer = lines.columns["customer_id"].cat.codes.to_numpy(dtype="int64")[lines.order]
    time = lines.columns["order_ts"].to_numpy(dtype="datetime64[us]").view("int64")[lines.order]
    day = time // MICROSECONDS_PER_DAY
    amount = lines.columns["amount_minor"].to_numpy(dtype="int64")[lines.order]
    purchase = amount > 0
    return {
        "raw_rows": dict(raw_rows),
        "clean_rows": {table: len(result.order) for table, result in cleaned.items()},
        "rejected": {table: result.count("reject") for table, result in cleaned.items()},
        "repaired": {table: result.count("repair") for table, result in cleaned.items()},
        "flagged": {table: result.count("flag") for table, result in cleaned.items()},
        "unreadable_values": {table: result.unreadable for table, result in cleaned.items()},
        "rejected_bad_share": lines.bad_share,
        "customers": _runs(customer),
        "purchase_lines": int(purchase.sum()),
        "purchase_days": _runs(customer[purchase], day[purchase]),
        "return_lines": int((~purchase).sum()),
        "net_revenue": int(amount.sum()) / MINOR_PER_UNIT,
        "first_day": str(np.datetime64(int(day.min()), "D")),
        "last_day": str(last_day or np.datetime64(int(day.max()), "D")),
    }


def _runs(*keys: np.ndarray) -> int:
    """How many different combinations there are, of keys by which the rows are sorted."""
    changes = np.zeros(max(len(keys[0]) - 1, 0), dtype=bool)
    for key in keys:
        changes |= key[1:] != key[:-1]
    return int(changes.sum()) + min(len(keys[0]), 1)
