"""What learners make of the same rows, made once for all of them.

Of training rows, which are many, only what is small beside them: a matrix of bytes is, one of floats is not.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import finalize

import pandas as pd

T = TypeVar("T")
_kept: dict[int, dict[Hashable, Any]] = {}  # by the identity of a frame, for as long as it is there


def once(make: Callable[..., T], X: pd.DataFrame, *args: Hashable) -> T:
    """`make(X, *args)` of encoded features, which nobody changes: kept while they are there, for whoever asks again."""
    if id(X) not in _kept:
        _kept[id(X)] = {}
        finalize(X, _kept.pop, id(X), None)
    known, key = _kept[id(X)], (make, *args)
    if key not in known:
        known[key] = make(X, *args)
    found: T = known[key]
    return found
