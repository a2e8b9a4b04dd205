"""The data-quality table: what each cleaning rule hit, one row per rule."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clv.data.cleaning_rule import Action, Rule
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


@dataclass(frozen=True)
class Hits:
    """What one rule hit.

    Attributes
    ----------
    is_bad: whether the rows count as bad data. rows: their number. touched: the revenue in minor units that the rule
    touched, None for a table without amounts. examples: up to three raw values of the rule's column, each with the
    number of its row.
    """

    rule: str
    action: Action
    catches: str
    is_bad: bool
    rows: int
    touched: int | None
    examples: tuple[tuple[int, str], ...]

    def without(self) -> "Hits":
        """The same rule with no hits."""
        return replace(self, rows=0, touched=None if self.touched is None else 0, examples=())


def hits_of(rule: Rule, lines: Lines, hits: np.ndarray, touched: int) -> Hits:
    """What one rule hit, given the positions of the rows.

    The revenue touched is the sum of absolute amounts or, for a repair, of absolute changes. Rows have their numbers in
    the raw table, from 0, as in the table of rejected rows.
    """
    examples = tuple((int(lines.numbers[hit]), _example(rule, lines, int(hit))) for hit in hits[:N_EXAMPLES])
    has_amounts = "amount_minor" in lines.columns
    is_bad = rule.action == "reject" and rule.counts_as_bad
    return Hits(rule.name, rule.action, rule.catches, is_bad, len(hits), touched if has_amounts else None, examples)


def together(parts: Sequence[Sequence[Hits]]) -> list[Hits]:
    """The hits of each rule over all parts of a table; the examples are from the first rows."""
    return [
        replace(
            same[0],
            rows=sum(hits.rows for hits in same),
            touched=None if same[0].touched is None else sum(hits.touched or 0 for hits in same),
            examples=tuple(sorted(example for hits in same for example in hits.examples)[:N_EXAMPLES]),
        )
        for same in zip(*parts, strict=True)
    ]


def bad_share(found: Sequence[Hits], n_rows: int) -> float:
    """The share of the `n_rows` of a table that were rejected as bad data."""
    return sum(hits.rows for hits in found if hits.is_bad) / max(n_rows, 1)


def table(name: str, found: Sequence[Hits], n_rows: int) -> pd.DataFrame:
    """One row per rule, in the order in which the rules were applied to the `n_rows` of a table."""
    rows = [
        {
            "table": name,
            "rule": hits.rule,
            "action": hits.action,
            "catches": hits.catches,
            "rows": hits.rows,
            "share": round(hits.rows / max(n_rows, 1), 6),
            "revenue_minor": pd.NA if hits.touched is None else hits.touched,
            "examples": "; ".join(f"row {row}: {value}" if value else f"row {row}" for row, value in hits.examples),
        }
        for hits in found
    ]
    return pd.DataFrame(rows, columns=list(DTYPES)).astype(DTYPES)


def in_words(quality: pd.DataFrame) -> str:
    """The rules that rejected rows, those with most rows first, with examples."""
    hit = quality[(quality["action"] == "reject") & (quality["rows"] > 0)]
    worst_first = hit.sort_values("rows", ascending=False, kind="stable")
    return "; ".join(
        f"{rule}: {n:,} {'line' if n == 1 else 'lines'}" + (f" ({examples})" if examples else "")
        for rule, n, examples in worst_first[["rule", "rows", "examples"]].itertuples(index=False)
    )


def _example(rule: Rule, lines: Lines, hit: int) -> str:
    """The value of a row in the rule's column, in words; "" if the table has no such column."""
    column = rule.column
    if rule.name == "id_blanks":  # about any id that has them
        column = next(n for n in IDS if n in lines.raw and _has_blanks(lines.raw[n].iloc[hit]))
    if column not in lines.raw.columns:
        return ""
    value = lines.raw[column].iloc[hit]
    if pd.isna(value):
        return "empty"
    text = repr(str(value)) if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST_EXAMPLE else text[: LONGEST_EXAMPLE - 1] + "…"


def _has_blanks(value: object) -> bool:
    return isinstance(value, str) and value != value.strip() != ""
