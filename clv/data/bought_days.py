"""The days on which customers bought, from which findings about the whole input are derived."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from clv.data.cleaning import Cleaned
from clv.data.types import MICROSECONDS_PER_DAY, arrow_text

REGULAR = 0.1  # squared coefficient of variation of a customer's gaps; about 0.7 for purchases at random
MIN_GAPS = 2  # of a customer, to judge whether purchases are regular


@dataclass(frozen=True)
class BoughtDays:
    """When the customers in clean transactions bought. A purchase day counts once per customer.

    Attributes
    ----------
    ids: the customer ids of all raw rows, one array per block of customers, in text order within it; n in all. days:
    (n,) purchase days per customer, 0 if there are none. revenue: (n,) net revenue in minor units. first: the first day
    of any line, in days since 1970. lines, buyers: purchase lines and purchase days on each day from `first` to the
    last line, returns included. gaps: the number of gaps between a customer's purchase days, by length in days.
    customers: the number with a line. returns: the number of return lines. with_gaps, regular: the number of customers
    with `MIN_GAPS` or more, and of those among them who buy at regular intervals.
    """

    ids: tuple[pa.Array, ...]
    days: np.ndarray
    revenue: np.ndarray
    first: int
    lines: np.ndarray
    buyers: np.ndarray
    gaps: np.ndarray
    customers: int
    returns: int
    with_gaps: int
    regular: int

    @classmethod
    def of(cls, cleaned: Cleaned) -> "BoughtDays":
        """Count them in clean transactions, which are sorted by customer and time."""
        ids = cleaned.columns["customer_id"].cat
        n = len(ids.categories)
        customer = ids.codes.to_numpy()[cleaned.order]
        amount = cleaned.columns["amount_minor"].to_numpy(dtype="int64", na_value=0)[cleaned.order]
        times = cleaned.columns["order_ts"].to_numpy(dtype="datetime64[us]").view("int64")[cleaned.order]
        day = times // MICROSECONDS_PER_DAY
        first, length = (int(day.min()), int(np.ptp(day)) + 1) if len(day) else (0, 0)
        revenue = np.bincount(customer, weights=amount, minlength=n)
        customers, bought = len(_starts(customer)), amount > 0
        lines = np.bincount(day[bought] - first, minlength=length)
        returns = len(amount) - int(bought.sum())
        customer, day = customer[bought], day[bought]
        new = _starts(customer, day)
        customer, day = customer[new], day[new]
        same = customer[1:] == customer[:-1]
        gaps = np.diff(day)[same]
        return cls(
            (arrow_text(ids.categories),),
            np.bincount(customer, minlength=n),
            revenue,
            first,
            lines,
            np.bincount(day - first, minlength=length),
            np.bincount(gaps),
            customers,
            returns,
            *_rhythm(gaps, customer[1:][same]),
        )

    @classmethod
    def together(cls, parts: Sequence["BoughtDays"]) -> "BoughtDays":
        """Combine those of all blocks of customers."""
        dated = [part for part in parts if len(part.lines)] or [parts[0]]
        first = min(part.first for part in dated)
        starts = [part.first - first for part in dated]
        return cls(
            tuple(ids for part in parts for ids in part.ids),
            np.concatenate([part.days for part in parts]),
            np.concatenate([part.revenue for part in parts]),
            first,
            _added([part.lines for part in dated], starts),
            _added([part.buyers for part in dated], starts),
            _added([part.gaps for part in parts], [0] * len(parts)),
            sum(part.customers for part in parts),
            sum(part.returns for part in parts),
            sum(part.with_gaps for part in parts),
            sum(part.regular for part in parts),
        )

    @property
    def last(self) -> int:
        """The last day of any line, in days since 1970."""
        return self.first + len(self.lines) - 1

    def by_day(self) -> tuple[np.ndarray, np.ndarray]:
        """The days with a purchase, sorted, and the number of purchase lines on each."""
        days = np.flatnonzero(self.lines)
        return days + self.first, self.lines[days]

    def buyers_by_day(self) -> tuple[np.ndarray, np.ndarray]:
        """The days with a purchase, sorted, and the number of customers who bought on each."""
        days = np.flatnonzero(self.buyers)
        return days + self.first, self.buyers[days]

    def revenue_share(self, among: np.ndarray) -> float:
        """The share of the net revenue that the ids at some positions have."""
        return float(self.revenue[among].sum() / max(self.revenue.sum(), 1))

    def named(self, among: np.ndarray) -> pd.Index:
        """The ids at some positions, in text order."""
        return pd.Index(pa.chunked_array(self.ids, pa.large_string()).take(pa.array(among)).sort().to_pandas())


def _rhythm(gaps: np.ndarray, customer: np.ndarray) -> tuple[int, int]:
    """The number of customers with enough gaps, and of those with regular ones; (m,) gaps and the customer of each."""
    n = np.bincount(customer)
    enough = n >= MIN_GAPS
    total, squares = (np.bincount(customer, weights=gaps.astype("float64") ** power)[enough] for power in (1, 2))
    mean = total / n[enough]
    regular = (squares - total * mean) / (n[enough] - 1) < REGULAR * mean**2
    return int(enough.sum()), int(regular.sum())


def _added(parts: Sequence[np.ndarray], starts: Sequence[int]) -> np.ndarray:
    """The sum of count arrays, each shifted by its start."""
    total = np.zeros(max(start + len(part) for part, start in zip(parts, starts, strict=True)), dtype="int64")
    for part, start in zip(parts, starts, strict=True):
        total[start : start + len(part)] += part
    return total


def _starts(*keys: np.ndarray) -> np.ndarray:
    """The positions at which a new combination of keys begins, in rows sorted by these keys."""
    new = np.zeros(len(keys[0]), dtype=bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(new)
