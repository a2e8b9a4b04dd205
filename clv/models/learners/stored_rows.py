"""Labelled rows that are too many for memory: encoded features in a file, which learners read a piece at a time."""

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
CELL = np.dtype("<f4")  # as XGBoost keeps it
BESIDE = 0.5  # of the size of the file, at most, that XGBoost writes beside it: a bin takes one or two bytes


@dataclass(frozen=True)
class StoredRows:
    """A file of cells, row by row, categories as codes and NaN where missing; which columns are categories, (columns,).

    `y` are the values of the rows and `unit` what ratios are to, (n,) money.
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
        """All rows in their order: which ones, and what `piece` gives of them."""
        for first in range(0, len(self), ROWS_AT_ONCE):
            last = min(first + ROWS_AT_ONCE, len(self))
            yield slice(first, last), self.piece(first, last)


def store_rows(
    path: Path, n: int, portions: Iterable[tuple[np.ndarray, pd.DataFrame, np.ndarray, np.ndarray]]
) -> StoredRows:
    """Write n rows to a file, in portions: the place of each row (m,), encoded features, `y` and `unit`.

    Raises `InputError` where the disk has no room for them.
    """
    y, unit, kinds = np.empty(n), np.empty(n), np.empty(0, dtype=bool)
    for place, X, of_rows, to in portions:
        y[place], unit[place], kinds = of_rows, to, categorical(X)
        if not path.exists():
            _reserve(path, n * len(kinds) * CELL.itemsize)
        # Mapped anew for each portion: the pages of the one before need not stay.
        cells = np.memmap(path, CELL, "r+", shape=(n, len(kinds)))
        with np.errstate(over="ignore"):  # beyond every threshold, however far
            cells[place] = coded(X)
        cells.flush()
    return StoredRows(path, kinds, y, unit)


def _reserve(path: Path, size: int) -> None:
    """Make a file of so many bytes, and see that there is room for what XGBoost keeps beside it.

    A mapped file for which the disk turns out to have no room kills the process without a word.
    """
    reserve = getattr(os, "posix_fallocate", lambda file, _, size: os.ftruncate(file, size))
    try:
        if shutil.disk_usage(path.parent).free < size * (1 + BESIDE):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with path.open("wb") as file:
            reserve(file.fileno(), 0, size)
    except OSError as error:
        raise InputError(
            f"train.rows is all, and {size * (1 + BESIDE) / 1e9:.1f} GB of rows do not go into {path.parent} "
            f"({error.strerror}); set TMPDIR to a folder on a larger disk, or train.rows to drawn"
        ) from None
