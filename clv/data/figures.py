"""Figures about the raw and the clean tables."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from clv.data.identity import bought_days
from clv.data.table_facts import TableFacts
from clv.data.types import MINOR_PER_UNIT


def summarise(facts: Mapping[str, TableFacts], last_day: date | None) -> dict[str, Any]:
    """Rows read and kept and rule hits, by table; customers, purchases, returns and net revenue of the clean lines.

    Revenue is money. At least one transaction line must be clean.
    """
    bought = bought_days(facts)
    return {
        "raw_rows": {table: found.rows for table, found in facts.items()},
        "clean_rows": {table: found.clean_rows for table, found in facts.items()},
        "rejected": {table: found.count("reject") for table, found in facts.items()},
        "repaired": {table: found.count("repair") for table, found in facts.items()},
        "flagged": {table: found.count("flag") for table, found in facts.items()},
        "unreadable_values": {table: found.unreadable for table, found in facts.items()},
        "rejected_bad_share": facts["transactions"].bad_share,
        "customers": bought.customers,
        "purchase_lines": int(bought.lines.sum()),
        "purchase_days": int(bought.days.sum()),
        "return_lines": bought.returns,
        "net_revenue": int(bought.revenue.sum()) / MINOR_PER_UNIT,
        "first_day": str(np.datetime64(bought.first, "D")),
        "last_day": str(last_day or np.datetime64(bought.last, "D")),
    }
