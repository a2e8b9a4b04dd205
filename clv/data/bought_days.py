"""On which days each customer bought: what findings about the input as a whole look at."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.data.cleaning import Cleaned
from clv.data.types import MICROSECONDS_PER_DAY


@dataclass(frozen=True)
class BoughtDays:
    """The purchase days of clean transactions, by customer and day, m of them.

    Attributes
    ----------
    ids: the customer ids, of which `customer`, (m,), holds positions. day: (m,) days since 1970. lines: (m,) purchase
    lines of that day. first_day, last_day: the first and the newest day of any line, a return included. customers: how
    many have a line. returns: lines that are some. revenue: net, in minor units, by id.
    """

    ids: pd.Index
    customer: np.ndarray
    day: np.ndarray
    lines: np.ndarray
    first_day: int
    last_day: int
    customers: int
    returns: int
    revenue: np.ndarray

    @classmethod
    def of(cls, cleaned: Cleaned) -> "BoughtDays":
        """Those of the clean transactions, which come by customer and time."""
        ids = cleaned.columns["customer_id"].cat
        customer = ids.codes.to_numpy()[cleaned.order]
        amount = cleaned.columns["amount_minor"].to_numpy(dtype="int64")[cleaned.order]
        times = cleaned.columns["order_ts"].to_numpy(dtype="datetime64[us]").view("int64")
        day = (times // MICROSECONDS_PER_DAY).astype("int32")[cleaned.order]
        revenue = np.bincount(customer, weights=amount, minlength=len(ids.categories))
        first_day, last_day, customers = int(day.min()), int(day.max()), len(_starts(customer))
        bought = amount > 0
        customer, day = customer[bought], day[bought]
        new = _starts(customer, day)
        lines = np.diff(new, append=len(day))
        returns = len(amount) - len(day)
        return cls(ids.categories, customer[new], day[new], lines, first_day, last_day, customers, returns, revenue)

    def by_customer(self) -> np.ndarray:
        """Purchase days of each id, 0 where there is none."""
        return np.bincount(self.customer, minlength=len(self.ids))

    def by_day(self) -> tuple[np.ndarray, np.ndarray]:
        """The days with a purchase, sorted, and the purchase lines of each."""
        first = int(self.day.min())
        counts = np.bincount(self.day - first, weights=self.lines).astype("int64")
        days = np.flatnonzero(counts)
        return days + first, counts[days]

    def revenue_share(self, among: np.ndarray) -> float:
        """Share of the ids at some positions in the net revenue."""
        return float(self.revenue[among].sum() / max(self.revenue.sum(), 1))


def _starts(*keys: np.ndarray) -> np.ndarray:
    """Where a new combination begins, of keys by which the rows are sorted."""
    new = np.zeros(len(keys[0]), dtype=bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(new)
