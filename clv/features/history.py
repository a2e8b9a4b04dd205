"""What a shop knew at a date: the as-of cut, made once, and the counts and sums that features are written in.

Events belong to the day on which they happen; a cutoff includes its whole day. A purchase day is a day on which a
customer bought: orders of one day count once, as the buy-till-you-die models want it.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Events:
    """One entry per event: `customer`, its position in the ids, `age`, its days before the cutoff, and columns."""

    customer: np.ndarray
    age: np.ndarray
    columns: dict[str, np.ndarray]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]


@dataclass(frozen=True)
class Clean:
    """The clean tables of a shop."""

    transactions: pd.DataFrame
    customers: pd.DataFrame
    touches: pd.DataFrame


class History:
    """The past of every customer who had bought by the cutoff, and nothing later.

    Attributes
    ----------
    ids: (n,) customer ids, sorted.
    lines: every order line and return. purchases: lines of purchases only. days: purchase days.
    touches: e-mails and ads.
    profile: what is known of the customers themselves, n rows in the order of ids.
    horizon_days: H, for features that look back as far as the forecast looks ahead.
    """

    def __init__(self, clean: Clean, cutoff: date, horizon_days: int):
        end = pd.Timestamp(cutoff) + pd.Timedelta(days=1)
        lines = clean.transactions[clean.transactions["order_ts"] < end]
        bought = lines.loc[lines["amount_minor"] > 0, "customer_id"].unique()
        self.cutoff = cutoff
        self.horizon_days = horizon_days
        self.ids = np.sort(bought.astype(object)).astype(str)
        self._index = pd.Index(self.ids)
        self.lines = self._events(lines, "order_ts")
        self.purchases = _subset(self.lines, self.lines["amount_minor"] > 0)
        self.days = _purchase_days(self.purchases)
        touches = clean.touches
        self.touches = self._events(touches[touches["touch_ts"] < end], "touch_ts")
        self.profile = clean.customers.set_index("customer_id").reindex(self._index)

    def _events(self, frame: pd.DataFrame, time: str) -> Events:
        position = self._index.get_indexer(pd.Index(frame["customer_id"]))
        known = position >= 0
        frame = frame[known]
        day = frame[time].to_numpy().astype("datetime64[D]")
        age = (np.datetime64(self.cutoff, "D") - day).astype("int64")
        columns = {str(name): _plain(frame[name]) for name in frame.columns if name not in ("customer_id", time)}
        return Events(position[known], age, columns)

    @property
    def n(self) -> int:
        """Number of customers."""
        return len(self.ids)

    def count(self, events: Events, where: np.ndarray | None = None) -> np.ndarray:
        """Events per customer, (n,) int64, optionally only those where a mask holds."""
        customer = events.customer if where is None else events.customer[where]
        return np.bincount(customer, minlength=self.n)

    def total(self, events: Events, values: np.ndarray, where: np.ndarray | None = None) -> np.ndarray:
        """Sum of whole-number values per customer, (n,) float64, exact up to 2**53 whatever the order."""
        if where is not None:
            return np.bincount(events.customer[where], weights=values[where], minlength=self.n)
        return np.bincount(events.customer, weights=values, minlength=self.n)

    def oldest(self, events: Events) -> np.ndarray:
        """Age in days of the first event per customer, (n,) float64, NaN for none."""
        return self._extreme(events, np.maximum, -1.0)

    def newest(self, events: Events) -> np.ndarray:
        """Age in days of the last event per customer, (n,) float64, NaN for none."""
        return self._extreme(events, np.minimum, np.inf)

    def _extreme(self, events: Events, ufunc: np.ufunc, start: float) -> np.ndarray:
        result = np.full(self.n, start)
        ufunc.at(result, events.customer, events.age.astype("float64"))
        return np.where(result == start, np.nan, result)

    def distinct(self, events: Events, values: np.ndarray) -> np.ndarray:
        """Distinct non-null values per customer, (n,) int64."""
        return np.bincount(_pairs(events, values)["customer"].to_numpy(), minlength=self.n)

    def most_frequent(self, events: Events, values: np.ndarray) -> np.ndarray:
        """Count of each customer's most frequent value, (n,) int64, 0 for none."""
        result = np.zeros(self.n, dtype="int64")
        pairs = _pairs(events, values)
        np.maximum.at(result, pairs["customer"].to_numpy(), pairs["n"].to_numpy())
        return result


def net_revenue_minor(clean: Clean, ids: np.ndarray, after: date, until: date) -> np.ndarray:
    """Net revenue in minor units of each customer in (after, until], (n,) int64: purchases less returns."""
    times = clean.transactions["order_ts"]
    day = pd.Timedelta(days=1)
    window = clean.transactions[(times >= pd.Timestamp(after) + day) & (times < pd.Timestamp(until) + day)]
    sums = window.groupby("customer_id")["amount_minor"].sum()
    return sums.reindex(pd.Index(ids), fill_value=0).to_numpy().astype("int64")


def purchase_days(clean: Clean, ids: np.ndarray, after: date, until: date) -> np.ndarray:
    """Days on which each customer bought in (after, until], (n,) int64."""
    times = clean.transactions["order_ts"]
    day = pd.Timedelta(days=1)
    inside = (
        (times >= pd.Timestamp(after) + day)
        & (times < pd.Timestamp(until) + day)
        & (clean.transactions["amount_minor"] > 0)
    )
    window = clean.transactions.loc[inside, ["customer_id", "order_ts"]]
    days = window.assign(order_ts=window["order_ts"].dt.normalize()).drop_duplicates()
    return days.groupby("customer_id").size().reindex(pd.Index(ids), fill_value=0).to_numpy().astype("int64")


def _plain(values: pd.Series) -> np.ndarray:
    """Without pandas' missing value: an unknown flag counts as no, an unknown number is NaN."""
    if values.dtype == "boolean":
        return values.fillna(False).to_numpy(dtype=bool)
    if values.dtype == "Int64":
        return values.to_numpy(dtype="float64", na_value=np.nan)
    return values.to_numpy()


def _subset(events: Events, where: np.ndarray) -> Events:
    columns = {name: values[where] for name, values in events.columns.items()}
    return Events(events.customer[where], events.age[where], columns)


def _purchase_days(purchases: Events) -> Events:
    """One event per customer and day, oldest first within a customer.

    Columns: the day's `amount_minor`, and the `gap` in days to the purchase day before, NaN for the first.
    """
    frame = pd.DataFrame(
        {"customer": purchases.customer, "age": purchases.age, "amount_minor": purchases["amount_minor"]}
    )
    days = frame.groupby(["customer", "age"], sort=True)["amount_minor"].sum().reset_index()
    days = days.sort_values(["customer", "age"], ascending=[True, False], ignore_index=True)
    gap = days.groupby("customer")["age"].diff().mul(-1.0).to_numpy()
    columns = {"amount_minor": days["amount_minor"].to_numpy(), "gap": gap}
    return Events(days["customer"].to_numpy(), days["age"].to_numpy(), columns)


def _pairs(events: Events, values: np.ndarray) -> pd.DataFrame:
    """Occurrences `n` of each distinct (customer, value)."""
    frame = pd.DataFrame({"customer": events.customer, "value": values}).dropna()
    return frame.groupby(["customer", "value"]).size().rename("n").reset_index()
