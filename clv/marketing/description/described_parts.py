"""Describing block by block: what each block contributes to the tables of all customers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from clv import block_parts, paths
from clv.artifacts import TABLE
from clv.damage import reading
from clv.features.columns import CUSTOMER
from clv.features.store import read_block
from clv.features.timeline import Rows
from clv.marketing.description.shown_customers import candidates
from clv.marketing.description.sold import Sold, sold
from clv.marketing.store import read_values_block
from clv.table_shape import require_columns

LINES = (CUSTOMER, "order_ts", "amount_minor")


@dataclass(frozen=True)
class DescribedParts:
    """Folders (paths or URLs) of the clean transactions, of snapshots and of customer values."""

    transactions: str
    snapshots: str
    values: str

    def sold(self, block: int) -> Sold:
        """Counts of what the customers of a block bought."""
        path = f"{self.transactions}/{paths.part(block)}"
        lines = block_parts.read_part(path, LINES, needed=LINES).to_pandas()
        with reading(Path(path)):
            require_columns(lines.drop(columns=CUSTOMER), TABLE[paths.clean("transactions")], whole=False)
        return sold(lines)

    def ids(self, rows: Rows, block: int) -> np.ndarray:
        """The ids of the customers of a snapshot's block, (n,)."""
        return read_block(self.snapshots, rows, block, [])[CUSTOMER].to_numpy(dtype=str)

    def drawn(self, rows: Rows, columns: Sequence[str], chosen: Sequence[np.ndarray], block: int) -> pd.DataFrame:
        """Columns of the customers of a snapshot's block who are chosen; `chosen` has a mask (n,) for each block."""
        return read_block(self.snapshots, rows, block, columns)[chosen[block]]

    def columns(self, rows: Rows, names: Sequence[str], block: int) -> dict[str, np.ndarray]:
        """Columns of numbers of a snapshot's block by name, (n,) float64."""
        found = read_block(self.snapshots, rows, block, names)
        return {name: found[name].to_numpy("float64") for name in names}

    def forecasts(self, block: int) -> pd.DataFrame:
        """The forecasts of a block's customers for figures of all: predicted_clv, p_purchase; and tier."""
        columns = ["predicted_clv", "p_purchase", "tier"]
        return read_values_block(self.values, block, columns)[columns].astype({"tier": "category"})

    def candidates(self, n: int, least: float, others: Collection[str | None], block: int) -> pd.DataFrame:
        """Rows of customers of a block whom pages may name; see `clv.marketing.description.shown_customers`."""
        return candidates(read_values_block(self.values, block), n, least, others)
