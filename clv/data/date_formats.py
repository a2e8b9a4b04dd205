"""Detecting the date format of a text column: the one that fits most of its values."""

import re
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from clv.data import clock_counts
from clv.data.source import TableSource
from clv.errors import InputError

N_NARROW = 1000  # values of which one must fit a date format for it to be considered

_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DIRECTIVES = {
    "%d": "(?:0?[1-9]|[12][0-9]|3[01])",
    "%m": "(?:0?[1-9]|1[0-2])",
    "%Y": "[0-9]{4}",
    "%y": "[0-9]{2}",
    "%b": "(?i:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)",
    "%B": f"(?i:{_MONTHS})",
    "%a": "(?i:mon|tue|wed|thu|fri|sat|sun)",
    "%H": "(?:[01]?[0-9]|2[0-3])",
    "%I": "(?:0?[1-9]|1[0-2])",
    "%M": "[0-5][0-9]",
    "%S": "[0-5][0-9]",
    "%f": "[0-9]{1,6}",
    "%p": "(?i:am|pm)",
    "%z": "[+-][0-9]{2}:?[0-9]{2}",
    "%Z": "(?:UTC|GMT|Z)",
    " ": "[ \u00a0\u2009\u202f]+",  # newer programs write a narrow no-break space before AM
}
_OF_DIGITS = {"%m": "(?:0[1-9]|1[0-2])", "%d": "(?:0[1-9]|[12][0-9]|3[01])", "%H": "(?:[01][0-9]|2[0-3])"}
_WITH_NAMES = {"%d": "(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?"}
_LONG_YEARS = ("%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y")
_SHORT_YEARS = ("%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%m-%y", "%m-%d-%y")
_NAMED = ("%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%d/%b/%Y")
_DATES = (*_LONG_YEARS, *_SHORT_YEARS, "%Y%m%d", "%d %b %Y", "%Y.%m.%d", *_NAMED, "%a, %d %b %Y")
_CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
_OTHER_CLOCKS = ("%I:%M%p", "%I:%M:%S%p", "%H:%M:%S.%f")
_ZONED_CLOCKS = tuple(f"{clock} {zone}" for clock in _CLOCKS for zone in ("%Z", "%z"))
_TIMES = (
    "",
    *(f" {clock}" for clock in (*_CLOCKS, *_OTHER_CLOCKS, *_ZONED_CLOCKS)),
    *(f", {clock}" for clock in (*_CLOCKS, *_ZONED_CLOCKS)),
    "T%H:%M:%S",
)
_END = r"\s*$"
_OF_DIGITS_ONLY = ("%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S")
_ISO = (
    r"^\s*[0-9]{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])"
    r"(?:[T ][0-9]{1,2}(?::?[0-9]{2}(?::?[0-9]{2}(?:[.,][0-9]+)?)?)?"
    r"(?: ?(?:Z|UTC|GMT|(?:UTC|GMT)?[+-][0-9]{2}(?::?[0-9]{2})?))?)?\s*$"
)


def find_date_format(source: TableSource, column: str, arrays: Iterable[pa.Array]) -> str | None:
    """The format that fits most values: a strptime format, the name of a count, or None for ISO 8601.

    None also results if no format fits any value. Only formats that fit some of the first values are considered. Raises
    `InputError` if another format reads the same values differently, such as the month first instead of the day. If
    some values fit only one of two such formats and some only the other, the one with more values is returned:
    `clv.data.unreadable` then refuses the rest.
    """
    counts: dict[str | None, int] = {}
    both: dict[str | None, int] = {}  # values that fit a format and its twin
    sample = pa.array([], pa.string())
    for values in arrays:
        if not counts:
            sample = values.drop_null().slice(0, N_NARROW)
            counts = dict.fromkeys(_candidates(sample), 0)
            both = {name: 0 for name in counts if swapped(name) in counts}
        if len(counts) == 1:  # no other can win
            break
        fits = {name: pc.match_substring_regex(values, PATTERNS[name]) for name in counts}
        for name, fit in fits.items():
            counts[name] += pc.sum(fit).as_py() or 0
            if name in both:
                both[name] += pc.sum(pc.and_(fit, fits[swapped(name)])).as_py() or 0
    if not counts:
        return None
    best = max(counts, key=lambda name: counts[name])
    other = "epoch_s" if best == "%Y%m%d%H" else swapped(best)
    if other != best and counts.get(other) == counts[best] == both.get(best, counts[best]):
        raise _either(source, column, sample, (best, other))
    return best


def swapped(date_format: str | None) -> str | None:
    """The format with day and month exchanged."""
    return date_format and re.sub("%[dm]", lambda found: "%m" if found[0] == "%d" else "%d", date_format)


def _either(source: TableSource, column: str, sample: pa.Array, names: tuple[str | None, str | None]) -> InputError:
    one, other = names
    found = sample.filter(pc.match_substring_regex(sample, PATTERNS[other]))
    example = next((v for v in found.to_pylist() if re.search(PATTERNS[one], v)), found[0].as_py())
    what = "may have the day or the month first"
    if other in clock_counts.COUNTS:
        what = f"may be a day with its hour, or {clock_counts.COUNTS[other].words}"
    return InputError(
        f"{source.name}, column '{source.theirs(column)}': '{example}' {what}; set generate.files.date_format to "
        f"'{one}' or '{other}'"
    )


def _candidates(sample: pa.Array) -> list[str | None]:
    """The formats that fit some value; times of day are tried only after date formats that some value begins with."""
    days = [day for day in _DATES if _any(sample, _pattern(day).removesuffix(_END))]
    dates = [day + time for day in days for time in _TIMES]
    names = (None, *dates, *_OF_DIGITS_ONLY, *clock_counts.COUNTS)
    return [name for name in names if _any(sample, PATTERNS[name])]


def _any(values: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


def _pattern(date_format: str) -> str:
    own = _WITH_NAMES if "%b" in date_format or "%B" in date_format else {}
    own = _OF_DIGITS if date_format.startswith("%Y%m") else own
    parts = re.split(r"(%[a-zA-Z]| )", date_format)
    return r"^\s*" + "".join((_DIRECTIVES | own).get(part) or re.escape(part) for part in parts) + _END


PATTERNS: dict[str | None, str] = (
    {None: _ISO}
    | {day + time: _pattern(day + time) for day in _DATES for time in _TIMES}
    | {name: _pattern(name) for name in _OF_DIGITS_ONLY}
    | clock_counts.PATTERNS
)
