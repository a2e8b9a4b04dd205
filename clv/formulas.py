"""Text that a spreadsheet takes for a formula: whoever opens a CSV file runs it."""

import re
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# Also at the start of what a spreadsheet makes a cell of its own, as one that separates by semicolons does.
# Full-width marks and blanks stand as they are, so that Arrow reads the pattern as Python does.
_BLANK = "[\\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
FORMULA = re.compile(f"(?:^|[;\\t\\r\\n]){_BLANK}*[=+\\-@\uff1d\uff0b\uff0d\uff20]|^[\\t\\r]")
# A number among text stays what it is, as in plots/partial_dependence.csv; an id that became one is not found again.
NEGATIVE = re.compile(r"-[0-9]+(?:\.[0-9]+)?")
ID = "customer_id"
NAMED = 3  # columns that a message names


def looks_like(texts: pd.Series) -> pd.Series:
    """Whether each text begins as a formula does, by the index of `texts`; what is no text does not."""
    if isinstance(texts.dtype, pd.CategoricalDtype):
        odd = looks_like(texts.cat.categories.to_series())
        return pd.Series(np.append(odd.to_numpy(), False)[texts.cat.codes], texts.index)
    if isinstance(texts.dtype, pd.StringDtype):
        found = pc.match_substring_regex(pa.array(texts), FORMULA.pattern).fill_null(False)
        return pd.Series(np.asarray(found, dtype=bool), texts.index)
    return texts.map(lambda text: isinstance(text, str) and FORMULA.search(text) is not None).astype("bool")


def counted(frame: pd.DataFrame) -> dict[str, int]:
    """How many values of a table begin as formulas do, by column that has some; negative numbers count as ids alone."""
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
    """One line on stderr where a table for `where` has texts that begin as formulas do; it quotes none of them.

    They stay as they are: with a mark in front, an id or a name would not find its way back.
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
