"""The rows of a few chosen customers of a large snapshot, looked up block by block."""

from dataclasses import dataclass

import pandas as pd

from clv.compute import Mapper
from clv.features.by_id import are_among, by_id
from clv.features.columns import CUSTOMER
from clv.features.drawn import drawn
from clv.features.params import CustomerShares
from clv.features.store import n_blocks, read_block, read_snapshot
from clv.features.timeline import Rows, in_parts


@dataclass(frozen=True)
class ChosenRows:
    """Customers by their `ids`, and the folder of snapshots in which a worker finds their rows."""

    snapshots: str
    rows: Rows
    ids: pd.Index

    def of_block(self, block: int) -> pd.DataFrame:
        """The complete rows of these customers in a block, by id."""
        table = read_block(self.snapshots, self.rows, block)
        return table[are_among(table[CUSTOMER], self.ids)]


def read_chosen(each: Mapper, snapshots: str, rows: Rows, ids: pd.Series) -> pd.DataFrame:
    """The complete rows of chosen customers of a snapshot, by id; `snapshots` is its folder as workers see it."""
    found = each(ChosenRows(snapshots, rows, pd.Index(ids)).of_block, n_blocks(rows))
    return by_id(found)


def read_ids(rows: Rows, shares: CustomerShares) -> pd.Series:
    """The ids of the customers selected by `rows`, ascending."""
    ids = read_snapshot(rows, [])[CUSTOMER]
    return ids[in_parts(ids, rows.parts, shares)].reset_index(drop=True)


def drawn_ids(ids: pd.Series, purpose: str, most: int) -> pd.Series:
    """All ids, or `most` of them, drawn by their hashes for a purpose (`clv.features.drawn`)."""
    return ids[drawn(ids.to_numpy(dtype=object), purpose, most)]
