"""From columns as they arrived to columns with a type. What cannot be read becomes null, for the rules to find.

Columns may be categorical: then each distinct value is read once.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from clv.errors import InputError

MINOR_PER_UNIT = 100  # money inside is whole cents, so that sums are exact in any order
MICROSECONDS_PER_DAY = 86_400_000_000
LARGEST_AMOUNT = 1e10  # above this, cents of a whole shop would no longer sum exactly

_LARGEST_ID = 2.0**53  # above this, floats no longer tell whole numbers apart
_TRUE = {"true", "t", "yes", "y", "1", "1.0"}
_FALSE = {"false", "f", "no", "n", "0", "0.0"}
_CALENDAR = (pd.Timestamp("0001-01-02", tz="UTC"), pd.Timestamp("9999-12-30", tz="UTC"))
_WHOLE_DATE = r"\d{4}-?\d{2}-?\d{2}"  # ISO 8601 has years and months alone too: no date of an order
_ZONE_AT_END = r"[T ].*(?:Z|[+-]\d{2}(?::?\d{2})?)$"


def as_text(values: pd.Series) -> pd.Series:
    """Text without surrounding blanks; blank is null; whole floats (ids that met a missing value) lose their `.0`.

    Categories stay categories, one for each text that is left.
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


def replace_categories(values: pd.Series, texts: pd.Series) -> pd.Series:
    """A categorical whose categories became `texts`, one for each; equal texts become one category, null ones null."""
    if texts.equals(_categories(values)):
        return values
    codes, uniques = pd.factorize(texts)
    # Null has the code -1, which takes the entry at the end.
    taken = np.append(codes, -1)[values.cat.codes.to_numpy()]
    return pd.Series(pd.Categorical.from_codes(taken, pd.Index(uniques)), index=values.index)


def surrounding_blanks(values: pd.Series) -> np.ndarray:
    """Whether a text has blanks around it, per row; text of nothing but blanks is missing instead."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return np.append(surrounding_blanks(_categories(values)), False)[values.cat.codes.to_numpy()]
    if pd.api.types.is_numeric_dtype(values):
        return np.zeros(len(values), dtype=bool)
    text = values.astype("str")
    trimmed = text.str.strip()
    if trimmed.equals(text):
        return np.zeros(len(values), dtype=bool)
    return ((text != trimmed) & (trimmed != "") & text.notna()).to_numpy(dtype=bool)


def as_number(values: pd.Series, decimal: str = ".") -> pd.Series:
    """Floats; what is not a number is NaN. Text has the decimal mark given and no thousands separators."""
    return _each(values, lambda plain: _as_number(plain, decimal))


def _as_number(values: pd.Series, decimal: str) -> pd.Series:
    if values.dtype == "float64":
        return values
    if decimal != "." and not pd.api.types.is_numeric_dtype(values):
        text = values.astype("str")
        values = text.where(~text.str.contains(".", regex=False).fillna(False)).str.replace(decimal, ".", regex=False)
    return pd.to_numeric(values, errors="coerce").astype("float64")


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
    """Times without a zone, as a clock in `time_zone` would have shown them; unparseable values are NaT.

    Values with an offset are converted to `time_zone`, values without one are taken to be in it already.
    """
    zone = ZoneInfo(time_zone)
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return _in_zone(values, zone)
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[us]")
    return _each(values, lambda plain: _parsed(plain.astype("str").str.strip(), zone, date_format))


def has_offset(values: pd.Series, date_format: str | None = None) -> np.ndarray:
    """Whether a time says its offset from UTC, per row, so that `as_time` converts it."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return np.append(has_offset(_categories(values), date_format), False)[values.cat.codes.to_numpy()]
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values.notna().to_numpy()
    if pd.api.types.is_datetime64_any_dtype(values):
        return np.zeros(len(values), dtype=bool)
    if date_format is not None:
        return np.full(len(values), _zoned(date_format)) & values.notna().to_numpy()
    return _offset_at_end(values.astype("str").str.strip()).to_numpy(dtype=bool)


def _parsed(text: pd.Series, zone: ZoneInfo, date_format: str | None) -> pd.Series:
    if date_format is not None:
        try:
            parsed = pd.to_datetime(text, format=date_format, errors="coerce", utc=_zoned(date_format))
        except ValueError as error:
            raise InputError(
                f"parameter 'generate.files.date_format' must be a strptime format such as '%d.%m.%Y %H:%M', "
                f"got {date_format!r}: {error}"
            ) from None
        return _in_zone(parsed, zone) if _zoned(date_format) else parsed.astype("datetime64[us]")
    text = text.where(text.str.match(_WHOLE_DATE, na=False))
    zoned = _offset_at_end(text)
    plain = pd.to_datetime(text.where(~zoned), format="ISO8601", errors="coerce").astype("datetime64[us]")
    if not zoned.any():
        return plain
    return plain.where(
        ~zoned, _in_zone(pd.to_datetime(text.where(zoned), format="ISO8601", errors="coerce", utc=True), zone)
    )


def _offset_at_end(text: pd.Series) -> pd.Series:
    return text.str.contains(_ZONE_AT_END, regex=True, na=False).astype(bool)


def _zoned(date_format: str) -> bool:
    return "%z" in date_format or "%Z" in date_format


def _in_zone(values: pd.Series, zone: ZoneInfo) -> pd.Series:
    values = values.astype("datetime64[us, UTC]")
    values = values.where(values.between(*_CALENDAR))  # Python has no clock for what a zone moves beyond its calendar
    return values.dt.tz_convert(zone).dt.tz_localize(None).astype("datetime64[us]")


def _each(values: pd.Series, read: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """Read every distinct value of a categorical once, or a plain column as it is."""
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return read(values)
    read_once = read(_categories(values)).array
    return pd.Series(read_once.take(values.cat.codes.to_numpy(), allow_fill=True), index=values.index)


def _categories(values: pd.Series) -> pd.Series:
    return pd.Series(values.cat.categories.array)
