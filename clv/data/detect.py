"""Detecting the encoding and the separator of a CSV, as pure functions of a sample."""

import codecs
import csv
import io
import itertools
import re
from collections.abc import Collection

from clv.errors import InputError, shown

SEPARATORS = (",", ";", "\t", "|")
N_ROWS = 100  # of the sample used to find the separator


class OneColumnError(InputError):
    """No separator divides the first line of a file; the message quotes that line."""


def find_encoding(sample: bytes, given: str) -> str:
    """The encoding of a CSV that begins with `sample`: the one given or, for `auto`, that of its byte order mark.

    Without a mark it is UTF-8 if the header can be read so, else Windows-1252 (cp1252). Later rows may prove that
    wrong.
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
    """Whether the file has a byte order mark, which declares its encoding."""
    return sample.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def first_rows(text: str, separator: str, complete: bool) -> list[list[str]]:
    """The first rows of a CSV, header included; `complete` is whether the text is the whole file."""
    rows = []
    try:
        for row in itertools.islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), N_ROWS + 1):
            rows.append(row)
    except csv.Error:  # a very long field, for example after a quote that is never closed
        complete = True  # the row that was cut off is not in the list
    whole = rows if complete else rows[:-1] or rows
    return [row for row in whole if row]


def find_separator(name: str, text: str, complete: bool, wanted: Collection[str]) -> str:
    """The separator that gives all rows as many fields as the header; among several, the one with most wanted names.

    If none fits all rows, the header decides, so that the reader can report which row is wrong.
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
            f"{name}: its header is a single column, {shown(header[0][0])}, as none of comma, semicolon, tab and | "
            f"separates columns there; save it with one of these, and without quotes around whole lines"
        )
    return best


def _known_encoding(given: str) -> str:
    try:
        "a".encode(given)  # refuses codecs that are not for text, which `codecs.lookup` also knows
        name = codecs.lookup(given).name
    except (LookupError, ValueError):
        raise InputError(
            f"parameter 'generate.files.encoding' must be auto or an encoding that Python knows, such as utf-8 or "
            f"cp1252, got {shown(given)}"
        ) from None
    return "utf-8" if name == "utf-8-sig" else name  # the mark is skipped in any case
