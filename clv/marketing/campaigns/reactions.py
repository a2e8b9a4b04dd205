"""Touches and orders as arrays: whose, of which kind, at which hour."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

HOURS = 24
REACTIONS = ("clicked", "opened")  # a click says more: an ad counts as opened when it was only seen


def rows_of(events: pd.Series, customers: pd.Series) -> np.ndarray:
    """The position in `customers` (n,) of the customer of each event (m,); -1 for one who is not among them."""
    at = pc.index_in(pa.array(events.astype("str")), value_set=pa.array(customers.astype("str")))
    return np.asarray(pc.fill_null(at, -1)).astype("int64")


def hour_of(times: pd.Series) -> np.ndarray:
    """The hour of the day of each time, 0 to 23, (m,); -1 for none, and for midnight sharp, which is a date alone."""
    clock = times - times.dt.normalize()
    known = (clock > pd.Timedelta(0)).to_numpy(dtype=bool)
    return np.where(known, times.dt.hour.fillna(0).to_numpy(dtype="int64"), -1)


def reaction(touches: pd.DataFrame) -> str | None:
    """The column that says whether a customer reacted: the first of REACTIONS that has a value, or None."""
    return next((name for name in REACTIONS if name in touches and touches[name].notna().any()), None)


def is_true(touches: pd.DataFrame, name: str | None) -> np.ndarray:
    """Whether a flag of each touch is set, (m,); False where that is not known."""
    if name is None:
        return np.zeros(len(touches), dtype=bool)
    return touches[name].fillna(False).to_numpy(dtype=bool)


def counts(keys: np.ndarray, n: int, weights: np.ndarray | None = None) -> np.ndarray:
    """How often each key from 0 to n - 1 occurs, or the sum of its whole-numbered weights, (n,): exact in any order."""
    return np.bincount(keys, weights, minlength=n).astype("int64")
