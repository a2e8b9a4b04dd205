"""How features are distributed over customers, and what customers with low and high values then spent."""

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT

BINS = 30
GROUPS = 5  # of customers by a feature, as far as equal values allow


def by_quantile(values: np.ndarray, target: np.ndarray, least: int) -> pd.DataFrame:
    """Low, high, customers and mean target of up to GROUPS groups of rising values, of at least `least` customers each.

    Takes one value and one target in money per customer, in any order; a customer who lacks one of them is left out.
    Equal values stay together.
    """
    known = ~(np.isnan(values) | np.isnan(target))
    values, cents = values[known], np.rint(target[known] * MINOR_PER_UNIT).astype("int64")
    ends = _ends(values)
    group = np.searchsorted(ends, values)
    customers = np.bincount(group, minlength=1)
    total = np.zeros(len(customers), dtype="int64")
    np.add.at(total, group, cents)  # whole cents: the sum is the same in any order
    low, high = np.full(len(customers), np.inf), np.full(len(customers), -np.inf)
    np.minimum.at(low, group, values)
    np.maximum.at(high, group, values)
    rows = pd.DataFrame({"low": low, "high": high, "total": total, "customers": customers})
    rows = rows[rows["customers"] >= max(least, 1)].reset_index(drop=True)
    return rows.assign(mean=(rows["total"] / MINOR_PER_UNIT / rows["customers"]).round(2)).drop(columns="total")


def _ends(values: np.ndarray) -> list[float]:
    """The highest value of each group but the last: a group takes its share of the customers left, and all ties."""
    found, customers = np.unique(values, return_counts=True)
    filled = np.cumsum(customers)
    ends: list[float] = []
    before = 0
    while len(ends) < GROUPS - 1 and before < len(values):
        at = int(np.searchsorted(filled, before + (len(values) - before) / (GROUPS - len(ends))))
        ends.append(float(found[at]))
        before = int(filled[at])
    return ends


def spread(values: np.ndarray) -> tuple[pd.DataFrame, float]:
    """A histogram of values, one per customer, without the lowest and the highest 1%: low, high and count by bin.

    Also returns the median. Customers without a value are left out.
    """
    known = values[~np.isnan(values)]
    low, high = np.quantile(known, [0.01, 0.99])
    whole = bool((known == np.rint(known)).all())
    step = max(1, round((high - low) / BINS)) if whole else max((high - low) / BINS, 1e-6)
    edges = np.arange(low - step / 2, high + step, step)
    counts, _ = np.histogram(known, edges)
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], "count": counts}), float(np.median(known))
