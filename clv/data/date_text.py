"""Dates and times as text, read in a format: ISO 8601, a strptime format, or a count of days or seconds."""

import re
from zoneinfo import ZoneInfo

import pandas as pd

from clv.data.clock_counts import COUNTS, read_count
from clv.errors import InputError

_CALENDAR = (pd.Timestamp("0001-01-02", tz="UTC"), pd.Timestamp("9999-12-30", tz="UTC"))
_WHOLE_DATE = r"\d{4}-?\d{2}-?\d{2}"  # ISO 8601 also allows a year or a month alone, which is no order date
_UTC = "UTC|GMT"
_ZONE_AT_END = rf"[T ].*(?:Z|{_UTC}|[+-]\d{{2}}(?::?\d{{2}})?)$"
# A format that ends in a name of UTC, as letters or as a directive. strptime would skip the letters and drop the zone,
# and for the directive would accept the names of the machine's own zone.
_UTC_ENDS_FORMAT = re.compile(rf"\s?(?:%Z|{_UTC}|Z)$")
_UTC_ENDS_TEXT = rf"\s?(?:{_UTC}|Z)$"
_ZONE_AT_FORMAT_END = re.compile(r"(?<![A-Za-z])(?:[A-Z]{3,5}|[A-Z][A-Za-z]+/[A-Z][A-Za-z_/]+|[+-]\d{2}:?\d{2})$")


def read_text(text: pd.Series, zone: ZoneInfo, date_format: str | None) -> pd.Series:
    """Times without a zone, datetime64[us], as shown by a clock in `zone`; NaT for text that cannot be read."""
    if date_format in COUNTS:
        times = read_count(text, date_format)
        return in_zone(times.dt.tz_localize("UTC"), zone) if COUNTS[date_format].utc else times
    return _iso(text, zone) if date_format is None else _strptime(text, zone, date_format)


def offset_in_text(text: pd.Series) -> pd.Series:
    """Whether a time in ISO 8601 includes its offset from UTC."""
    return text.str.contains(_ZONE_AT_END, regex=True, na=False).astype(bool)


def offset_in_format(date_format: str) -> bool:
    """Whether times in a format include their offset from UTC."""
    if date_format in COUNTS:
        return COUNTS[date_format].utc
    return "%z" in date_format or _UTC_ENDS_FORMAT.search(date_format) is not None


def require_no_other_zone(date_format: str) -> None:
    """Refuse a format that ends in the name of a zone other than UTC or in a fixed offset: both would be dropped."""
    found = _ZONE_AT_FORMAT_END.search(re.sub("%.", "%", date_format))
    if found is None or _UTC_ENDS_FORMAT.search(date_format):
        return
    remedy = "end the format with %z, which reads it"
    if found[0][0] not in "+-":
        remedy = "write offsets such as +01:00 in the file and end the format with %z, or leave the zone out of the "
        remedy += "file and set preprocess.time_zone to it"
    raise InputError(
        f"parameter 'generate.files.date_format' ends in the zone {found[0]}, which would be dropped, got "
        f"{date_format!r}; {remedy}"
    )


def in_zone(values: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Times with a zone, as shown by a clock in another zone."""
    values = values.astype("datetime64[us, UTC]")
    values = values.where(values.between(*_CALENDAR))  # a zone could move other times beyond Python's calendar
    return values.dt.tz_convert(zone).dt.tz_localize(None).astype("datetime64[us]")


def _iso(text: pd.Series, zone: ZoneInfo) -> pd.Series:
    text = text.where(text.str.match(_WHOLE_DATE, na=False))
    zoned = offset_in_text(text)
    plain = pd.to_datetime(text.where(~zoned), format="ISO8601", errors="coerce").astype("datetime64[us]")
    if not zoned.any():
        return plain
    offsets = text.where(zoned).str.replace(rf"(\d) ?(?:{_UTC})([+-]|$)", r"\1 \2", regex=True)
    offsets = offsets.str.replace(r" $", "Z", regex=True)
    return plain.where(~zoned, in_zone(pd.to_datetime(offsets, format="ISO8601", errors="coerce", utc=True), zone))


def _strptime(text: pd.Series, zone: ZoneInfo, date_format: str) -> pd.Series:
    if "%b" in date_format or "%B" in date_format:
        text = text.str.replace(r"(\d)(?:st|nd|rd|th)\b", r"\1", regex=True)
        text = text.str.replace(r"(?i)\bsept\b", "Sep", regex=True)
    utc = offset_in_format(date_format)
    if _UTC_ENDS_FORMAT.search(date_format):
        text = text.where(text.str.contains(_UTC_ENDS_TEXT, regex=True, na=False))
        text = text.str.replace(_UTC_ENDS_TEXT, "", regex=True)
    try:
        parsed = pd.to_datetime(text, format=_UTC_ENDS_FORMAT.sub("", date_format), errors="coerce", utc=utc)
    except ValueError as error:
        raise InputError(
            f"parameter 'generate.files.date_format' must be a strptime format such as '%d.%m.%Y %H:%M', "
            f"got {date_format!r}: {error}"
        ) from None
    if "%H" in date_format and "%p" in date_format:
        parsed = parsed.mask(_other_half_of_day(text, parsed))
    return in_zone(parsed, zone) if utc else parsed.astype("datetime64[us]")


def _other_half_of_day(text: pd.Series, parsed: pd.Series) -> pd.Series:
    """Where AM or PM contradicts a 24-hour time: strptime would ignore it and read 07:00 PM as the morning."""
    afternoon = parsed.dt.hour >= 12
    is_am, is_pm = (text.str.contains(rf"(?i){half}\b", regex=True, na=False) for half in ("am", "pm"))
    return (is_am & afternoon) | (is_pm & ~afternoon)
