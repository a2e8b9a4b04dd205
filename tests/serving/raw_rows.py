"""Raw rows of a run as a client sends them: plain values of JSON."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd

from clv import paths
from clv.features.block import FEATURE_TABLES


def raw_rows(root: Path, customers: Collection[str] | None = None) -> dict[str, list[dict[str, Any]]]:
    """The rows of transactions, customers and touches, of some customers or by default of all."""
    tables = {table: pd.read_parquet(root / paths.raw(table)) for table in FEATURE_TABLES}
    if customers is not None:
        tables = {table: frame[frame["customer_id"].isin(customers)] for table, frame in tables.items()}
    return {table: json.loads(frame.to_json(orient="records", date_format="iso")) for table, frame in tables.items()}
