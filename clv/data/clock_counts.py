"""Times written as a number: days in a spreadsheet, or seconds since 1970 and fractions of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

_SECOND = 1_000_000  # microseconds
_DAY = 86_400 * _SECOND
_YEARS = (np.datetime64("1990-01-01", "us").astype("int64"), np.datetime64("2101-01-01", "us").astype("int64"))
_FRACTION = r"(?:[.,][0-9]+)?"
# Whole numbers in the years 1990 to 2100. No two of these kinds have the same number of digits, but dates written in
# digits may.
_SERIAL = r"(?:3287[4-9]|328[89][0-9]|329[0-9]{2}|3[3-9][0-9]{3}|[4-6][0-9]{4}|7[0-2][0-9]{3}|730[0-4][0-9]|73050)"
_SECONDS = (
    r"(?:(?:631[2-9]|63[2-9][0-9]|6[4-9][0-9]{2}|[7-9][0-9]{3})[0-9]{5}|(?:[1-3][0-9]{3}|40[0-9]{2}|410[0-3])[0-9]{6})"
)


@dataclass(frozen=True)
class ClockCount:
    """One way to count time: in steps of `unit` microseconds from `zero`, in microseconds since 1970.

    Anything finer than `step` microseconds is rounded. `utc` is whether the count is in UTC; other counts show a clock
    without a zone. `pattern` matches its numbers in the years 1990 to 2100.
    """

    words: str
    pattern: str
    unit: float
    zero: int = 0
    step: int = 1
    utc: bool = True


COUNTS: dict[str, ClockCount] = {
    # Day 60 of the 1900 system is 29 February 1900, which did not exist, so later days count from 30 December 1899.
    "serial": ClockCount("days of a spreadsheet", _SERIAL, _DAY, -25_569 * _DAY, _SECOND, utc=False),
    "epoch_s": ClockCount("seconds since 1970 in UTC", _SECONDS, _SECOND),
    "epoch_ms": ClockCount("milliseconds since 1970 in UTC", _SECONDS + r"[0-9]{3}", 1_000),
    "epoch_us": ClockCount("microseconds since 1970 in UTC", _SECONDS + r"[0-9]{6}", 1),
    "epoch_ns": ClockCount("nanoseconds since 1970 in UTC", _SECONDS + r"[0-9]{9}", 0.001),
}
PATTERNS: dict[str | None, str] = {name: rf"^\s*{count.pattern}{_FRACTION}\s*$" for name, count in COUNTS.items()}


def read_count(text: pd.Series, name: str) -> pd.Series:
    """Times without a zone, datetime64[us], from text that holds counts; NaT if there is no count from 1990 to 2100."""
    count = COUNTS[name]
    plain = text.where(text.str.match(rf"^[0-9]+{_FRACTION}$", na=False)).str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(plain, errors="coerce").to_numpy(dtype="float64")
    micros = np.rint(numbers * (count.unit / count.step)) * count.step + count.zero
    known = (micros >= _YEARS[0]) & (micros < _YEARS[1])
    times = np.where(known, micros, 0).astype("int64").astype("datetime64[us]")
    times[~known] = np.datetime64("NaT")
    return pd.Series(times, index=text.index)
