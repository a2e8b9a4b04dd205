"""Labelled rows that exceed memory: encoded features in a file, which learners read piece by piece."""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from clv.errors import InputError
from clv.models.learners.matrices import categorical, coded

ROWS_AT_ONCE = 65_536
CELL = np.dtype("<f4")  # as XGBoost stores it
BESIDE = 0.5  # of the file size, at most, that XGBoost writes beside it: a bin takes one or two bytes


@dataclass(frozen=True)
class StoredRows:
    """A file of cells, row by row, with categories as codes and NaN for missing.

    `categorical` (columns,) marks the columns that are categories. `y` are the values of the rows and `unit` the
    denominators of their ratios, (n,) money.
    """

    path: Path
    categorical: np.ndarray
    y: np.ndarray
    unit: np.ndarray

    def __len__(self) -> int:
        return len(self.y)

    def piece(self, first: int, last: int) -> np.ndarray:
        """The rows from `first` to before `last`, (rows, columns)."""
        width = len(self.categorical)
        cells = np.fromfile(self.path, CELL, (last - first) * width, offset=first * width * CELL.itemsize)
        return cells.reshape(-1, width)

    def pieces(self) -> Iterator[tuple[slice, np.ndarray]]:
        """All rows in order: the slice of each piece, and the piece."""
        for first in range(0, len(self), ROWS_AT_ONCE):
            last = min(first + ROWS_AT_ONCE, len(self))
            yield slice(first, last), self.piece(first, last)


def store_rows(
    path: Path, n: int, portions: Iterable[tuple[np.ndarray, pd.DataFrame, np.ndarray, np.ndarray]]
) -> StoredRows:
    """Write n rows to a file, in portions: the position of each row (m,), encoded features, `y` and `unit`.

    Raises `InputError` if there is not enough disk space.
    """
    y, unit, kinds = np.empty(n), np.empty(n), np.empty(0, dtype=bool)
    for place, X, of_rows, to in portions:
        y[place], unit[place], kinds = of_rows, to, categorical(X)
        if not path.exists():
            _reserve(path, n * len(kinds) * CELL.itemsize)
        # Mapped again for each portion, so that the pages of the previous one are released.
        cells = np.memmap(path, CELL, "r+", shape=(n, len(kinds)))
        with np.errstate(over="ignore"):  # larger than any threshold in any case
            cells[place] = coded(X)
        cells.flush()
    return StoredRows(path, kinds, y, unit)


def _reserve(path: Path, size: int) -> None:
    """Create a file of `size` bytes, and check that there is space for what XGBoost stores beside it.

    If the disk runs full under a mapped file, the process is killed without a message.
    """
    reserve = getattr(os, "posix_fallocate", lambda file, _, size: os.ftruncate(file, size))
    try:
        if shutil.disk_usage(path.parent).free < size * (1 + BESIDE):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with path.open("wb") as file:
            reserve(file.fileno(), 0, size)
    except OSError as error:
        raise InputError(
            f"train.rows is all, and {size * (1 + BESIDE) / 1e9:.1f} GB of rows do not fit into {path.parent} "
            f"({error.strerror}); set TMPDIR to a folder on a larger disk, or train.rows to drawn"
        ) from None
