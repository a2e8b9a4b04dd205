"""The data-quality table: what each rule of cleaning hit, row by row of the table of rules."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from clv.data.cleaning_rule import Rule
from clv.data.lines import IDS, Lines

N_EXAMPLES = 3
LONGEST_EXAMPLE = 40  # characters of a value

DTYPES = {
    "table": "str",
    "rule": "str",
    "action": "str",
    "catches": "str",
    "rows": "int64",
    "share": "float64",
    "revenue_minor": "Int64",
    "examples": "str",
}


def row(rule: Rule, lines: Lines, hits: np.ndarray, touched: int) -> dict[str, Any]:
    """What one rule hit: `rows` and their `share`, `revenue_minor`, `examples`.

    The revenue touched is the sum of the sizes of the amounts, of a repair that of the changes, in minor units; null
    for a table without amounts. Examples are up to three values of the rule's column as they came, with the number of
    their row, from 0 as in the table of rejected rows.
    """
    return {
        "table": lines.table,
        "rule": rule.name,
        "action": rule.action,
        "catches": rule.catches,
        "rows": len(hits),
        "share": round(len(hits) / max(len(lines), 1), 6),
        "revenue_minor": touched if "amount_minor" in lines.columns else pd.NA,
        "examples": "; ".join(_example(rule, lines, int(hit)) for hit in hits[:N_EXAMPLES]),
    }


def table(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """One row per rule, in the order in which they were applied."""
    return pd.DataFrame(rows, columns=list(DTYPES)).astype(DTYPES)


def in_words(quality: pd.DataFrame) -> str:
    """The rules that rejected rows, those of most rows first, with their examples."""
    hit = quality[(quality["action"] == "reject") & (quality["rows"] > 0)]
    worst_first = hit.sort_values("rows", ascending=False, kind="stable")
    return "; ".join(
        f"{rule}: {n:,} {'line' if n == 1 else 'lines'}" + (f" ({examples})" if examples else "")
        for rule, n, examples in worst_first[["rule", "rows", "examples"]].itertuples(index=False)
    )


def _example(rule: Rule, lines: Lines, hit: int) -> str:
    column = rule.column
    if rule.name == "id_blanks":  # about whichever id has them
        column = next(n for n in IDS if n in lines.raw and _has_blanks(lines.raw[n].iloc[hit]))
    if column not in lines.raw.columns:
        return f"row {hit}"
    value = lines.raw[column].iloc[hit]
    if pd.isna(value):
        return f"row {hit}: empty"
    text = repr(str(value)) if isinstance(value, str) else str(value)
    return f"row {hit}: {text if len(text) <= LONGEST_EXAMPLE else text[: LONGEST_EXAMPLE - 1] + '…'}"


def _has_blanks(value: object) -> bool:
    return isinstance(value, str) and value != value.strip() != ""
