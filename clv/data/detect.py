"""How a CSV is written: encoding and separator. Pure functions of what was read."""

import codecs
import csv
import io
import itertools
import re
from collections.abc import Collection

from clv.errors import InputError, shown

SEPARATORS = (",", ";", "\t", "|")
N_ROWS = 100  # of a sample, to find the separator


class OneColumnError(InputError):
    """A file whose first line no separator divides; the message quotes it."""


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
