"""How the text of a CSV is written: encoding, separator, decimal mark, date format. Pure functions of what was read."""

import codecs
import csv
import io
import itertools
import re
from collections.abc import Collection, Iterable

import pyarrow as pa
import pyarrow.compute as pc

from clv.data.source import TableSource
from clv.errors import InputError, shown

SEPARATORS = (",", ";", "\t", "|")
N_ROWS = 100  # of a sample, to find the separator
N_NARROW = 1000  # values that a date format must show itself in to be considered


class OneColumnError(InputError):
    """A file whose first line no separator divides; the message quotes it."""


_DIRECTIVES = {
    "%d": "(?:0?[1-9]|[12][0-9]|3[01])",
    "%m": "(?:0?[1-9]|1[0-2])",
    "%Y": "[0-9]{4}",
    "%y": "[0-9]{2}",
    "%b": "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    "%H": "(?:[01]?[0-9]|2[0-3])",
    "%I": "(?:0?[1-9]|1[0-2])",
    "%M": "[0-5][0-9]",
    "%S": "[0-5][0-9]",
    "%p": "(?i:am|pm)",
}
_LONG_YEARS = ("%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y")
_SHORT_YEARS = ("%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%m-%y", "%m-%d-%y")
_DATES = (*_LONG_YEARS, *_SHORT_YEARS, "%Y%m%d", "%d %b %Y")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_ISO = (
    r"^\s*[0-9]{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])"
    r"(?:[T ][0-9]{1,2}(?::?[0-9]{2}(?::?[0-9]{2}(?:[.,][0-9]+)?)?)?(?: ?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?))?)?\s*$"
)

_NUMBER = r"^\s*[+-]?(?:[0-9]+{mark}[0-9]*|{mark}[0-9]+)(?:[eE][+-]?[0-9]+)?\s*$"
_POINT = _NUMBER.format(mark=r"\.")
_COMMA = _NUMBER.format(mark=",")
_PERHAPS_THOUSANDS = {mark: rf"^\s*[+-]?[1-9][0-9]{{0,2}}{mark}[0-9]{{3}}\s*$" for mark in (",", r"\.")}


def find_encoding(sample: bytes, given: str) -> str:
    """The name of the encoding of a CSV that begins with `sample`: the one given, or for `auto` that of its mark.

    Without a mark it is UTF-8 if the header is, else Windows-1252 (cp1252). The rows may still prove that wrong.
    """
    if given != "auto":
        return _known_encoding(given)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    header = re.split(rb"[\r\n]", sample.lstrip(b"\r\n"), maxsplit=1)[0]
    try:
        header.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def has_mark(sample: bytes) -> bool:
    """Whether the file itself says its encoding."""
    return sample.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def first_rows(text: str, separator: str, complete: bool) -> list[list[str]]:
    """The first rows of a CSV, header included, from its beginning; `complete` says that it is all of the file."""
    rows = []
    try:
        for row in itertools.islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), N_ROWS + 1):
            rows.append(row)
    except csv.Error:  # a very long field, as where a quote is never closed
        complete = True  # the row that is cut is not among them
    whole = rows if complete else rows[:-1] or rows
    return [row for row in whole if row]


def find_separator(name: str, text: str, complete: bool, wanted: Collection[str]) -> str:
    """The separator with which all rows have as many fields as the header; of several, the one with most wanted names.

    Where none fits all rows, the header decides, so that the reader can say which row is wrong.
    """

    def fit(separator: str) -> tuple[bool, bool, int, int]:
        rows = first_rows(text, separator, complete)
        if not rows or len(rows[0]) < 2:
            return (False, False, 0, 0)
        return (True, len({len(row) for row in rows}) == 1, len(set(rows[0]) & set(wanted)), len(rows[0]))

    best = max(SEPARATORS, key=fit)
    header = first_rows(text, best, complete)[:1] or [[]]
    if not fit(best)[0] and any(separator in "".join(header[0]) for separator in SEPARATORS):
        raise OneColumnError(
            f"{name}: its header is one column, {shown(header[0][0])}; none of comma, semicolon, tab and | separates "
            f"columns there; save it with one of them, and without quotes around whole lines"
        )
    return best


