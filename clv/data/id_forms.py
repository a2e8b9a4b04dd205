"""How ids are written: the variants of one id in two places, and ids that are placeholders."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# How spreadsheets, pandas and Java write long numbers. Hashes such as 4e10 have neither a sign nor a point.
SCIENTIFIC = r"^[+-]?[0-9](?:[.,][0-9]+[eE][+-]?|[eE]\+)[0-9]+$"
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s.]+$"
MIN_LONG = 10  # numbers of 16 digits: all of them end in 0 by chance once in 10 billion times
_WORDS = (  # for an unknown buyer in exports; anything but letters and digits may separate two words
    *("none", "null", "nil", "nan", "n a", "not available", "not applicable", "not set", "not provided", "no id"),
    *("undefined", "unknown", "unassigned", "unregistered", "blank", "empty", "missing", "default", "dummy", "test"),
    *("guest", "guest customer", "guest user", "guest checkout", "anonymous", "anon", "anonymous user", "visitor"),
    *("walk in", "walk in customer", "cash customer", "no customer", "nobody", "customer", "user"),
)
_ANY_WORD = "|".join(word.replace(" ", r"[\W_]*") for word in _WORDS)
_PLACEHOLDER = rf"(?i)^[\W_]*(?:{_ANY_WORD}|0[0-]*)?[\W_]*$|^-1$|^#(?:N/A|REF|VALUE|NAME|NULL|DIV)"
_OTHER_FORM = r"\.0+$|^0[0-9]|\s"  # ids without any of these have one spelling, except for case


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
    """Ids without anything that may differ between two spellings of one id, except case."""
    return _without_leading_zeros(_without_zero_decimals(_without_blanks(ids)))


# Each form in words, with its conversion of ids; the last one combines all others.
FORMS: tuple[tuple[str, Callable[[pd.Series], pd.Series]], ...] = (
    ("without '.0' at the end", _without_zero_decimals),
    ("without leading zeros", _without_leading_zeros),
    ("ignoring case", _lower),
    ("without blanks inside", _without_blanks),
    ("with only letters and digits", _letters_and_digits),
    (
        "ignoring case, '.0', leading zeros and everything but letters and digits",
        lambda ids: _without_leading_zeros(_letters_and_digits(_without_blanks(_lower(ids)))),
    ),
)


def is_scientific(ids: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Whether an id is a number in scientific notation, which has lost all but its first digits."""
    return pc.match_substring_regex(ids, SCIENTIFIC)


def lost_digits(ids: pa.Array | pa.ChunkedArray) -> bool:
    """Whether all numbers of more than 15 digits, at least 10 of them, end in zeros: a spreadsheet keeps 15 digits."""
    long = ids.filter(pc.match_substring_regex(ids, r"^[0-9]{16,}$").fill_null(False))
    ends = pc.match_substring_regex(long, r"^[0-9]{15}0+$")
    return len(long) >= MIN_LONG and pc.all(ends).as_py()


def is_placeholder(ids: pd.Index | pd.Series | pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Whether an id names no actual customer or order: guest, (not set), None, 0, only zeros or only punctuation."""
    texts = ids if isinstance(ids, pa.Array | pa.ChunkedArray) else pa.array(ids, pa.large_string(), from_pandas=True)
    odd = pc.match_substring_regex(texts, _PLACEHOLDER)
    return odd.fill_null(False).to_numpy(zero_copy_only=False)


def is_email(ids: pd.Index) -> np.ndarray:
    """Whether an id is an e-mail address."""
    found = pc.match_substring_regex(pa.array(ids, pa.large_string(), from_pandas=True), EMAIL)
    return found.fill_null(False).to_numpy(zero_copy_only=False)


def has_other_form(ids: pa.Array) -> bool:
    """Whether any id is spelled in a way that may hide its equality with another, apart from case."""
    return bool(pc.any(pc.match_substring_regex(ids, _OTHER_FORM), min_count=0).as_py())


def written_twice(ids: pd.Series) -> np.ndarray:
    """Whether an id in a list without repeats equals another except for `.0`, leading zeros or spaces inside."""
    if not has_other_form(pa.array(ids, pa.string())):
        return np.zeros(len(ids), dtype=bool)
    return in_one_form(ids).duplicated(keep=False).to_numpy()
