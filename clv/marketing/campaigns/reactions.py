"""Touches and orders as arrays: their customer, kind and hour."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

HOURS = 24
HOUR = 3_600_000_000  # microseconds
REACTIONS = ("clicked", "opened")  # a click is stronger evidence: an ad counts as opened when it was only seen


def rows_of(events: pd.Series, customers: pd.Series) -> np.ndarray:
    """The position in `customers` (n,) of the customer of each event (m,), text or categories; -1 if not among them."""
    if not isinstance(events.dtype, pd.CategoricalDtype):
        events = events.astype("str").astype("category")
    known = pa.array(events.cat.categories.astype("str"))
    at = np.asarray(pc.fill_null(pc.index_in(known, value_set=pa.array(customers.astype("str"))), -1))
    code = events.cat.codes.to_numpy()
    return np.append(at, -1)[code].astype("int64")  # the code of a missing category is -1


def hour_of(times: pd.Series) -> np.ndarray:
    """The hour of the day of each time, 0 to 23, (m,); -1 if missing, or midnight sharp, which is a date alone."""
    at = times.to_numpy(dtype="datetime64[us]")
    clock = at.astype("int64") % (HOURS * HOUR)
    return np.where((clock > 0) & ~np.isnat(at), clock // HOUR, -1)


def reactions_in(touches: pd.DataFrame) -> set[str]:
    """Which of REACTIONS have a value."""
    return {name for name in REACTIONS if name in touches and touches[name].notna().any()}


def reaction(known: Collection[str]) -> str | None:
    """The column that shows whether a customer reacted: the first of REACTIONS that has a value anywhere, or None."""
    return next((name for name in REACTIONS if name in known), None)


def is_true(touches: pd.DataFrame, name: str | None) -> np.ndarray:
    """Whether a flag of each touch is set, (m,); False where that is not known."""
    if name is None:
        return np.zeros(len(touches), dtype=bool)
    return touches[name].fillna(False).to_numpy(dtype=bool)


def counts(keys: np.ndarray, n: int, weights: np.ndarray | None = None) -> np.ndarray:
    """How often each key from 0 to n - 1 occurs, or the sum of its whole-numbered weights, (n,): exact in any order."""
    return np.bincount(keys, weights, minlength=n).astype("int64")


def counted(levels: Mapping[str, Iterable[Any]], *codes: np.ndarray) -> pd.Series:
    """How often each combination of the levels occurs, zeros included; `codes` are the positions of events in them."""
    every = pd.MultiIndex.from_product([list(names) for names in levels.values()], names=list(levels))
    sizes = every.levshape
    keys = np.ravel_multi_index(codes, sizes) if len(codes[0]) else np.empty(0, dtype="int64")
    return pd.Series(counts(keys, len(every)), every)


def summed(parts: Sequence[pd.Series]) -> pd.Series:
    """The sum of the counts of blocks, for each combination of the levels that occurs in any of them."""
    whole = pd.concat(parts)
    return whole.groupby(level=list(range(whole.index.nlevels))).sum().astype("int64")
