"""Daily profile of a shop's clean data: counts that can be summed over blocks of customers, exactly in any order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from clv.data.types import MICROSECONDS_PER_DAY, MINOR_PER_UNIT

QUARTER = 15 * 60 * 1_000_000  # in microseconds; lines are counted by such steps of the day
QUARTERS = 96
MILLI = 1000  # logarithms are counted in thousandths, so that their sums are exact
EPOCH = date(1970, 1, 1)
KEYS = ("customer_id", "order_ts", "amount_minor")  # lines equal in these, and in the product if known, are repeats
MISSING = "missing_"  # followed by the name of a column
MOST_CATEGORIES = 1_000  # a column with more distinct texts holds no categories


@dataclass(frozen=True)
class ShopProfile:
    """Counts of all lines of some customers.

    Attributes
    ----------
    days: one row per day with a line, ascending: day (since 1970), lines, purchases (lines above 0), net_minor (net
    revenue), log_milli and log_squares (sums of the log amount of a purchase in thousandths, and of its square),
    customers, new_customers (customers with their first line), repeated (lines equal to another of the same customer),
    and missing_NAME for each column that may be blank. categories: one row per column and text in it: first_day, rows.
    quarters: (96,) lines by quarter of an hour. last: time of the newest line, microseconds since 1970.
    """

    days: pd.DataFrame
    categories: pd.DataFrame
    quarters: np.ndarray
    last: int

    @classmethod
    def of(cls, lines: pd.DataFrame, customers: pd.DataFrame) -> "ShopProfile":
        """From clean transaction lines, in any order, and the attributes of the same customers, by customer_id."""
        times = lines["order_ts"].to_numpy("datetime64[us]").astype("int64")
        day = times // MICROSECONDS_PER_DAY
        cents = lines["amount_minor"].to_numpy("int64")
        bought = cents > 0
        logs = np.zeros(len(cents), dtype="int64")
        logs[bought] = np.round(MILLI * np.log(cents[bought] / MINOR_PER_UNIT)).astype("int64")
        who, ids = pd.factorize(lines["customer_id"])
        first = np.full(len(ids), np.iinfo("int64").max)
        np.minimum.at(first, who, day)
        on_day = ~pd.DataFrame({"who": who, "day": day}).duplicated().to_numpy()
        counted = {
            "lines": np.ones(len(day), dtype="int64"),
            "purchases": bought,
            "net_minor": cents,
            "log_milli": logs,
            "log_squares": logs**2,
            "customers": on_day,
            "new_customers": on_day & (first[who] == day),
            "repeated": lines.duplicated([name for name in (*KEYS, "product_id") if name in lines]).to_numpy(),
        }
        blank = [name for name in lines if name not in KEYS]
        counted |= {f"{MISSING}{name}": lines[name].isna().to_numpy() for name in blank}
        days = pd.DataFrame({"day": day, **{name: np.asarray(values, "int64") for name, values in counted.items()}})
        texts = [_texts(lines, name, pd.Series(day)) for name in ("category",) if name in lines]
        known = customers["customer_id"].map(pd.Series(first, index=pd.Index(ids, dtype="str")))
        texts += [_texts(customers, str(name), known) for name in customers if name != "customer_id"]
        return cls(
            _by_day(days),
            _first_seen(texts),
            np.bincount((times - day * MICROSECONDS_PER_DAY) // QUARTER, minlength=QUARTERS),
            int(times.max(initial=0)),
        )

    @classmethod
    def together(cls, parts: Sequence["ShopProfile"]) -> "ShopProfile":
        """Combine those of all blocks of customers."""
        return cls(
            _by_day(pd.concat([part.days for part in parts]).fillna(0).astype("int64")),
            _without_names(_first_seen([part.categories for part in parts])),
            np.sum([part.quarters for part in parts], axis=0),
            max(part.last for part in parts),
        )

    @property
    def first_day(self) -> date:
        return EPOCH + timedelta(days=int(self.days["day"].iloc[0]))

    @property
    def last_day(self) -> date:
        return EPOCH + timedelta(days=int(self.days["day"].iloc[-1]))

    def to_dict(self) -> dict[str, Any]:
        """The fields that are not tables, as plain values."""
        return {"quarters": self.quarters.tolist(), "last": self.last}

    @classmethod
    def from_dict(cls, about: Mapping[str, Any], days: pd.DataFrame, categories: pd.DataFrame) -> "ShopProfile":
        """Restore a profile from `to_dict` and the two tables."""
        return cls(days, categories, np.array(about["quarters"], dtype="int64"), int(about["last"]))


def _texts(table: pd.DataFrame, name: str, day: pd.Series) -> pd.DataFrame:
    """One row per value of a column, with its day; blanks and rows without a day are dropped."""
    rows = pd.DataFrame({"value": table[name].to_numpy(dtype=object), "first_day": day.to_numpy(dtype="float64")})
    rows = rows.dropna().assign(column=name, rows=1)
    return rows.astype({"value": "str", "first_day": "int64"})


def _first_seen(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    names = ["column", "value", "first_day", "rows"]
    whole = pd.concat([pd.DataFrame({name: [] for name in names}), *tables])[names]
    found = whole.groupby(["column", "value"], as_index=False).agg({"first_day": "min", "rows": "sum"})
    return found.astype({"column": "str", "value": "str", "first_day": "int64", "rows": "int64"})


def _without_names(categories: pd.DataFrame) -> pd.DataFrame:
    """Drop columns with too many texts to be categories."""
    many = categories["column"].value_counts()
    return categories[categories["column"].map(many) <= MOST_CATEGORIES].reset_index(drop=True)


def _by_day(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.groupby("day", as_index=False).sum()
