"""Blocks of whole customers.

A hash of the customer divides the clean tables, so that each block holds all data of its customers and can be processed
alone, in any order and on any machine.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Blocks:
    """How the clean tables are divided: `n` blocks; rows and columns by table; first and last day of the lines."""

    n: int
    rows: dict[str, int]
    columns: dict[str, tuple[str, ...]]
    first_day: date
    last_day: date

    @property
    def known_columns(self) -> set[str]:
        """The columns of all tables that have rows, named as in `customers.channel`."""
        return {f"{table}.{name}" for table, names in self.columns.items() if self.rows[table] for name in names}

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"first_day": self.first_day.isoformat(), "last_day": self.last_day.isoformat()}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Blocks":
        """Restore what `to_dict` returned."""
        return cls(
            content["n"],
            dict(content["rows"]),
            {table: tuple(names) for table, names in content["columns"].items()},
            date.fromisoformat(content["first_day"]),
            date.fromisoformat(content["last_day"]),
        )


def count_blocks(rows: Mapping[str, int], rows_per_block: int) -> int:
    """The number of blocks, at least 1, with which no block of a table has more than about `rows_per_block` rows."""
    return max(1, -(-max(rows.values()) // rows_per_block))


def block_of(customer_ids: pd.Index, n_blocks: int) -> np.ndarray:
    """The block of each customer, (n,) from 0, by pandas' hash of the id's UTF-8, the same on every machine."""
    if n_blocks == 1:
        return np.zeros(len(customer_ids), dtype="int64")
    hashed = pd.util.hash_array(customer_ids.to_numpy(dtype=object), categorize=False)
    return (hashed % np.uint64(n_blocks)).astype("int64")
