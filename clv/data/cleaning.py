"""From raw tables to clean ones: types, then rules in order. A row that breaks a rule is set aside with its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from clv.data import types
from clv.data.schema import TABLES, Column, names
from clv.errors import InputError

EARLIEST = pd.Timestamp("1990-01-01")
STRAY_GAP = pd.Timedelta(days=730)  # without any line, between stray dates and the others
STRAY_SHARE = 0.05  # of the lines, at most: more is no slip of the pen


@dataclass(frozen=True)
class Cleaning:
    """How to read times and numbers, and the last day that counts."""

    time_zone: str
    date_format: str | None = None
    decimal: str = "."
    last_day: date | None = None


@dataclass(frozen=True)
class Rule:
    """A reason to set a row aside: `broken` gets typed rows and gives a boolean per row, true where it is broken."""

    name: str
    catches: str
    broken: Callable[[pd.DataFrame, Cleaning], pd.Series]
    counts_as_bad: bool = True  # rows outside the chosen window are set aside too, but are not bad data


TRANSACTION_RULES = (
    Rule("blank_customer_id", "no customer id", lambda t, _: t["customer_id"].isna()),
    Rule("unparseable_date", "order_ts is missing or not a date", lambda t, _: t["order_ts"].isna()),
    Rule("before_1990", "order_ts before 1990-01-01", lambda t, _: t["order_ts"] < EARLIEST),
    Rule(
        "after_last_day",
        "order_ts after time.last_day",
        lambda t, c: _after_last_day(t["order_ts"], c),
        counts_as_bad=False,
    ),
    Rule("stray_date", "a few lines two years or more away from all others", lambda t, _: _stray_dates(t["order_ts"])),
    Rule(
        "impossible_amount",
        "amount is missing, not a number, infinite or beyond 10 billion",
        lambda t, _: t["amount_minor"].isna(),
    ),
    Rule("zero_amount", "amount rounds to zero: nothing was bought", lambda t, _: t["amount_minor"] == 0),
    Rule("duplicate_line", "the same line of the same order and product again", lambda t, _: _duplicates(t)),
    Rule("return_without_purchase", "a return before the customer's first purchase", lambda t, _: _orphan_returns(t)),
)
CUSTOMER_RULES = (
    Rule("blank_customer_id", "no customer id", lambda t, _: t["customer_id"].isna()),
    Rule(
        "duplicate_customer", "a second row for a customer; the first is kept", lambda t, _: t.duplicated("customer_id")
    ),
)
TOUCH_RULES = (
    Rule("blank_customer_id", "no customer id", lambda t, _: t["customer_id"].isna()),
    Rule("unparseable_date", "touch_ts is missing or not a date", lambda t, _: t["touch_ts"].isna()),
    Rule(
        "after_last_day",
        "touch_ts after time.last_day",
        lambda t, c: _after_last_day(t["touch_ts"], c),
        counts_as_bad=False,
    ),
)
RULES = {"transactions": TRANSACTION_RULES, "customers": CUSTOMER_RULES, "touches": TOUCH_RULES}
SORT_KEYS = {
    "transactions": ["customer_id", "order_ts", "order_id", "product_id", "amount_minor"],
    "customers": ["customer_id"],
    "touches": ["customer_id", "touch_ts", "kind"],
}


@dataclass(frozen=True)
class Cleaned:
    """A clean table and the raw rows set aside (table, row, reason, customer_id, content).

    `counts` has the rows set aside by rule, `unreadable` the values by column that were there and could not be read.
    """

    clean: pd.DataFrame
    rejected: pd.DataFrame
    counts: dict[str, int]
    unreadable: dict[str, int]
    bad_share: float


def clean_table(table: str, raw: pd.DataFrame, how: Cleaning) -> Cleaned:
    """Type a raw table, apply its rules in order and sort it. Clean and rejected rows together are the raw rows.

    Money columns become whole minor units under the name `*_minor`.
    """
    typed, unreadable = _typed(table, raw, how)
    reason = pd.Series(pd.NA, index=typed.index, dtype="str")
    counts = {}
    for rule in RULES[table]:
        left = typed[reason.isna()]
        broken = rule.broken(left, how).astype("boolean").fillna(False)
        hit = broken.index[broken.to_numpy(dtype=bool)]
        reason.loc[hit] = rule.name
        counts[rule.name] = len(hit)
    kept = reason.isna().to_numpy()
    keys = [key for key in SORT_KEYS[table] if key in typed.columns]
    clean = typed[kept].sort_values(keys, kind="stable", ignore_index=True)
    bad = sum(counts[rule.name] for rule in RULES[table] if rule.counts_as_bad)
    return Cleaned(
        _compact(clean), _set_aside(table, raw[~kept], reason[~kept]), counts, unreadable, bad / max(len(raw), 1)
    )


def require_some_left(cleaned: Cleaned, max_rejected_share: float, file: str) -> None:
    """Raise `InputError`, naming the file, if too many transaction lines were rejected or no purchase is left."""
    worst = max(cleaned.counts, key=lambda name: cleaned.counts[name])
    if cleaned.bad_share > max_rejected_share:
        raise InputError(
            f"{file}: {cleaned.bad_share:.1%} of the transaction lines are rejected, most for {worst} "
            f"({cleaned.counts[worst]:,} lines); the rule is at most {max_rejected_share:.1%}; mend the file, or raise "
            f"preprocess.max_rejected_share"
        )
    if not (cleaned.clean["amount_minor"] > 0).any():
        raise InputError(
            f"{file}: no purchase is left after cleaning, most lines went for {worst}; check the columns mapped"
        )


def _typed(table: str, raw: pd.DataFrame, how: Cleaning) -> tuple[pd.DataFrame, dict[str, int]]:
    """Columns with types, and how many values of each could not be read. Empty optional columns are left out."""
    typed: dict[str, pd.Series] = {}
    unreadable: dict[str, int] = {}
    for column in TABLES[table]:
        if column.name not in raw.columns:
            continue
        values = _read_as(column, raw[column.name], how)
        lost = int((values.isna() & types.as_text(raw[column.name]).notna()).sum())
        if lost:
            unreadable[column.name] = lost
        if column.required or values.notna().any():
            typed[f"{column.name}_minor" if column.kind == "money" else column.name] = values
    return pd.DataFrame(typed, index=raw.index), unreadable


def _read_as(column: Column, values: pd.Series, how: Cleaning) -> pd.Series:
    match column.kind:
        case "text":
            return types.as_text(values)
        case "time":
            return types.as_time(values, how.time_zone, how.date_format)
        case "flag":
            return types.as_flag(values)
        case "number":
            return types.as_number(values, how.decimal)
        case "money":
            return types.as_minor(types.as_number(values, how.decimal))


def _after_last_day(times: pd.Series, how: Cleaning) -> pd.Series:
    if how.last_day is None:
        return pd.Series(False, index=times.index)
    return times >= pd.Timestamp(how.last_day) + pd.Timedelta(days=1)


def _stray_dates(times: pd.Series) -> pd.Series:
    """Lines beyond a long gap without any line, if few: a mistyped year would move the whole plan of snapshots."""
    days = times.dt.normalize().value_counts().sort_index()
    stray = pd.Series(False, index=times.index)
    gaps = np.flatnonzero(days.index.to_series().diff() > STRAY_GAP)
    most = STRAY_SHARE * len(times)
    for gap in gaps:
        if days.iloc[:gap].sum() <= most:
            stray |= times < days.index[gap]
        if days.iloc[gap:].sum() <= most:
            stray |= times >= days.index[gap]
    return stray


def _duplicates(typed: pd.DataFrame) -> pd.Series:
    """Exact repeats of a line whose order and product are known; without those it may well be a second purchase."""
    if not {"order_id", "product_id"} <= set(typed.columns):
        return pd.Series(False, index=typed.index)
    return typed.duplicated() & typed["order_id"].notna() & typed["product_id"].notna()


def _orphan_returns(typed: pd.DataFrame) -> pd.Series:
    """Returns on a day before the customer's first purchase; of the same day, the times may be of different kinds."""
    is_return = typed["amount_minor"] < 0
    day = typed["order_ts"].dt.normalize()
    first = day.where(~is_return).groupby(typed["customer_id"]).transform("min")
    return is_return & ~(first <= day)


def _compact(clean: pd.DataFrame) -> pd.DataFrame:
    """Plain integers where nothing is missing."""
    return clean.astype({n: "int64" for n in clean.columns if clean[n].dtype == "Int64" and not clean[n].isna().any()})


def _set_aside(table: str, rows: pd.DataFrame, reason: pd.Series) -> pd.DataFrame:
    ours = [name for name in names(TABLES[table]) if name in rows.columns]
    # One text column holds the row as it came, so that rows of every table and type fit one file.
    content = rows[ours].to_json(orient="records", lines=True, date_format="iso").splitlines() if len(rows) else []
    return pd.DataFrame(
        {
            "table": pd.Series([table] * len(rows), dtype="str"),
            "row": np.asarray(rows.index, dtype="int64"),
            "reason": pd.Series(reason.to_numpy(), dtype="str"),
            "customer_id": pd.Series(rows["customer_id"].astype("str").to_numpy(), dtype="str"),
            "content": pd.Series(content, dtype="str"),
        }
    )
