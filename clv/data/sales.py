"""Rules about the order status: orders that were cancelled, refunded or never paid are not sales."""

import numpy as np
import pandas as pd

from clv.data.lines import Lines
from clv.data.order_fields import rows_of_orders
from clv.data.statuses import Meaning


def unknown(lines: Lines) -> np.ndarray:
    """Lines with a status that no list contains; they count as sales."""
    return _means(lines, None)


def not_sales(lines: Lines) -> np.ndarray:
    """Lines whose status is not that of a sale, and the returns that would deduct their money a second time.

    A negative line whose status means taken back is itself the return. It stays and is deducted from the sales, unless
    what it returns is already set aside. That is so if its customer's whole order is set aside, or a line of the same
    amount that was taken back, in the same order or, if the return names no order, of the same customer.
    """
    back = lines.amounts < 0
    taken_back = lines.kept & _means(lines, "taken back") & ~back
    gone = taken_back | (lines.kept & _means(lines, "never came about"))
    returns = lines.kept & back & ~gone
    if not gone.any() or not returns.any():
        return gone
    if "order_id" in lines.columns:
        rows, group = _orders(lines, gone & ~back)
        sold, unsold = (np.bincount(group, weights=some, minlength=1) > 0 for some in _purchases(lines, gone, rows))
        purchases, returned = _pairs(lines, rows, group, returns, taken_back)
        gone[rows] |= returned | (returns[rows] & (unsold & ~sold)[group])
        taken_back[rows[purchases]] = False
        returns &= ~gone
        rows, group = _orders(lines, returns)
        bought = np.bincount(group, weights=lines.amounts[rows] > 0, minlength=1) > 0
        returns[rows[bought[group]]] = False  # the order that they name shows what they return
    rows = np.flatnonzero(taken_back | returns)
    gone[rows] |= _pairs(lines, rows, lines.customers[rows], returns, taken_back)[1]
    return gone


def _orders(lines: Lines, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the kept lines of all orders that have one of some lines, and a number per order and customer."""
    rows, order = rows_of_orders(lines.columns["order_id"], some)
    rows, order = rows[lines.kept[rows]], order[lines.kept[rows]]
    group, _ = pd.factorize(order * (lines.customers.max() + 1) + lines.customers[rows])
    return rows, group


def _purchases(lines: Lines, gone: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of some rows are purchases that count, and which are purchases that are set aside."""
    back = lines.amounts[rows] < 0
    return (lines.amounts[rows] > 0) & ~gone[rows], ~back & gone[rows]


def _means(lines: Lines, meaning: Meaning | None) -> np.ndarray:
    if "status" not in lines.columns:
        return np.zeros(len(lines), dtype=bool)
    states = lines.columns["status"].cat.categories
    has_it = [lines.how.statuses.meaning(str(state)) == meaning for state in states]
    return np.append(has_it, False).astype(bool)[lines.codes("status")]


def _pairs(
    lines: Lines, rows: np.ndarray, group: np.ndarray, returns: np.ndarray, taken_back: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Which of some rows are purchases taken back and which returns of equal amount and product, paired one to one."""
    keys = {"group": group, "size": np.abs(lines.amounts[rows])}
    if "product_id" in lines.columns:
        keys["product"] = lines.codes("product_id")[rows]
    number, _ = pd.factorize(pd.MultiIndex.from_frame(pd.DataFrame(keys)))
    paired = []
    for some, others in ((taken_back, returns), (returns, taken_back)):
        nth = pd.Series(some[rows]).groupby(number).cumsum().to_numpy()
        most = np.bincount(number, weights=others[rows], minlength=1)
        paired.append(some[rows] & (nth <= most[number]))
    return paired[0], paired[1]
