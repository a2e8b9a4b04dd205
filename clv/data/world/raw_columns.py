"""Columns of the raw tables, built from whole arrays."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

SECONDS_PER_DAY = 86_400


def numbered(prefix: str, numbers: np.ndarray, width: int) -> pd.Series:
    """(n,) ids: the prefix followed by a number of `width` digits."""
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
    return pd.Series(pd.array(pc.binary_join_element_wise(prefix, digits, ""), dtype="str"))


def labels(names: Sequence[str | None] | pd.Series, codes: np.ndarray) -> pd.Series:
    """The name at each code, (n,) text."""
    values = pa.array(names, pa.string())
    return pd.Series(pd.array(values.take(pa.array(codes)), dtype="str"))


def timestamps(start: date, days: np.ndarray) -> pd.Series:
    """Times, to the second, at some days after the beginning of a date."""
    seconds = (days * SECONDS_PER_DAY).round().astype("int64")
    return pd.Series(np.datetime64(start, "us") + seconds.astype("timedelta64[s]"))
