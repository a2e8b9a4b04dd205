"""Computing each distinct row once: histories in whole days are shared by many customers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

Rows = tuple[np.ndarray, ...]  # equally long columns
FEW = 4_096  # rows that are computed directly, and the size of a batch, so that its nodes stay in cache


def unique_rows(columns: Rows, weight: np.ndarray | None = None) -> tuple[Rows, np.ndarray, np.ndarray]:
    """The distinct rows of float columns (n,), ascending: columns (k,), summed weights (k,), position of each row (n,).

    Without `weight` each row counts once.
    """
    place, size = _codes(columns[0])
    for column in columns[1:]:
        codes, n_codes = _codes(column)
        if size * n_codes > 2**62:
            place, size = _compact(place, size)
        place, size = place * n_codes + codes, size * n_codes
    place, size = _compact(place, size)
    example = np.empty(size, dtype="int64")
    example[place] = np.arange(len(place))
    return tuple(c[example] for c in columns), np.bincount(place, weights=weight, minlength=size).astype(float), place


def mean_rows(columns: Rows, weight: np.ndarray, keys: Rows) -> tuple[Rows, np.ndarray]:
    """Weighted means of the columns over rows with equal keys, and their summed weights, both (k,)."""
    _, total, place = unique_rows(keys, weight)
    return tuple(np.bincount(place, weights=weight * column) / total for column in columns), total


def once_per_row(function: Callable[..., np.ndarray], *columns: Any) -> np.ndarray:
    """Apply `function`, which works row by row, to columns that broadcast, computing each distinct row once."""
    whole = np.broadcast_arrays(*(np.asarray(column, dtype="float64") for column in columns))
    rows: Rows = tuple(column.ravel() for column in whole)
    if rows[0].size <= FEW:
        return np.asarray(function(*rows)).reshape(whole[0].shape)
    rows, _, place = unique_rows(rows)
    parts = [function(*(c[start : start + FEW] for c in rows)) for start in range(0, len(rows[0]), FEW)]
    return np.concatenate(parts)[place].reshape(whole[0].shape)


def once_per_count(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """Apply `function`, which works along the last axis, to whole numbers x (n,) via a table up to the largest.

    It is applied to x itself if that is less work.
    """
    if x.max(initial=0) >= len(x):
        return function(x)
    return function(np.arange(x.max() + 1))[..., np.rint(x).astype("int64")]


def once_per_value(function: Callable[..., np.ndarray], *columns: np.ndarray) -> np.ndarray:
    """Apply `function`, which works along the last axis, to columns (n,), computing each distinct row once."""
    rows, _, place = unique_rows(columns)
    return np.take(function(*rows), place, axis=-1)


def _codes(column: np.ndarray) -> tuple[np.ndarray, int]:
    """Whole-number codes in the order of the values, (n,), and an upper bound that all codes are below."""
    low, high = column.min(), column.max()
    if high - low < 4 * len(column) + 1_000 and (column == np.floor(column)).all():
        return (column - low).astype("int64"), int(high - low) + 1
    codes, values = pd.factorize(column, sort=True)
    return codes, len(values)


def _compact(codes: np.ndarray, size: int) -> tuple[np.ndarray, int]:
    """Codes below `size` renumbered without gaps, and the number of distinct codes."""
    if size <= 8 * len(codes) + 1_000:
        seen = np.zeros(size, dtype=bool)
        seen[codes] = True
        number = np.cumsum(seen)
        return (number - 1)[codes], int(number[-1])
    numbered, values = pd.factorize(codes, sort=True)
    return numbered, len(values)
