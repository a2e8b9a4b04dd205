"""The file of a campaign's plan, written some rows at a time."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa

from clv import block_parts
from clv.marketing.campaigns.plan import REPEATED

ROWS_AT_ONCE = 500_000


def write_plan(plan: pd.DataFrame, path: Path) -> None:
    """Write the plan of `whole_plan` as one Parquet file, categories as text."""
    block_parts.write_batches(_table(plan.head(0)).schema, _batches(plan), path)


def _batches(plan: pd.DataFrame) -> Iterator[pa.Table]:
    for start in range(0, len(plan), ROWS_AT_ONCE):
        yield _table(plan.iloc[start : start + ROWS_AT_ONCE])


def _table(rows: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(rows.astype(dict.fromkeys(REPEATED, "str")), preserve_index=False)
