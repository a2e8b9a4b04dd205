"""Featurize, block by block: each job reads the clean files of its customers and writes its part of every snapshot."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clv import block_parts, paths
from clv.damage import REPRO, reading
from clv.data.blocks import Blocks
from clv.data.schema import TABLES
from clv.errors import InputError
from clv.features.base import base_days
from clv.features.block import FEATURE_TABLES, Block
from clv.features.columns import CUSTOMER, TARGET
from clv.features.labelled_window import window_of
from clv.features.params import CustomerShares
from clv.features.revenue_days import revenue_days
from clv.features.snapshot import available_features, snapshot_of
from clv.features.sources import FOR_WINDOWS, NO_WINDOWS, SOURCE_COLUMNS, Means, first_windows
from clv.table_shape import require_names

OF_KIND = {
    "text": lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind),
    "time": pa.types.is_timestamp,
    "money": pa.types.is_integer,
    "number": pa.types.is_floating,
    "flag": pa.types.is_boolean,
}
TYPES = {
    f"{column.name}_minor" if column.kind == "money" else column.name: OF_KIND[column.kind]
    for table in FEATURE_TABLES
    for column in TABLES[table]
}
NO_TOUCHES = pa.table({"customer_id": pa.array([], pa.string()), "touch_ts": pa.array([], pa.timestamp("us"))})


@dataclass(frozen=True)
class Count:
    """The customers of a snapshot, those who spent in the horizon after it, and the known values of each feature.

    `buyers` is None if the horizon is not over; `known` is the number of customers with a value, by feature.
    """

    customers: int
    buyers: int | None
    known: dict[str, int]


@dataclass(frozen=True)
class Written:
    """Sums over all customers of a block.

    `counts` by cutoff, `days` as in `clv.features.base`, and `revenue` as in `clv.features.revenue_days`.
    """

    counts: dict[date, Count]
    days: pd.DataFrame
    revenue: pd.DataFrame


@dataclass(frozen=True)
class Job:
    """What to compute.

    `clean` and `snapshots` are folders (paths or URLs) of clean tables and of snapshots; `columns` are those that the
    tables have, as in `customers.channel`; `cutoffs` and `labelled` are those of snapshots and of labelled windows.
    """

    clean: str
    snapshots: str
    columns: Collection[str]
    cutoffs: Sequence[date]
    last_day: date
    horizon_days: int
    shares: CustomerShares
    labelled: Sequence[date] = ()

    @property
    def only_labelled(self) -> list[date]:
        """The cutoffs of windows without a snapshot; all others are contained in one."""
        return [cutoff for cutoff in self.labelled if cutoff not in self.cutoffs]

    def windows(self, block: int) -> pd.DataFrame:
        """What the customers of a block bought in their first days, by source; see `clv.features.sources`."""
        if not SOURCE_COLUMNS & set(self.columns):
            return NO_WINDOWS
        tables = {name: self._read(name, block, columns) for name, columns in FOR_WINDOWS.items()}
        return first_windows(Block.of_tables(tables | {"touches": NO_TOUCHES}))

    def snapshots_of(self, means: dict[date, Means], block: int) -> Written:
        """Write a block's part of every snapshot and window; return the values to be summed over blocks."""
        features, _ = available_features(self.columns)
        customers = Block.of_tables({name: self._read(name, block) for name in FEATURE_TABLES})
        counts = {}
        for cutoff in self.cutoffs:
            table = snapshot_of(customers, cutoff, self.last_day, self.horizon_days, features, means[cutoff])
            block_parts.write_part(table, f"{self.snapshots}/{cutoff}/{paths.part(block)}")
            known = {feature.name: _known(table[feature.name]) for feature in features}
            counts[cutoff] = Count(table.num_rows, _buyers(table[TARGET]), known)
        for cutoff in self.only_labelled:
            table = window_of(customers, cutoff, self.last_day, self.horizon_days)
            block_parts.write_part(table, f"{self.snapshots}/windows/{cutoff}/{paths.part(block)}")
        return Written(counts, base_days(customers), revenue_days(customers, self.shares))

    def _read(self, table: str, block: int, columns: Collection[str] | None = None) -> pa.Table:
        return block_parts.read_part(f"{self.clean}/{table}/{paths.part(block)}", columns)


def require_clean(clean: Path, blocks: Blocks) -> None:
    """Raise `InputError` unless the clean tables that features use are as preprocess recorded them."""
    for table in FEATURE_TABLES:
        rows = 0
        for block in range(blocks.n):
            path = clean / table / paths.part(block)
            with reading(path):
                about = pq.read_metadata(path)
                found = about.schema.to_arrow_schema()
                require_names(blocks.columns[table], found.names)
                wrong = [name for name in found.names if not _is_of_kind(name, found.field(name).type)]
                if wrong:
                    raise ValueError(f"its column {wrong[0]} holds {found.field(wrong[0]).type}")
            rows += about.num_rows
        if rows != blocks.rows[table]:
            raise InputError(
                f"{clean / table} has {rows:,} rows, but {paths.BLOCKS} expects {blocks.rows[table]:,}; {REPRO}"
            )


def _is_of_kind(name: str, kind: pa.DataType) -> bool:
    """Whether a column of a clean table has the type of its kind or is blank; the id must not be blank."""
    return name not in TYPES or TYPES[name](kind) or (pa.types.is_null(kind) and name != CUSTOMER)


def total(blocks: Sequence[dict[date, Count]]) -> dict[date, Count]:
    """The counts of all blocks together, by cutoff."""
    found = {}
    for cutoff in blocks[0]:
        counts = [block[cutoff] for block in blocks]
        buyers = [count.buyers for count in counts if count.buyers is not None]
        known = {name: sum(count.known[name] for count in counts) for name in counts[0].known}
        found[cutoff] = Count(sum(count.customers for count in counts), sum(buyers) if buyers else None, known)
    return found


def _buyers(target: pa.ChunkedArray) -> int | None:
    values = target.to_numpy()
    return None if np.isnan(values).all() else int((values > 0).sum())


def _known(values: pa.ChunkedArray) -> int:
    return len(values) - (pc.sum(pc.is_null(values, nan_is_null=True)).as_py() or 0)
