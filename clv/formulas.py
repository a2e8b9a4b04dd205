"""Text that a spreadsheet takes for a formula: whoever opens a CSV file runs it."""

import re
import sys

import pandas as pd

# Also at the start of what a spreadsheet makes a cell of its own, as one that separates by semicolons does.
FORMULA = re.compile(r"(?:^|[;\t\r\n])\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r]")
NAMED = 3  # columns that a message names


def looks_like(texts: pd.Series) -> pd.Series:
    """Whether each text begins as a formula does, by the index of `texts`; what is no text does not."""
    return texts.map(lambda text: isinstance(text, str) and FORMULA.search(text) is not None).astype("bool")


def counted(frame: pd.DataFrame) -> dict[str, int]:
    """How many values of a table begin as formulas do, by column, of columns that have some."""
    texts = [i for i, kind in enumerate(frame.dtypes) if not pd.api.types.is_numeric_dtype(kind)]
    found: dict[str, int] = {}
    for i in texts:
        n = int(looks_like(frame.iloc[:, i]).sum())
        if n:
            found[str(frame.columns[i])] = found.get(str(frame.columns[i]), 0) + n
    return found


def beware(frame: pd.DataFrame, where: object) -> None:
    """One line on stderr where a table for `where` has texts that begin as formulas do; it quotes none of them.

    They stay as they are: with a mark in front, an id or a name would not find its way back.
    """
    found = counted(frame)
    if found:
        named = ", ".join(f"{name} ({n:,})" for name, n in list(found.items())[:NAMED])
        more = f" and {len(found) - NAMED} more columns" if len(found) > NAMED else ""
        print(
            f"beware: {where}: {named}{more} begin with = + - @ or a tab, which a spreadsheet takes for a formula: "
            f"import these columns as text, or do not open it in one",
            file=sys.stderr,
        )