def find_decimal(source: TableSource, batches: Iterable[pa.RecordBatch]) -> str:
    """The decimal mark of all numbers in text columns: '.' unless some number has a comma where only a mark can be.

    A number with both marks has a thousands separator, which is no number to us, and does not count. Raises
    `InputError` where both marks are in use, or where every mark is followed by exactly three digits.
    """
    marks: dict[str, tuple[str, str]] = {}  # column and value of the first number with that mark for sure
    perhaps: dict[str, tuple[str, str]] = {}  # and of the first one where it may separate thousands
    for batch in batches:
        for name, values in zip(batch.schema.names, batch.columns, strict=True):
            for mark, number in (("\\.", _POINT), (",", _COMMA)):
                if mark not in marks and pc.any(pc.match_substring_regex(values, mark)).as_py():
                    found = _first(name, values, number, but=_PERHAPS_THOUSANDS[mark])
                    marks |= {mark: found} if found else {}
                    found = None if mark in perhaps else _first(name, values, _PERHAPS_THOUSANDS[mark])
                    perhaps |= {mark: found} if found else {}
    seen = perhaps | marks
    if len(seen) == 2:
        (one, value), (other, second) = seen["\\."], seen[","]
        raise InputError(
            f"{source.name}: column '{source.theirs(one)}' has numbers like '{value}', column "
            f"'{source.theirs(other)}' numbers like '{second}'; set generate.files.decimal to the mark that is meant"
        )
    if perhaps and not marks:
        (mark, (name, value)) = next(iter(perhaps.items()))
        raise InputError(
            f"{source.name}, column '{source.theirs(name)}': the {'comma' if mark == ',' else 'point'} of '{value}' "
            f"may be a decimal mark or a thousands separator; set generate.files.decimal to the mark that is meant"
        )
    return "," if "," in marks else "."


def find_date_format(source: TableSource, column: str, arrays: Iterable[pa.Array]) -> str | None:
    """The strptime format that most of all values have; None is ISO 8601, also where no format fits any value.

    Considered are the formats that some of the first values have. Raises `InputError` where as many dates fit day first
    as month first.
    """
    counts: dict[str | None, int] = {}
    sample = pa.array([], pa.string())
    for values in arrays:
        if not counts:
            sample = values.drop_null().slice(0, N_NARROW)
            counts = {name: 0 for name in PATTERNS if _count(sample, name)}
        if len(counts) == 1:  # no other can win
            break
        for name in counts:
            counts[name] += _count(values, name)
    if not counts:
        return None
    best = max(counts, key=lambda name: counts[name])
    twin = _swapped(best)
    if twin in counts and counts[twin] == counts[best] and best != twin:
        both = sample.filter(pc.match_substring_regex(sample, PATTERNS[twin]))
        example = next((v for v in both.to_pylist() if re.search(PATTERNS[best], v)), both[0].as_py())
        raise InputError(
            f"{source.name}, column '{source.theirs(column)}': '{example}' may have the day or the month first; "
            f"set generate.files.date_format to '{best}' or '{twin}'"
        )
    return best


def _known_encoding(given: str) -> str:
    try:
        "a".encode(given)  # refuses codecs that are not of text, which `codecs.lookup` knows too
        name = codecs.lookup(given).name
    except (LookupError, ValueError):
        raise InputError(
            f"parameter 'generate.files.encoding' must be auto or an encoding that Python knows, such as utf-8 or "
            f"cp1252, got {shown(given)}"
        ) from None
    return "utf-8" if name == "utf-8-sig" else name  # the mark is skipped in any case


def _first(name: str, values: pa.Array, pattern: str, but: str | None = None) -> tuple[str, str] | None:
    """The first value that matches `pattern`, and not `but`, with the name of its column."""
    hits = values.filter(pc.match_substring_regex(values, pattern))
    if but is not None:
        hits = hits.filter(pc.invert(pc.match_substring_regex(hits, but)))
    return (name, hits[0].as_py()) if len(hits) else None


def _pattern(date_format: str) -> str:
    strict = {"%m": "(?:0[1-9]|1[0-2])", "%d": "(?:0[1-9]|[12][0-9]|3[01])"} if date_format.startswith("%Y%m") else {}
    parts = re.split(r"(%[a-zA-Z])", date_format)
    return r"^\s*" + "".join((_DIRECTIVES | strict).get(part) or re.escape(part) for part in parts) + r"\s*$"


def _swapped(date_format: str | None) -> str | None:
    """The format with day and month exchanged."""
    return date_format and re.sub("%[dm]", lambda found: "%m" if found[0] == "%d" else "%d", date_format)


def _count(values: pa.Array, date_format: str | None) -> int:
    return pc.sum(pc.match_substring_regex(values, PATTERNS[date_format])).as_py() or 0


PATTERNS: dict[str | None, str] = {None: _ISO} | {day + time: _pattern(day + time) for day in _DATES for time in _TIMES}
