"""From raw to clean tables: first types, then rules in order. Rows that a rule rejects are set aside with a reason."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from clv.data import quality
from clv.data.bounds import Bounds
from clv.data.cleaning_rule import Rule
from clv.data.lines import Cleaning, Lines
from clv.data.quality import Hits
from clv.data.rules import RULES
from clv.data.schema import TABLES, names
from clv.data.shown import Shown

_NEVER_CARRIED = ("is_return", "status")  # implied by the sign of the amount and by the line being kept


@dataclass(frozen=True)
class Cleaned:
    """A clean table and the raw rows set aside (table, row, reason, customer_id, content).

    Attributes
    ----------
    columns: typed columns of all raw rows, by name; text is categorical. numbers: (n,) row numbers in the whole raw
    table. order: (m,) positions of the clean rows, by customer id in text order, then time; ties keep the order of
    input. hits: the hits of each rule. unreadable: the number of values by column that were present but could not be
    read. shown: what transactions show of the whole shop, None for other tables. bounds: the limits from transactions
    that hold any purchase, None otherwise.
    """

    table: str
    columns: dict[str, pd.Series]
    numbers: np.ndarray
    order: np.ndarray
    rejected: pd.DataFrame
    hits: list[Hits]
    unreadable: dict[str, int]
    shown: Shown | None
    bounds: Bounds | None

    @property
    def quality(self) -> pd.DataFrame:
        """One row per rule; see `clv.data.quality`."""
        return quality.table(self.table, self.hits, len(self.numbers))

    @property
    def counts(self) -> dict[str, int]:
        """The number of rows that each rule hit."""
        return {hits.rule: hits.rows for hits in self.hits}

    @property
    def bad_share(self) -> float:
        """The share of all rows that were rejected as bad data."""
        return quality.bad_share(self.hits, len(self.numbers))

    def count(self, action: str) -> dict[str, int]:
        """The number of rows by rule, for the rules with one action."""
        return {hits.rule: hits.rows for hits in self.hits if hits.action == action}

    @cached_property
    def clean(self) -> pd.DataFrame:
        """The clean rows as a frame with plain text; `clv.data.parquet` writes large tables without holding it."""
        taken = {name: values.iloc[self.order].reset_index(drop=True) for name, values in self.columns.items()}
        frame = pd.DataFrame(taken)
        text = [name for name in frame.columns if isinstance(frame[name].dtype, pd.CategoricalDtype)]
        return frame.astype(dict.fromkeys(text, "str"))


def clean_table(table: str, raw: pd.DataFrame, how: Cleaning, numbers: np.ndarray | None = None) -> Cleaned:
    """Type a raw table, apply its rules in order and sort it. Every raw row ends up either clean or rejected.

    Money columns become whole minor units under the name `*_minor`. Empty optional columns are left out, and so are
    `is_return` and `status`, which have served their purpose by then. `numbers` are the row numbers in the whole table,
    if these rows are a part of it. Raises `InputError` for a missing required column.
    """
    lines = Lines(table, raw, how, numbers)
    reason = np.full(len(lines), -1, dtype="int8")
    found = []
    for number, rule in enumerate(RULES[table]):
        hits, touched = _apply(rule, lines)
        if rule.action == "reject":
            lines.kept[hits] = False
            reason[hits] = number
        found.append(quality.hits_of(rule, lines, hits, touched))
    shown = Shown.of(lines, reason) if table == "transactions" else None
    return Cleaned(
        table,
        {name: _compact(name, values, lines) for name, values in lines.columns.items() if name not in _NEVER_CARRIED},
        lines.numbers,
        _sorted_rows(lines),
        _set_aside(lines, reason),
        found,
        lines.unreadable,
        shown,
        how.bounds or (shown.bounds(how.last_day) if shown else None),
    )


def _apply(rule: Rule, lines: Lines) -> tuple[np.ndarray, int]:
    """Apply a rule. Return the positions of the rows that it hits and the revenue in minor units that it touches.

    A rule that repairs amounts changes those of the lines.
    """
    if rule.amend is not None:
        amended = rule.amend(lines)
        hits = np.flatnonzero(lines.kept & (amended != lines.amounts))
        touched = np.abs(amended[hits] - lines.amounts[hits]).sum()
        if len(hits):
            lines.set_amounts(np.where(lines.kept, amended, lines.amounts))
        return hits, int(touched)
    assert rule.find is not None
    hits = np.flatnonzero(lines.kept & rule.find(lines))
    return hits, 0 if rule.action == "repair" else int(np.abs(lines.amounts[hits]).sum())


def _sorted_rows(lines: Lines) -> np.ndarray:
    """Positions of the kept rows by customer and time, sorted as packed integers, which is fast and stable."""
    rows = np.flatnonzero(lines.kept)
    if any(column.kind == "time" for column in TABLES[lines.table]):
        times = lines.times[rows]
        if (times[1:] < times[:-1]).any():
            rows = rows[np.argsort(times, kind="stable")]
    packed = (lines.customers[rows] << 32) | np.arange(len(rows))
    packed.sort()
    packed &= 0xFFFFFFFF
    return rows[packed]


def _compact(name: str, values: pd.Series, lines: Lines) -> pd.Series:
    """Convert to plain integers if no value is missing in the rows kept, nor in the column in other blocks."""
    if values.dtype != "Int64" or (values.isna().to_numpy() & lines.kept).any():
        return values
    if lines.how.whole is not None and name in lines.how.whole.with_gaps:
        return values
    return pd.Series(values.to_numpy(dtype="int64", na_value=0))


def _set_aside(lines: Lines, reason: np.ndarray) -> pd.DataFrame:
    rows = np.flatnonzero(~lines.kept)
    ours = [name for name in names(TABLES[lines.table]) if name in lines.raw.columns]
    came = lines.raw[ours].iloc[rows]
    # One text column holds the raw row, so that rows of all tables and types fit into one file.
    for name in came.select_dtypes("float"):  # JSON has no infinity, which may be the reason itself
        endless = np.isinf(came[name])
        if endless.any():
            came[name] = came[name].astype("object").mask(endless, came[name].astype("str"))
    text = came.to_json(orient="records", lines=True, date_format="iso", date_unit="us", double_precision=15)
    content = text.split("\n")
    rules = np.array([rule.name for rule in RULES[lines.table]])
    return pd.DataFrame(
        {
            "table": pd.Series([lines.table] * len(rows), dtype="str"),
            "row": lines.numbers[rows].astype("int64"),
            "reason": pd.Series(rules[reason[rows]], dtype="str"),
            "customer_id": pd.Series(came["customer_id"].astype("str").to_numpy(), dtype="str"),
            "content": pd.Series(content[: len(rows)], dtype="str"),
        }
    )
