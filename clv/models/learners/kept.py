"""What learners make of the same rows, made once for all of them.

Of training rows, which are many, only what is small beside them: a matrix of bytes is, one of floats is not.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import finalize

import pandas as pd

from clv.models.learners.stored_rows import StoredRows

T = TypeVar("T")
Rows = TypeVar("Rows", pd.DataFrame, StoredRows)
_kept: dict[int, dict[Hashable, Any]] = {}  # by the identity of rows, for as long as they are there


def once(make: Callable[..., T], rows: Rows, *args: Hashable) -> T:
    """`make(rows, *args)` of encoded rows, which nobody changes: kept while they are there, for whoever asks again."""
    if id(rows) not in _kept:
        _kept[id(rows)] = {}
        finalize(rows, _kept.pop, id(rows), None)
    known, key = _kept[id(rows)], (make, *args)
    if key not in known:
        known[key] = make(rows, *args)
    found: T = known[key]
    return found
