"""A cache for what learners compute from the same rows.

For training rows, which are many, only results that are small beside them are cached: a matrix of bytes, but not one of
floats.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import finalize

import pandas as pd

from clv.models.learners.stored_rows import StoredRows

T = TypeVar("T")
Rows = TypeVar("Rows", pd.DataFrame, StoredRows)
_kept: dict[int, dict[Hashable, Any]] = {}  # by the identity of rows, for their lifetime


def once(make: Callable[..., T], rows: Rows, *args: Hashable) -> T:
    """`make(rows, *args)` for encoded rows, which must not change; the result is cached as long as they exist."""
    if id(rows) not in _kept:
        _kept[id(rows)] = {}
        finalize(rows, _kept.pop, id(rows), None)
    known, key = _kept[id(rows)], (make, *args)
    if key not in known:
        known[key] = make(rows, *args)
    found: T = known[key]
    return found
