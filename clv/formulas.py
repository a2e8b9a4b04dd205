"""Text that a spreadsheet interprets as a formula and runs when a CSV file is opened."""

import re
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# Formulas also count where a spreadsheet starts a new cell, as after a semicolon.
# Full-width marks and blanks are spelled out, so that Arrow and Python match alike.
_BLANK = "[\\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
FORMULA = re.compile(f"(?:^|[;\\t\\r\\n]){_BLANK}*[=+\\-@\uff1d\uff0b\uff0d\uff20]|^[\\t\\r]")
# A negative number in a text column is harmless, as in plots/partial_dependence.csv, except as an id.
NEGATIVE = re.compile(r"-[0-9]+(?:\.[0-9]+)?")
ID = "customer_id"
NAMED = 3  # columns that a warning names


def looks_like(texts: pd.Series) -> pd.Series:
    """Whether each text begins like a formula, with the index of `texts`; values that are not text do not."""
    if isinstance(texts.dtype, pd.CategoricalDtype):
        odd = looks_like(texts.cat.categories.to_series())
        return pd.Series(np.append(odd.to_numpy(), False)[texts.cat.codes], texts.index)
    if isinstance(texts.dtype, pd.StringDtype):
        found = pc.match_substring_regex(pa.array(texts), FORMULA.pattern).fill_null(False)
        return pd.Series(np.asarray(found, dtype=bool), texts.index)
    return texts.map(lambda text: isinstance(text, str) and FORMULA.search(text) is not None).astype("bool")


def counted(frame: pd.DataFrame) -> dict[str, int]:
    """Number of values that begin like a formula, by column that has any; a negative number counts only as an id."""
    found: dict[str, int] = {}
    for i, (name, kind) in enumerate(zip(map(str, frame.columns), frame.dtypes, strict=True)):
        if pd.api.types.is_numeric_dtype(kind):
            continue
        odd = frame.iloc[:, i][looks_like(frame.iloc[:, i])]
        n = sum(name == ID or NEGATIVE.fullmatch(text) is None for text in odd)
        if n:
            found[name] = found.get(name, 0) + n
    return found


def warn_of_formulas(frame: pd.DataFrame, where: object) -> None:
    """Warn in one line on stderr if a table for `where` has texts that begin like formulas; none of them is quoted.

    The texts are not changed: an id or a name with an added prefix would no longer match.
    """
    found = counted(frame)
    if found:
        named = ", ".join(f"{name} ({n:,})" for name, n in list(found.items())[:NAMED])
        more = f" and {len(found) - NAMED} more columns" if len(found) > NAMED else ""
        print(
            f"warning: {where}: {named}{more} begin with = + - @ or a tab, which a spreadsheet takes for a formula: "
            f"import these columns as text, or do not open it in one",
            file=sys.stderr,
        )
