"""Stored rows as XGBoost's external-memory matrix, which stores them as bins in a second file beside theirs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from clv.models.learners.stored_rows import StoredRows

if TYPE_CHECKING:
    import xgboost as xgb


def kinds(categorical: np.ndarray) -> list[str]:
    """XGBoost's type codes for columns (columns,) that are categories or numbers.

    Columns are identified by position: XGBoost refuses names with [, ] or <, and a feature may be called "under <18".
    """
    return ["c" if is_category else "q" for is_category in categorical]


def stored_matrix(rows: StoredRows, label: np.ndarray, weight: np.ndarray, threads: int) -> "xgb.DMatrix":
    """The matrix of stored rows, labels (n,) and weights (n,); it needs their file for its whole lifetime."""
    import xgboost as xgb

    class PiecesInTurn(xgb.DataIter):
        """Iterates over the pieces of the rows, as often as XGBoost needs them."""

        def __init__(self) -> None:
            self.left = rows.pieces()
            super().__init__(cache_prefix=str(rows.path.with_suffix(".xgboost")))

        def reset(self) -> None:
            self.left = rows.pieces()

        def next(self, input_data: Callable[..., None]) -> bool:
            for which, cells in self.left:
                types = kinds(rows.categorical)
                input_data(data=cells, label=label[which], weight=weight[which], feature_types=types)
                return True
            return False

    return xgb.ExtMemQuantileDMatrix(PiecesInTurn(), enable_categorical=True, nthread=threads)
