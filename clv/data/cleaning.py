"""From raw tables to clean ones: types, then rules in order. A row that a rule rejects is set aside with its reason."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from clv.data import quality
from clv.data.bounds import Bounds
from clv.data.cleaning_rule import Rule
from clv.data.lines import Cleaning, Lines
from clv.data.repeats import extreme_limit
from clv.data.rules import RULES, TRANSACTION_RULES
from clv.data.schema import TABLES, names
from clv.errors import InputError

_NEVER_CARRIED = ("is_return", "status")  # the sign of the amount says it, or that the line is there
_REMEDIES = {  # where a rule by a parameter took every purchase
    "after_last_day": "set time.last_day to a later day, or to null",
    "non_product": "take what is a product out of preprocess.non_products",
}


@dataclass(frozen=True)
class Cleaned:
    """A clean table and the raw rows set aside (table, row, reason, customer_id, content).

    Attributes
    ----------
    columns: typed columns of all raw rows, by name; text is categorical. order: (m,) positions of the rows that are
    clean, by customer id in text order and time; ties, rows of one customer and time, stay in the order of input.
    quality: one row per rule, see `clv.data.quality`. unreadable: values by column that were there and could not be
    read. bad_share: rows rejected as bad data over all rows. bounds: those of transactions that hold any purchase.
    """

    table: str
    columns: dict[str, pd.Series]
    order: np.ndarray
    rejected: pd.DataFrame
    quality: pd.DataFrame
    unreadable: dict[str, int]
    bad_share: float
    bounds: Bounds | None

    @property
    def counts(self) -> dict[str, int]:
        """Rows that each rule hit."""
        return dict(zip(self.quality["rule"], self.quality["rows"].tolist(), strict=True))

    def count(self, action: str) -> dict[str, int]:
        """Rows by rule, of the rules with one action."""
        part = self.quality[self.quality["action"] == action]
        return dict(zip(part["rule"], part["rows"].tolist(), strict=True))

    @cached_property
    def clean(self) -> pd.DataFrame:
        """The clean rows as a frame with plain text; for large tables see `clv.data.parquet`, which never holds it."""
        taken = {name: values.iloc[self.order].reset_index(drop=True) for name, values in self.columns.items()}
        frame = pd.DataFrame(taken)
        text = [name for name in frame.columns if isinstance(frame[name].dtype, pd.CategoricalDtype)]
        return frame.astype(dict.fromkeys(text, "str"))


def clean_table(table: str, raw: pd.DataFrame, how: Cleaning) -> Cleaned:
    """Type a raw table, apply its rules in order and sort it. Clean and rejected rows together are the raw rows.

    Money columns become whole minor units under the name `*_minor`; empty optional columns are left out, and
    `is_return` and `status`, which have done their work then. Raises `InputError` for a required column that is not
    there.
    """
    lines = Lines(table, raw, how)
    reason = np.full(len(lines), -1, dtype="int8")
    found = []
    for number, rule in enumerate(RULES[table]):
        hits, touched = _apply(rule, lines)
        if rule.action == "reject":
            lines.kept[hits] = False
            reason[hits] = number
        found.append(quality.row(rule, lines, hits, touched))
    outcome = quality.table(found)
    counts_as_bad = np.array([rule.action == "reject" and rule.counts_as_bad for rule in RULES[table]])
    bad = outcome.loc[counts_as_bad, "rows"].sum()
    return Cleaned(
        table,
        {name: _compact(values, lines.kept) for name, values in lines.columns.items() if name not in _NEVER_CARRIED},
        _sorted_rows(lines),
        _set_aside(lines, reason),
        outcome,
        lines.unreadable,
        int(bad) / max(len(lines), 1),
        how.bounds or _bounds(lines, reason),
    )


def require_some_left(cleaned: Cleaned, max_rejected_share: float, name: str) -> None:
    """Raise `InputError`, naming the source, if too many transaction lines were rejected or no purchase is left."""
    counts = cleaned.count("reject")
    worst = max(counts, key=lambda rule: counts[rule])
    if cleaned.bad_share > max_rejected_share:
        raise InputError(
            f"{name}: {cleaned.bad_share:.1%} of the transaction lines are rejected, more than "
            f"{max_rejected_share:.1%}, for {quality.in_words(cleaned.quality)}; mend the file, or raise "
            f"preprocess.max_rejected_share"
        )
    if not (cleaned.columns["amount_minor"].iloc[cleaned.order] > 0).any():
        raise InputError(
            f"{name}: no purchase is left after cleaning, most lines went for {worst}; "
            f"{_REMEDIES.get(worst, 'check the columns mapped')}"
        )


def require_balance(cleaned: Cleaned, raw_rows: int) -> None:
    """Raise `RuntimeError` unless every raw row is either clean or rejected: if not, the code is wrong."""
    clean, rejected = len(cleaned.order), len(cleaned.rejected)
    if clean + rejected != raw_rows or sum(cleaned.count("reject").values()) != rejected:
        raise RuntimeError(
            f"{cleaned.table}: {clean} clean rows and {rejected} rejected ones are not the {raw_rows} raw ones"
        )


def _apply(rule: Rule, lines: Lines) -> tuple[np.ndarray, int]:
    """Positions of the rows that a rule hits, and the revenue in minor units that it touches; amends amounts."""
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


def _bounds(lines: Lines, reason: np.ndarray) -> Bounds | None:
    """The bounds that the rules found, (n,) `reason` being the number of the rule that rejected a row, or -1."""
    if lines.table != "transactions":
        return None
    number = {rule.name: i for i, rule in enumerate(TRANSACTION_RULES)}
    dated = (reason < 0) | (reason > number["stray_date"])
    priced = (reason < 0) | (reason >= number["extreme_cancelled"])
    limit = extreme_limit(lines, priced)
    if np.isinf(limit):
        return None
    days = lines.days[dated]
    first, last = (np.datetime64(int(day), "D").item() for day in (days.min(), days.max()))
    return Bounds(first, lines.how.last_day or last, limit)


def _sorted_rows(lines: Lines) -> np.ndarray:
    """Positions of the kept rows by customer and time; sorted as packed integers, which is quick and stable."""
    rows = np.flatnonzero(lines.kept)
    if any(column.kind == "time" for column in TABLES[lines.table]):
        times = lines.times[rows]
        if (times[1:] < times[:-1]).any():
            rows = rows[np.argsort(times, kind="stable")]
    packed = (lines.customers[rows] << 32) | np.arange(len(rows))
    packed.sort()
    packed &= 0xFFFFFFFF
    return rows[packed]


def _compact(values: pd.Series, kept: np.ndarray) -> pd.Series:
    """Plain integers where nothing is missing in the rows kept."""
    if values.dtype != "Int64" or (values.isna().to_numpy() & kept).any():
        return values
    return pd.Series(values.to_numpy(dtype="int64", na_value=0))


def _set_aside(lines: Lines, reason: np.ndarray) -> pd.DataFrame:
    rows = np.flatnonzero(~lines.kept)
    ours = [name for name in names(TABLES[lines.table]) if name in lines.raw.columns]
    came = lines.raw[ours].iloc[rows]
    # One text column holds the row as it came, so that rows of every table and type fit one file.
    for name in came.select_dtypes("float"):  # JSON has no word for infinity, which may be the very reason
        endless = np.isinf(came[name])
        if endless.any():
            came[name] = came[name].astype("object").mask(endless, came[name].astype("str"))
    text = came.to_json(orient="records", lines=True, date_format="iso", date_unit="us", double_precision=15)
    content = text.split("\n")
    rules = np.array([rule.name for rule in RULES[lines.table]])
    return pd.DataFrame(
        {
            "table": pd.Series([lines.table] * len(rows), dtype="str"),
            "row": rows.astype("int64"),
            "reason": pd.Series(rules[reason[rows]], dtype="str"),
            "customer_id": pd.Series(came["customer_id"].astype("str").to_numpy(), dtype="str"),
            "content": pd.Series(content[: len(rows)], dtype="str"),
        }
    )
