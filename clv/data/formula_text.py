"""Text of the input that a spreadsheet would take for a formula, wherever lists and tables are opened in one."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv.data.cleaning import Cleaned
from clv.data.input_finding import InputFinding
from clv.formulas import FORMULA

NOT_LISTED = ("order_id", "product_id")  # stand in no list or table that people open


def examine(cleaned: Mapping[str, Cleaned]) -> list[InputFinding]:
    """What clean tables, by name, hold of text that begins as a formula does; nothing where there is none."""
    counts = {
        f"{name} of {table}": _values(column, result.order)
        for table, result in cleaned.items()
        for name, column in result.columns.items()
        if name not in NOT_LISTED and isinstance(column.dtype, pd.CategoricalDtype)
    }
    odd = [f"{column} ({n:,} {'value' if n == 1 else 'values'})" for column, n in counts.items() if n]
    if not odd:
        return []
    text = f"{', '.join(odd)} begin with = + - @ or a tab, which a spreadsheet takes for a formula and runs"
    remedy = "in the reports' tables and lists, which have them as they came, import such columns as text"
    return [InputFinding("reading", True, text, remedy)]


def _values(column: pd.Series, order: np.ndarray) -> int:
    """How many different values in the rows of `order` begin as formulas do."""
    texts = pa.array(column.cat.categories, pa.large_string(), from_pandas=True)
    odd = np.flatnonzero(pc.match_substring_regex(texts, FORMULA.pattern).fill_null(False))
    if not len(odd):
        return 0
    used = column.cat.codes.to_numpy()[order]
    return len(np.intersect1d(used, odd))
