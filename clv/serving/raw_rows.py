"""The raw rows of one customer of a release, as cleaning reads them, found without reading the whole table.

A typed copy of the release's tables lies beside them, sorted by customer, in small row groups whose statistics show
which customers they hold. It is made once per release and stays on disk.
"""

import fcntl
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from clv import paths, storage
from clv.data.lines import Cleaning
from clv.data.params import PreprocessParams
from clv.data.parquet import read_raw
from clv.data.source import Source
from clv.data.typed_rows import typed
from clv.features.block import FEATURE_TABLES
from clv.replacing import replacing
from clv.serving.release_folder import synced

FOLDER, LOCK = "by_customer", ".by_customer.lock"
GROUP_ROWS = 4096


class RawRows:
    """Typed raw rows by customer, from the tables from which features are made."""

    def __init__(self, tables: Mapping[str, ds.Dataset], lower: bool):
        self._tables, self._lower = tables, lower

    @classmethod
    def open(cls, release: Path, params: PreprocessParams) -> "RawRows":
        """The rows of the release in a folder; the copy is made if it does not exist yet."""
        folder = release / FOLDER
        if not folder.exists():
            with (release / LOCK).open("w") as file:
                fcntl.flock(file, fcntl.LOCK_EX)  # another process may be making it
                if not folder.exists():
                    _make(folder, release, params)
        tables = {table: ds.dataset(folder / f"{table}.parquet") for table in FEATURE_TABLES}
        return cls(tables, params.ignore_id_case)

    def of(self, customer_id: str) -> dict[str, pd.DataFrame]:
        """A customer's rows by table, in their original order; empty if the release does not have any."""
        wanted = customer_id.lower() if self._lower else customer_id
        return {
            table: rows.to_table(filter=ds.field("customer_id") == wanted, use_threads=False).to_pandas()
            for table, rows in self._tables.items()
        }


def _make(folder: Path, release: Path, params: PreprocessParams) -> None:
    with replacing(folder) as new:
        new.mkdir()
        source = Source.from_dict(storage.read_json(release / paths.SOURCE))
        for table in FEATURE_TABLES:
            how = Cleaning.of(params, None, source.tables[table])
            _write(typed(table, read_raw(table, release / paths.raw(table)), how), new / f"{table}.parquet")
            synced(new / f"{table}.parquet")
        synced(new)


def _write(rows: pd.DataFrame, path: Path) -> None:
    """Write the rows that have a customer, sorted by customer; each customer's rows keep their order."""
    named = rows[rows["customer_id"].notna()]
    ordered = named.sort_values("customer_id", kind="stable")
    pq.write_table(
        pa.Table.from_pandas(ordered, preserve_index=False), path, row_group_size=GROUP_ROWS, compression="zstd"
    )
