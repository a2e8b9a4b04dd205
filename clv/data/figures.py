"""What came in and what was left of it, in numbers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from clv.data.bought_days import BoughtDays
from clv.data.cleaning import Cleaned
from clv.data.types import MINOR_PER_UNIT


def summarise(
    raw_rows: Mapping[str, int], cleaned: Mapping[str, Cleaned], bought: BoughtDays, last_day: date | None
) -> dict[str, Any]:
    """Rows read and kept, and hits of the rules, by table; customers, purchases, returns and net revenue (money) kept.

    `raw_rows` has the rows by table. At least one transaction line must be clean; `bought` are the days of those.
    """
    return {
        "raw_rows": dict(raw_rows),
        "clean_rows": {table: len(result.order) for table, result in cleaned.items()},
        "rejected": {table: result.count("reject") for table, result in cleaned.items()},
        "repaired": {table: result.count("repair") for table, result in cleaned.items()},
        "flagged": {table: result.count("flag") for table, result in cleaned.items()},
        "unreadable_values": {table: result.unreadable for table, result in cleaned.items()},
        "rejected_bad_share": cleaned["transactions"].bad_share,
        "customers": bought.customers,
        "purchase_lines": int(bought.lines.sum()),
        "purchase_days": len(bought.day),
        "return_lines": bought.returns,
        "net_revenue": int(bought.revenue.sum()) / MINOR_PER_UNIT,
        "first_day": str(np.datetime64(bought.first_day, "D")),
        "last_day": str(last_day or np.datetime64(bought.last_day, "D")),
    }
