"""What the data report says of text that a spreadsheet would run."""

from collections.abc import Mapping

import pandas as pd

from clv.formulas import looks_like
from clv.reporting.kit.table import ELSEWHERE, Table, note

NOT_LISTED = ["order_id", "product_id"]  # stand in no list or table that people open


def formulas(clean: Mapping[str, pd.DataFrame]) -> Table:
    """Which columns of the clean tables hold text that begins as a formula does, and how much of it."""
    found = []
    for table, frame in clean.items():
        for name in frame.select_dtypes(include=["object", "string"]).columns.difference(NOT_LISTED, sort=False):
            n = int(looks_like(pd.Series(frame[name].unique())).sum())
            if n:
                found.append(f"{table}.{name} ({n:,} {'value' if n == 1 else 'different values'})")
    if not found:
        return ELSEWHERE
    return note(
        f"Text that begins with = + - @ or a tab, which a spreadsheet takes for a formula: {', '.join(found)}. "
        f"It stands in reports/campaigns, reports/tables and reports/plots as it came, as a mark in front would break "
        f"the way back of ids and names. Import these columns as text, and ask where the text is from."
    )
