"""Which lines are returns, and how much of each there was to return."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv.data.lines import Lines


def marked(lines: Lines) -> np.ndarray:
    """Amounts with the sign that the line's mark requires, negative for marked returns. (n,) minor units."""
    return np.where(is_marked(lines), -np.abs(lines.amounts), lines.amounts)


def is_marked(lines: Lines) -> np.ndarray:
    """Whether `is_return` or the prefix of its order marks a line as a return, (n,)."""
    is_return = np.zeros(len(lines), dtype=bool)
    if "is_return" in lines.columns:
        is_return |= lines.columns["is_return"].fillna(False).to_numpy(dtype=bool)
    if lines.how.return_prefix is not None and "order_id" in lines.columns:
        is_return |= lines.columns["order_id"].str.startswith(lines.how.return_prefix, na=False).to_numpy(dtype=bool)
    return is_return


def covered(lines: Lines) -> np.ndarray:
    """Amounts in which every return is limited to what was left to return, (n,) minor units; 0 if nothing was left.

    Returns that name an order in which their customer bought are limited within the order, all others within the
    customer. The result is computed once: rejecting the returns of which nothing is left does not change any balance.
    """
    if lines.covered is None:
        lines.covered = _covered(lines)
    return lines.covered


def _covered(lines: Lines) -> np.ndarray:
    amounts = lines.amounts.copy()
    open_ = lines.kept & (amounts < 0)  # returns not matched with purchases yet
    if "order_id" in lines.columns and open_.any():
        _cover_orders(lines, amounts, open_)
    if open_.any():
        # Other customers need no check: their balance is at least the sum of the balances of their orders.
        rows = _rows_of_customers(lines, open_)
        amounts[rows] = cover(lines.customers[rows], lines.days[rows], lines.times[rows], amounts[rows])
    return amounts


def _rows_of_customers(lines: Lines, returns: np.ndarray) -> np.ndarray:
    """Positions of the kept lines of all customers who have one of the returns."""
    customers = np.zeros(lines.customers.max() + 1, dtype=bool)
    customers[lines.customers[returns]] = True
    rows = np.flatnonzero(lines.kept)
    return rows[customers[lines.customers[rows]]]


def _cover_orders(lines: Lines, amounts: np.ndarray, open_: np.ndarray) -> None:
    """Limit returns within the orders they name; mark as settled those whose order has a purchase of the customer."""
    order_id = pa.array(lines.columns["order_id"], from_pandas=True)
    named = pc.unique(order_id.filter(pa.array(open_))).drop_null()
    rows = _rows_of_customers(lines, open_)
    mine = np.zeros(len(lines), dtype=bool)
    mine[rows] = True
    order = pc.index_in(order_id.filter(pa.array(mine)), value_set=named).fill_null(-1).to_numpy().astype("int64")
    rows, order = rows[order >= 0], order[order >= 0]
    group, _ = pd.factorize(lines.customers[rows] * max(len(named), 1) + order)
    has_purchase = np.bincount(group, weights=amounts[rows] > 0, minlength=1) > 0
    rows, group = rows[has_purchase[group]], group[has_purchase[group]]
    amounts[rows] = cover(group, lines.days[rows], lines.times[rows], amounts[rows])
    open_[rows] = False


def cover(group: np.ndarray, day: np.ndarray, time: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """Amounts, (n,) int64, in which every return is limited to the balance of its group before it; purchases stay.

    The lines of a group are ordered by day, within a day purchases before returns (dates without a time may be mixed
    with times), then by time, then as given. The balance is a walk that is reflected at zero: B = S - min(0, min S so
    far), where S are the running sums; a return takes the fall of B. The result is exact for whole numbers.
    """
    order = np.lexsort((time, amount < 0, day, group))
    ordered, groups = amount[order], group[order]
    first = np.flatnonzero(np.diff(groups, prepend=groups[:1] - 1))
    number = np.repeat(np.arange(len(first)), np.diff(first, append=len(groups)))
    sums = np.cumsum(ordered)
    sums -= (sums[first] - ordered[first])[number]
    balance = sums - pd.Series(sums).groupby(number).cummin().to_numpy().clip(max=0)
    before = np.concatenate([[0], balance[:-1]])
    before[first] = 0
    kept = np.empty_like(amount)
    kept[order] = np.where(ordered < 0, balance - before, ordered)
    return kept
