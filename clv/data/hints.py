"""Remedies for dates and numbers that cannot be read: the conversion for the kind of text found."""

import re

from clv.data.clock_counts import COUNTS, PATTERNS
from clv.data.number_text import MARKS, take_apart

LONGEST = 100  # characters of a value that are examined; no date and no amount is longer
_AGAIN = "in the spreadsheet and export it again"
_NO_DATE = "give rows without a date the date of their order, or leave them out"
_NAME = "jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]"

# Specific patterns come first; the first row that matches the whole text applies.
_TIMES: tuple[tuple[str, str], ...] = (
    (r"[0-9]+[.,][0-9]+E\+?[0-9]+", f"format the column, whose last digits are lost, as whole numbers {_AGAIN}"),
    (r"#+", f"widen the column, which shows # for dates that do not fit, {_AGAIN}"),
    (r"[#=].*", f"fix the formula {_AGAIN}"),
    (r"0000-00-00.*|00[/.-]00[/.-]0000.*|0+", f"{_NO_DATE}: zeros are not a date"),
    (
        r"[0-9]{4}[- ]?W[0-9]{1,2}(?:-?[1-7])?|W[0-9]{1,2}[- /][0-9]{4}",
        "write the day of the order: a week is not a day",
    ),
    (r"[0-9]{4}[- ]?Q[1-4]|Q[1-4][- /][0-9]{4}", "write the day of the order: a quarter is not a day"),
    (
        rf"[0-9]{{4}}[-/.][0-9]{{1,2}}|[0-9]{{1,2}}[-/.][0-9]{{4}}|(?:{_NAME})[^\W\d_]*[-. ,/]*[0-9]{{2,4}}"
        rf"|[0-9]{{4}}[- ](?:{_NAME})[^\W\d_]*",
        "write the day of the order: a month is not a day",
    ),
    (r"(?:19|20)[0-9]{2}", "write the day of the order: a year is not a day"),
    (r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]+)?(?: ?[ap]m)?", "put the day of the order before the time"),
    (
        r".*[0-9](?: ?[ap]m)? ?\(?(?:[A-Z]{3,5}|[A-Z][a-z]+/\w+)\)?",
        "replace the name of the zone with its offset from UTC, such as +01:00, or leave it out and set "
        "preprocess.time_zone to it",
    ),
    (r"[0-9].*[^\W\d_]{3,}.*[0-9].*|[^\W\d_]{3,}.*[0-9].*", "write the dates as 2026-01-31"),
    (r"[^0-9]*", _NO_DATE),
)
_TWO_NUMBERS = r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}\b"
_EMPTY = r"-+|[–—]+|n\.?/?a\.?|none|nil|null|nan|\?+|tbd|unknown|missing|k\.? ?a\.?|\.+"
_NUMBERS: tuple[tuple[str, str], ...] = (
    (r".*%.*|.*\b(?:percent|pct|prozent)\b.*", "write an amount of money instead of a percentage"),
    (r"#+", f"widen the column, which shows # for numbers that do not fit, {_AGAIN}"),
    (r"[#=].*", f"fix the formula {_AGAIN}"),
    (_EMPTY, "leave the value empty where there is none"),
    (r"free|gratis|kostenlos|gratuit|complimentary|included", "write 0 where nothing was paid"),
    (r".*\u0080.*", "set generate.files.encoding to cp1252, which has the euro sign"),
    (r".*¤.*", "set generate.files.encoding to iso8859-15, which has the euro sign"),
    (r".*(?:â‚¬|Â[£¥ ]).*", "set generate.files.encoding to utf-8, as the file seems to be written in it"),
    (rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}.*|{_TWO_NUMBERS}.*", "map the column that holds the numbers: these are dates"),
    (r"[0-9.,' ]+", "write it with one decimal mark, and with thousands in groups of three or ungrouped"),
    (r".*[0-9].*", "write only the number, without letters or other signs"),
    (r".*", "write the value in digits, and leave it empty where there is none"),
)


def for_time(text: str | None, alone: bool, date_format: str | None) -> str:
    """The remedy for a date that cannot be read in a format; None is an empty date.

    `alone` is whether no date of the column can be read: only then does another format help.
    """
    if text is None:
        return _NO_DATE
    plain = text.strip()
    if date_format == "serial" and re.match(_TWO_NUMBERS, plain):
        return (
            "export the file again as text: a spreadsheet turned the dates that it recognised into numbers, perhaps "
            "with day and month exchanged, and left the others as text"
        )
    for name, count in COUNTS.items():
        if re.match(PATTERNS[name], plain):
            setting = f"set generate.files.date_format to {name}, or " if alone else ""
            return f"{setting}write {count.words} as dates like 2026-01-31"
    found = _first(_TIMES, plain)
    if found is not None:
        return found
    if alone:
        return "set generate.files.date_format to the format in the file"
    return "write all dates as 2026-01-31" if date_format is None else "write all dates of the column in this format"


def for_number(text: str, decimal: str, alone: bool) -> str:
    """The remedy for a number that cannot be read with a decimal mark; `alone` is whether none of the column can be."""
    amount = take_apart(text)
    other = next(mark for mark in MARKS if mark != decimal)
    if amount is not None and amount.value(other) is not None:
        return f"set generate.files.decimal to '{other}'" if alone else f"write all numbers with a '{decimal}'"
    found = _first(_NUMBERS, text.strip())
    assert found is not None, "the last row fits any text"
    return found


def _first(rows: tuple[tuple[str, str], ...], text: str) -> str | None:
    begin = text[:LONGEST]
    return next((hint for pattern, hint in rows if re.fullmatch(pattern, begin, flags=re.I | re.S)), None)
