"""Reading the snapshots that featurize wrote."""

from collections.abc import Collection
from datetime import date

import pandas as pd
import pyarrow.parquet as pq

from clv import paths, storage
from clv.features.columns import CUSTOMER
from clv.features.params import CustomerShares
from clv.features.sources import Means
from clv.features.timeline import Plan, Rows, in_parts


def read_plan() -> Plan:
    """The plan that featurize laid out."""
    return Plan.from_dict(storage.read_json(paths.PLAN))


def read_base() -> pd.DataFrame:
    """Purchases of the whole base: one row per day of the data, as `clv.features.base` describes."""
    return storage.read_table(paths.BASE)


def read_sources(cutoff: date) -> Means:
    """What customers of each source brought in their first days, as known at a cutoff."""
    means: Means = storage.read_json(paths.SOURCES)[str(cutoff)]
    return means


def read_snapshot(rows: Rows, columns: Collection[str] | None = None) -> pd.DataFrame:
    """The whole snapshot at the cutoff of `rows`: one row per customer by id, with features and targets.

    With `columns`, only the id and those of them that the snapshot has.
    """
    folder = paths.snapshot(str(rows.cutoff))
    names = None
    if columns is not None and folder.exists():
        names = [name for name in pq.read_schema(folder / paths.part(0)).names if name in {CUSTOMER, *columns}]
    snapshot = storage.read_table(folder, names)
    # By id, whatever the blocks: what draws rows or breaks ties by their order must not depend on them.
    return snapshot.sort_values(CUSTOMER, ignore_index=True)


def read_rows(rows: Rows, shares: CustomerShares) -> pd.DataFrame:
    """The customers of a snapshot that `rows` names, by id."""
    snapshot = read_snapshot(rows)
    return snapshot[in_parts(snapshot[CUSTOMER], rows.parts, shares)].reset_index(drop=True)
