"""Reading the snapshots that featurize wrote."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from clv import block_parts, paths, storage
from clv.damage import reading
from clv.features.by_id import by_id
from clv.features.columns import CUSTOMER, TARGET, TARGET_ORDERS
from clv.features.drawn import drawn
from clv.features.labelled_window import HISTORY
from clv.features.params import CustomerShares
from clv.features.sources import Means
from clv.features.timeline import Plan, Rows, in_parts
from clv.table_shape import Columns, require_columns

EVERY_SNAPSHOT = Columns(
    text=(CUSTOMER,),
    numbers=("tenure_days", "recency_days", "frequency", "monetary_value", "net_revenue", "net_revenue_last_horizon"),
)
EVERY_WINDOW = Columns(text=(CUSTOMER,), numbers=(*HISTORY, TARGET, TARGET_ORDERS))


def read_plan() -> Plan:
    """The plan that featurize wrote."""
    return storage.read_as(paths.PLAN, Plan.from_dict)


def read_base() -> pd.DataFrame:
    """Purchases of the whole base: one row per day of the data, as `clv.features.base` describes."""
    return storage.read_table(paths.BASE)


def read_revenue() -> pd.DataFrame:
    """Net revenue by day, of customers by part and first day, as `clv.features.revenue_days` describes."""
    return storage.read_table(paths.REVENUE_DAYS)


def read_sources(cutoff: date) -> Means:
    """Mean revenue that customers of each source spent in their first days, as known at a cutoff."""
    return storage.read_as(paths.SOURCES, lambda content: content[str(cutoff)])


def read_snapshot(rows: Rows, columns: Collection[str] | None = None) -> pd.DataFrame:
    """The whole snapshot at the cutoff of `rows`: one row per customer by id, with features and targets.

    With `columns`, only the id and those of them that the snapshot has; columns that every snapshot has are required.
    """
    folder = paths.snapshot(str(rows.cutoff))
    names = None
    if columns is not None and folder.exists():
        known = dict.fromkeys((*storage.columns_of(folder / paths.part(0)), CUSTOMER, *EVERY_SNAPSHOT.numbers))
        names = [name for name in known if name in {CUSTOMER, *columns}]
    snapshot = storage.read_table(folder, names, needed=EVERY_SNAPSHOT)
    with reading(folder):
        # By id, so that drawing rows and breaking ties by their order do not depend on the blocks.
        return snapshot.sort_values(CUSTOMER, ignore_index=True)


def n_customers(rows: Rows) -> int:
    """The number of customers in the whole snapshot at the cutoff of `rows`."""
    return storage.n_rows(paths.snapshot(str(rows.cutoff)))


def n_blocks(rows: Rows) -> int:
    """The number of blocks of customers into which a snapshot is divided; raises `InputError` if it is missing."""
    return storage.n_parts(paths.snapshot(str(rows.cutoff)))


def read_block(snapshots: str, rows: Rows, block: int, columns: Collection[str] | None = None) -> pd.DataFrame:
    """A block's part of the snapshot at the cutoff of `rows`: one row per customer by id, with features and targets.

    `snapshots` is the folder of snapshots, a path or a URL, as seen by a worker. With `columns`, only the id and those
    of them that the snapshot has.
    """
    path = f"{snapshots}/{rows.cutoff}/{paths.part(block)}"
    wanted = None if columns is None else {CUSTOMER, *columns}
    found = block_parts.plain(block_parts.read_part(path, wanted))
    with reading(Path(path)):
        require_columns(frame := found.to_pandas(), EVERY_SNAPSHOT, whole=columns is None)
        return frame.sort_values(CUSTOMER, ignore_index=True)


@dataclass(frozen=True)
class Snapshots:
    """Snapshots in the folder into which they were written, as models read them."""

    folder: Path = paths.SNAPSHOTS

    def histories(self, cutoff: date) -> pd.DataFrame:
        """All customers of a snapshot by id: customer_id, the columns HISTORY and the targets.

        Buy-till-you-die models read the columns HISTORY.
        """
        columns = [CUSTOMER, *HISTORY, TARGET, TARGET_ORDERS]
        return self._table(self.folder / str(cutoff), columns, EVERY_SNAPSHOT)

    def rows(self, rows: Rows, shares: CustomerShares, most: int) -> pd.DataFrame:
        """The customers of a snapshot that `rows` selects, by id; a random draw if there are more than `most`.

        One row each with features and targets. Only one part of the snapshot is held in memory at a time, besides the
        result.
        """
        chosen = drawn(np.concatenate(self.ids(rows, shares)), f"rows {rows.cutoff}", most)
        tables, start = [], 0
        for part in self.parts(rows, shares):
            tables.append(part[chosen[start : start + len(part)]])
            start += len(part)
        return by_id(tables)

    def ids(self, rows: Rows, shares: CustomerShares) -> list[np.ndarray]:
        """The ids of the customers of a snapshot that `rows` selects, (n,) for each part."""
        of_parts = [storage.read_table(path, [CUSTOMER])[CUSTOMER].to_numpy(dtype=str) for path in self._parts(rows)]
        return [ids[in_parts(ids, rows.parts, shares)] for ids in of_parts]

    def parts(self, rows: Rows, shares: CustomerShares) -> Iterator[pd.DataFrame]:
        """The customers that `rows` selects, with features and targets, one part of the snapshot at a time."""
        for path in self._parts(rows):
            part = storage.read_table(path, needed=EVERY_SNAPSHOT)
            yield part[in_parts(part[CUSTOMER], rows.parts, shares)].reset_index(drop=True)

    def _parts(self, rows: Rows) -> list[Path]:
        return sorted((self.folder / str(rows.cutoff)).glob("*.parquet"))

    def window(self, cutoff: date) -> pd.DataFrame:
        """The histories at the cutoff of a labelled window (`clv.features.labelled_window`), one row each, by id.

        If a snapshot has the same cutoff, they are read from its columns.
        """
        if (self.folder / str(cutoff)).exists():
            return self.histories(cutoff)
        return self._table(self.folder / "windows" / str(cutoff), None, EVERY_WINDOW)

    def _table(self, folder: Path, columns: Sequence[str] | None, needed: Columns) -> pd.DataFrame:
        table = storage.read_table(folder, columns, needed=needed)
        with reading(folder):
            return table.sort_values(CUSTOMER, ignore_index=True)
