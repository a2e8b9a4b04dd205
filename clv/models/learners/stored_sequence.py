"""Stored rows as LightGBM reads them: some singly, to find the limits of bins, then all, a piece at a time."""

from dataclasses import dataclass

import numpy as np

from clv.models.learners.stored_rows import ROWS_AT_ONCE, StoredRows


@dataclass(frozen=True)
class StoredSequence:
    """The rows by place, of float64: what LightGBM calls a `Sequence`, which it is told before it sees one."""

    rows: StoredRows
    batch_size: int = ROWS_AT_ONCE

    def __getitem__(self, at: int | slice) -> np.ndarray:
        if isinstance(at, slice):
            return self.rows.piece(at.start, at.stop).astype("float64")
        return self.rows.piece(at, at + 1)[0].astype("float64")

    def __len__(self) -> int:
        return len(self.rows)
