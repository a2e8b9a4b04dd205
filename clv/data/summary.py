"""What came in and what was left of it, in numbers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from clv.data.cleaning import Cleaned
from clv.data.types import MINOR_PER_UNIT


def summarise(raw: Mapping[str, pd.DataFrame], cleaned: Mapping[str, Cleaned], last_day: date | None) -> dict[str, Any]:
    """Rows read, kept and rejected by table and rule; customers, purchases, returns and net revenue (money) kept."""
    lines = cleaned["transactions"].clean
    purchases = lines[lines["amount_minor"] > 0]
    purchase_days = purchases.assign(day=purchases["order_ts"].dt.normalize()).drop_duplicates(["customer_id", "day"])
    return {
        "raw_rows": {table: len(frame) for table, frame in raw.items()},
        "clean_rows": {table: len(result.clean) for table, result in cleaned.items()},
        "rejected": {table: result.counts for table, result in cleaned.items()},
        "unreadable_values": {table: result.unreadable for table, result in cleaned.items()},
        "rejected_bad_share": cleaned["transactions"].bad_share,
        "customers": lines["customer_id"].nunique(),
        "purchase_lines": len(purchases),
        "purchase_days": len(purchase_days),
        "return_lines": len(lines) - len(purchases),
        "net_revenue": int(lines["amount_minor"].sum()) / MINOR_PER_UNIT,
        "first_day": str(lines["order_ts"].min().date()),
        "last_day": str(last_day or lines["order_ts"].max().date()),
    }
