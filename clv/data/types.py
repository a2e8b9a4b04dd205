"""From columns as they arrived to columns with a type. What cannot be read becomes null, for the rules to find."""

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from clv.errors import InputError

MINOR_PER_UNIT = 100  # money inside is whole cents, so that sums are exact in any order
LARGEST_AMOUNT = 1e10  # above this, cents of a whole shop would no longer sum exactly

_TRUE = {"true", "t", "yes", "y", "1", "1.0"}
_FALSE = {"false", "f", "no", "n", "0", "0.0"}
_ZONE_AT_END = r"[T ].*(?:Z|[+-]\d{2}(?::?\d{2})?)$"


def as_text(values: pd.Series) -> pd.Series:
    """Text without surrounding blanks; blank is null; whole floats (ids that met a missing value) lose their `.0`."""
    if pd.api.types.is_float_dtype(values):
        whole = values.notna() & (values % 1 == 0)
        text = values.astype("str").where(~whole, values.where(whole, 0).astype("int64").astype("str"))
        return text.where(values.notna()).astype("str")
    text = values.astype("str").str.strip()
    return text.where(text.notna() & (text != ""))


def as_number(values: pd.Series, decimal: str = ".") -> pd.Series:
    """Floats; what is not a number is NaN. Text has the decimal mark given and no thousands separators."""
    if decimal != "." and not pd.api.types.is_numeric_dtype(values):
        text = values.astype("str")
        values = text.where(~text.str.contains(".", regex=False).fillna(False)).str.replace(decimal, ".", regex=False)
    return pd.to_numeric(values, errors="coerce").astype("float64")


def as_flag(values: pd.Series) -> pd.Series:
    """Nullable booleans from true/false, yes/no, 1/0."""
    if pd.api.types.is_bool_dtype(values):
        return values.astype("boolean")
    text = values.astype("str").str.strip().str.lower()
    known = text.isin(_TRUE | _FALSE)
    return text.isin(_TRUE).astype("boolean").where(known)


def as_minor(amounts: pd.Series) -> pd.Series:
    """Whole minor units (cents) of float amounts, nullable; NaN, infinite and impossibly large amounts are null."""
    usable = np.isfinite(amounts) & (amounts.abs() < LARGEST_AMOUNT)
    return (amounts.where(usable) * MINOR_PER_UNIT).round().astype("Int64")


def as_time(values: pd.Series, time_zone: str, date_format: str | None = None) -> pd.Series:
    """Times without a zone, as a clock in `time_zone` would have shown them; unparseable values are NaT.

    Values with an offset are converted to `time_zone`, values without one are taken to be in it already.
    """
    zone = ZoneInfo(time_zone)
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return _in_zone(values, zone)
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[us]")
    text = values.astype("str").str.strip()
    if date_format is not None:
        has_zone = "%z" in date_format or "%Z" in date_format
        try:
            parsed = pd.to_datetime(text, format=date_format, errors="coerce", utc=has_zone)
        except ValueError as error:
            raise InputError(
                f"parameter 'generate.files.date_format' must be a strptime format such as '%d.%m.%Y %H:%M', "
                f"got {date_format!r}: {error}"
            ) from None
        return _in_zone(parsed, zone) if has_zone else parsed.astype("datetime64[us]")
    zoned = text.str.contains(_ZONE_AT_END, regex=True, na=False).astype(bool)
    plain = pd.to_datetime(text.where(~zoned), format="ISO8601", errors="coerce").astype("datetime64[us]")
    if not zoned.any():
        return plain
    return plain.where(
        ~zoned, _in_zone(pd.to_datetime(text.where(zoned), format="ISO8601", errors="coerce", utc=True), zone)
    )


def _in_zone(values: pd.Series, zone: ZoneInfo) -> pd.Series:
    return values.dt.tz_convert(zone).dt.tz_localize(None).astype("datetime64[us]")
