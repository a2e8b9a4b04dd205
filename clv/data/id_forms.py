"""How ids are written: the forms in which one id appears in two places, and the ids that stand for nobody."""

from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# What spreadsheets, pandas and Java make of long numbers. Hashes such as 4e10 have neither a sign nor a point.
SCIENTIFIC = r"^[+-]?[0-9](?:[.,][0-9]+[eE][+-]?|[eE]\+)[0-9]+$"
MIN_LONG = 10  # numbers of 16 digits: by chance all of them end in 0 once in 10 billion times
# By which exports name a buyer whom they do not know; `is_placeholder` compares letters and digits alone.
PLACEHOLDERS = (
    *("0", "-1", "none", "null", "nil", "nan", "na", "notavailable", "notapplicable", "notset", "notprovided"),
    *("undefined", "unknown", "unassigned", "unregistered", "blank", "empty", "missing", "default", "dummy", "test"),
    *("guest", "guestcustomer", "guestuser", "guestcheckout", "anonymous", "anon", "anonymoususer", "visitor"),
    *("walkin", "walkincustomer", "cashcustomer", "nocustomer", "noid", "nobody", "customer", "user"),
)
_OTHER_FORM = r"\.0+$|^0[0-9]|\s"  # ids without any of these are written in one way, but for case


def _lower(ids: pd.Series) -> pd.Series:
    return ids.str.lower()


def _without_zero_decimals(ids: pd.Series) -> pd.Series:
    return ids.str.replace(r"\.0+$", "", regex=True)


def _without_leading_zeros(ids: pd.Series) -> pd.Series:
    return ids.str.replace(r"^0+(?=[0-9])", "", regex=True)


def _without_blanks(ids: pd.Series) -> pd.Series:
    return ids.str.replace(r"\s+", "", regex=True)


def _letters_and_digits(ids: pd.Series) -> pd.Series:
    return _without_zero_decimals(ids).str.replace(r"[\W_]+", "", regex=True)


def in_one_form(ids: pd.Series) -> pd.Series:
    """Ids without what may differ between two spellings of one id, but for case."""
    return _without_leading_zeros(_without_zero_decimals(_without_blanks(ids)))


# In words, with what it makes of ids; the last one does all at once.
FORMS: tuple[tuple[str, Callable[[pd.Series], pd.Series]], ...] = (
    ("without '.0' at the end", _without_zero_decimals),
    ("without leading zeros", _without_leading_zeros),
    ("with capitals and small letters made equal", _lower),
    ("without blanks inside", _without_blanks),
    ("with letters and digits alone", _letters_and_digits),
    (
        "without '.0', leading zeros, capitals, and with letters and digits alone",
        lambda ids: _without_leading_zeros(_letters_and_digits(_without_blanks(_lower(ids)))),
    ),
)


def is_scientific(ids: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Whether an id is a number in scientific notation, which keeps only its first digits."""
    return pc.match_substring_regex(ids, SCIENTIFIC)


def lost_digits(ids: pa.Array | pa.ChunkedArray) -> bool:
    """Whether all numbers of more than 15 digits, 10 at least, end in zeros: a spreadsheet keeps the first 15."""
    long = ids.filter(pc.match_substring_regex(ids, r"^[0-9]{16,}$").fill_null(False))
    ends = pc.match_substring_regex(long, r"^[0-9]{15}0+$")
    return len(long) >= MIN_LONG and pc.all(ends).as_py()


def is_placeholder(ids: pd.Series) -> pd.Series:
    """Whether an id stands for nobody in particular: guest, (not set), None, 0, a row of zeros or nothing but marks."""
    bare = ids.str.lower().str.replace(r"[^\w-]|_", "", regex=True)
    bare = bare.where(bare == "-1", bare.str.replace("-", ""))
    return (
        bare.isin(PLACEHOLDERS) | bare.str.fullmatch("0*") | ids.str.match(r"#(?:N/A|REF|VALUE|NAME|NULL|DIV)", False)
    )


def written_twice(ids: pd.Series) -> pd.Series:
    """Whether an id of a list without repeats equals another of it but for `.0`, leading zeros or blanks inside."""
    if not pc.any(pc.match_substring_regex(pa.array(ids, pa.string()), _OTHER_FORM), min_count=0).as_py():
        return pd.Series(False, index=ids.index)
    return in_one_form(ids).duplicated(keep=False)
