"""What helps where a date or a number cannot be read: the conversion for the kind of text that was found."""

import re

from clv.data.clock_counts import COUNTS, PATTERNS
from clv.data.number_text import MARKS, take_apart

LONGEST = 100  # characters of a value that are looked at: no date and no amount has more
_AGAIN = "in the spreadsheet and export it again"
_NO_DATE = "give the rows without a date the one of their order, or leave them out"
_NAME = "jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]"

# First come the more special; a text belongs to the first row that fits all of it.
_TIMES: tuple[tuple[str, str], ...] = (
    (r"[0-9]+[.,][0-9]+E\+?[0-9]+", f"format the column as whole numbers, whose last digits are lost, {_AGAIN}"),
    (r"#+", f"make the column wider, which shows # for dates that do not fit, {_AGAIN}"),
    (r"[#=].*", f"fix the formula {_AGAIN}"),
    (r"0000-00-00.*|00[/.-]00[/.-]0000.*|0+", f"{_NO_DATE}: zeros stand for no date"),
    (r"[0-9]{4}[- ]?W[0-9]{1,2}(?:-?[1-7])?|W[0-9]{1,2}[- /][0-9]{4}", "write the day of the order: a week is no day"),
    (r"[0-9]{4}[- ]?Q[1-4]|Q[1-4][- /][0-9]{4}", "write the day of the order: a quarter is no day"),
    (
        rf"[0-9]{{4}}[-/.][0-9]{{1,2}}|[0-9]{{1,2}}[-/.][0-9]{{4}}|(?:{_NAME})[^\W\d_]*[-. ,/]*[0-9]{{2,4}}"
        rf"|[0-9]{{4}}[- ](?:{_NAME})[^\W\d_]*",
        "write the day of the order: a month is no day",
    ),
    (r"(?:19|20)[0-9]{2}", "write the day of the order: a year is no day"),
    (r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]+)?(?: ?[ap]m)?", "join the day, which is elsewhere, to the time"),
    (
        r".*[0-9](?: ?[ap]m)? ?\(?(?:[A-Z]{3,5}|[A-Z][a-z]+/\w+)\)?",
        "write the offset from UTC, such as +01:00, for the name of the zone, or leave it out and set "
        "preprocess.time_zone to it",
    ),
    (r"[0-9].*[^\W\d_]{3,}.*[0-9].*|[^\W\d_]{3,}.*[0-9].*", "write the dates as 2026-01-31"),
    (r"[^0-9]*", _NO_DATE),
)
_TWO_NUMBERS = r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}\b"
_EMPTY = r"-+|[–—]+|n\.?/?a\.?|none|nil|null|nan|\?+|tbd|unknown|missing|k\.? ?a\.?|\.+"
_NUMBERS: tuple[tuple[str, str], ...] = (
    (r".*%.*|.*\b(?:percent|pct|prozent)\b.*", "write a percentage as the money that it comes to"),
    (r"#+", f"make the column wider, which shows # for numbers that do not fit, {_AGAIN}"),
    (r"[#=].*", f"fix the formula {_AGAIN}"),
    (_EMPTY, "leave the value empty where there is none"),
    (r"free|gratis|kostenlos|gratuit|complimentary|included", "write 0 where nothing was paid"),
    (r".*\u0080.*", "set generate.files.encoding to cp1252, which has the euro sign"),
    (r".*¤.*", "set generate.files.encoding to iso8859-15, which has the euro sign"),
    (r".*(?:â‚¬|Â[£¥ ]).*", "set generate.files.encoding to utf-8, in which its signs are written"),
    (rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}.*|{_TWO_NUMBERS}.*", "name the column of numbers: these are dates"),
    (r"[0-9.,' ]+", "write it with one decimal mark, and thousands in groups of three or in none"),
    (r".*[0-9].*", "write the number alone, without other letters and signs"),
    (r".*", "write the value in digits, and leave it empty where there is none"),
)


def for_time(text: str | None, alone: bool, date_format: str | None) -> str:
    """The remedy for a date that cannot be read in a format, None being an empty one; `alone` says that no date of the
    column can: only then does another format help.
    """
    if text is None:
        return _NO_DATE
    plain = text.strip()
    if date_format == "serial" and re.match(_TWO_NUMBERS, plain):
        return (
            "export the file again as text: a spreadsheet made numbers of the dates that it took for its own, perhaps "
            "with day and month exchanged, and left the others"
        )
    for name, count in COUNTS.items():
        if re.match(PATTERNS[name], plain):
            setting = f"set generate.files.date_format to {name}, or " if alone else ""
            return f"{setting}write {count.words} as dates like 2026-01-31"
    found = _first(_TIMES, plain)
    if found is not None:
        return found
    if alone:
        return "set generate.files.date_format to the one of the file"
    return "write all dates as 2026-01-31" if date_format is None else "write all dates of the column alike"


def for_number(text: str, decimal: str, alone: bool) -> str:
    """The remedy for a number that cannot be read under a decimal mark; `alone` says that none of the column can."""
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
