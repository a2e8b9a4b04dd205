"""Stored rows as LightGBM reads them: some singly, to find the limits of bins, then all, a piece at a time."""

from typing import TYPE_CHECKING

import numpy as np

from clv.models.learners.stored_rows import ROWS_AT_ONCE, StoredRows

if TYPE_CHECKING:
    import lightgbm as lgb


def stored_sequence(rows: StoredRows) -> "lgb.Sequence":
    """The stored rows, of float64."""
    import lightgbm as lgb

    class PiecesByPlace(lgb.Sequence):  # type: ignore[misc]
        """The rows by place."""

        batch_size = ROWS_AT_ONCE

        def __getitem__(self, at: int | slice | list[int]) -> np.ndarray:
            if isinstance(at, slice):
                return rows.piece(at.start, at.stop).astype("float64")
            if isinstance(at, list):
                return np.stack([self[one] for one in at])
            return rows.piece(at, at + 1)[0].astype("float64")

        def __len__(self) -> int:
            return len(rows)

    return PiecesByPlace()
