"""Stored rows as LightGBM reads them: first single rows, to determine the bins, then all rows, piece by piece."""

from dataclasses import dataclass

import numpy as np

from clv.models.learners.stored_rows import ROWS_AT_ONCE, StoredRows


@dataclass(frozen=True)
class StoredSequence:
    """The rows by position, float64: a LightGBM `Sequence`, which must be registered as one before use."""

    rows: StoredRows
    batch_size: int = ROWS_AT_ONCE

    def __getitem__(self, at: int | slice) -> np.ndarray:
        if isinstance(at, slice):
            return self.rows.piece(at.start, at.stop).astype("float64")
        return self.rows.piece(at, at + 1)[0].astype("float64")

    def __len__(self) -> int:
        return len(self.rows)
