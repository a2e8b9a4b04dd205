"""Converting raw columns to types. Values that cannot be read become null, which the rules then find.

For a categorical column each distinct value is read only once.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from clv.data import date_text
from clv.data.number_text import read_number

MINOR_PER_UNIT = 100  # money is computed in whole cents, so that sums are exact in any order
MICROSECONDS_PER_DAY = 86_400_000_000
LARGEST_AMOUNT = 1e10  # above this, cents of a whole shop would no longer sum exactly

_LARGEST_ID = 2.0**53  # above this, floats no longer distinguish whole numbers
_TRUE = {"true", "t", "yes", "y", "1", "1.0"}
_FALSE = {"false", "f", "no", "n", "0", "0.0"}


def as_text(values: pd.Series) -> pd.Series:
    """Text without surrounding blanks; blank text is null; whole floats (ids next to a missing value) lose their `.0`.

    A categorical column stays categorical, with one category per distinct text.
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        return replace_categories(values, as_text(_categories(values)))
    if pd.api.types.is_float_dtype(values):
        whole = values.notna() & (values % 1 == 0) & (values.abs() < _LARGEST_ID)
        text = values.astype("str").where(~whole, values.where(whole, 0).astype("int64").astype("str"))
        return text.where(values.notna()).astype("str")
    text = values.astype("str").str.strip()
    blank = (text == "").to_numpy(dtype=bool)
    return text.mask(blank) if blank.any() else text


def arrow_text(values: pd.Index | pd.Series) -> pa.Array:
    """Text as a single Arrow array; pandas may hold it in chunks."""
    texts = pa.array(values, pa.large_string(), from_pandas=True)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def replace_categories(values: pd.Series, texts: pd.Series) -> pd.Series:
    """A categorical with its categories replaced by `texts`; equal texts are merged, null ones become null."""
    if texts.equals(_categories(values)):
        return values
    codes, uniques = pd.factorize(texts)
    # Null has the code -1, which selects the last entry.
    taken = np.append(codes, -1)[values.cat.codes.to_numpy()]
    return pd.Series(pd.Categorical.from_codes(taken, pd.Index(uniques)), index=values.index)


def surrounding_blanks(values: pd.Series) -> np.ndarray:
    """Whether a text has surrounding blanks, per row; text of nothing but blanks counts as missing instead."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return np.append(surrounding_blanks(_categories(values)), False)[values.cat.codes.to_numpy()]
    if pd.api.types.is_numeric_dtype(values):
        return np.zeros(len(values), dtype=bool)
    text = values.astype("str")
    trimmed = text.str.strip()
    if trimmed.equals(text):
        return np.zeros(len(values), dtype=bool)
    return ((text != trimmed) & (trimmed != "") & text.notna()).to_numpy(dtype=bool)


def as_number(values: pd.Series, decimal: str = ".", formatted: bool = False) -> pd.Series:
    """Floats; NaN where there is no number. Text has the given decimal mark.

    `formatted` text may contain more than digits and that mark; see `clv.data.number_text`.
    """
    return _each(values, lambda plain: _as_number(plain, decimal, formatted))


def _as_number(values: pd.Series, decimal: str, formatted: bool) -> pd.Series:
    if values.dtype == "float64":
        return values
    given = values
    if decimal != "." and not pd.api.types.is_numeric_dtype(values):
        text = values.astype("str")
        values = text.where(~text.str.contains(".", regex=False).fillna(False)).str.replace(decimal, ".", regex=False)
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    if formatted and (odd := numbers.isna() & given.notna()).any():
        numbers[odd] = np.array([read_number(text, decimal) for text in given[odd]])
    return numbers


def as_flag(values: pd.Series) -> pd.Series:
    """Nullable booleans from true/false, yes/no, 1/0."""
    return _each(values, _as_flag)


def _as_flag(values: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(values):
        return values.astype("boolean")
    text = values.astype("str").str.strip().str.lower()
    known = text.isin(_TRUE | _FALSE)
    return text.isin(_TRUE).astype("boolean").where(known)


def as_minor(amounts: pd.Series) -> pd.Series:
    """Whole minor units (cents) of float amounts, nullable; NaN, infinite and impossibly large amounts are null."""
    values = amounts.to_numpy(dtype="float64")
    unusable = ~(np.abs(values) < LARGEST_AMOUNT)  # NaN too
    minor = np.rint(np.where(unusable, 0.0, values) * MINOR_PER_UNIT).astype("int64")
    return pd.Series(pd.arrays.IntegerArray(minor, unusable), index=amounts.index)


def as_time(values: pd.Series, time_zone: str, date_format: str | None = None) -> pd.Series:
    """Times without a zone, as shown by a clock in `time_zone`; NaT where a value cannot be read.

    Values with an offset are converted to `time_zone`; values without one are taken to be in it.
    """
    zone = ZoneInfo(time_zone)
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return date_text.in_zone(values, zone)
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[us]")
    return _each(values, lambda plain: date_text.read_text(plain.astype("str").str.strip(), zone, date_format))


def has_offset(values: pd.Series, date_format: str | None = None) -> np.ndarray:
    """Whether a time includes its offset from UTC, per row, so that `as_time` converts it."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return np.append(has_offset(_categories(values), date_format), False)[values.cat.codes.to_numpy()]
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values.notna().to_numpy()
    if pd.api.types.is_datetime64_any_dtype(values):
        return np.zeros(len(values), dtype=bool)
    if date_format is not None:
        return np.full(len(values), date_text.offset_in_format(date_format)) & values.notna().to_numpy()
    return date_text.offset_in_text(values.astype("str").str.strip()).to_numpy(dtype=bool)


def _each(values: pd.Series, read: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """Read each distinct value of a categorical column once, or all values of any other column."""
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return read(values)
    read_once = read(_categories(values)).array
    return pd.Series(read_once.take(values.cat.codes.to_numpy(), allow_fill=True), index=values.index)


def _categories(values: pd.Series) -> pd.Series:
    return pd.Series(values.cat.categories.array)
