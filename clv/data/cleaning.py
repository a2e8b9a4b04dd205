"""From raw tables to clean ones: types, then rules in order. A row that breaks a rule is set aside with its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from clv.data import types
from clv.data.schema import TABLES, names
from clv.errors import InputError

EARLIEST = pd.Timestamp("1990-01-01")


@dataclass(frozen=True)
class Cleaning:
    """How to read times, and the last day that counts."""

    time_zone: str
    date_format: str | None = None
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
    Rule(
        "impossible_amount",
        "amount is missing, not a number, infinite or beyond 10 billion",
        lambda t, _: t["amount_minor"].isna(),
    ),
    Rule("zero_amount", "amount rounds to zero: nothing was bought", lambda t, _: t["amount_minor"] == 0),
    Rule("duplicate_line", "the same line again", lambda t, _: _duplicates(t)),
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
    """A clean table, the raw rows set aside (table, row, reason, customer_id, content) and the count per rule."""

    clean: pd.DataFrame
    rejected: pd.DataFrame
    counts: dict[str, int]
    bad_share: float


def clean_table(table: str, raw: pd.DataFrame, how: Cleaning) -> Cleaned:
    """Type a raw table, apply its rules in order and sort it. Clean and rejected rows together are the raw rows.

    Money columns become whole minor units under the name `*_minor`.
    """
    typed = _typed(table, raw, how)
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
    return Cleaned(_compact(clean), _set_aside(table, raw[~kept], reason[~kept]), counts, bad / max(len(raw), 1))


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


def _typed(table: str, raw: pd.DataFrame, how: Cleaning) -> pd.DataFrame:
    typed: dict[str, pd.Series] = {}
    for column in TABLES[table]:
        if column.name not in raw.columns or (not column.required and raw[column.name].isna().all()):
            continue
        values = raw[column.name]
        if column.kind == "text":
            typed[column.name] = types.as_text(values)
        elif column.kind == "time":
            typed[column.name] = types.as_time(values, how.time_zone, how.date_format)
        elif column.kind == "flag":
            typed[column.name] = types.as_flag(values)
        elif column.kind == "number":
            typed[column.name] = types.as_number(values)
        else:
            typed[f"{column.name}_minor"] = types.as_minor(types.as_number(values))
    return pd.DataFrame(typed, index=raw.index)


def _after_last_day(times: pd.Series, how: Cleaning) -> pd.Series:
    if how.last_day is None:
        return pd.Series(False, index=times.index)
    return times >= pd.Timestamp(how.last_day) + pd.Timedelta(days=1)


def _duplicates(typed: pd.DataFrame) -> pd.Series:
    """Exact repeats. With neither an order id nor a time of day, a repeat may well be a second purchase: kept."""
    times = typed["order_ts"]
    if "order_id" not in typed.columns and (times == times.dt.normalize()).all():
        return pd.Series(False, index=typed.index)
    return typed.duplicated()


def _orphan_returns(typed: pd.DataFrame) -> pd.Series:
    is_return = typed["amount_minor"] < 0
    first = typed["order_ts"].where(~is_return).groupby(typed["customer_id"]).transform("min")
    return is_return & ~(first <= typed["order_ts"])


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
