"""Rules about what is a sale, by the state of the order: what was cancelled, refunded or never paid is none."""

import numpy as np
import pandas as pd

from clv.data.lines import Lines
from clv.data.order_fields import rows_of_orders


def unknown(lines: Lines) -> np.ndarray:
    """States that no list knows; their lines count as sales."""
    if "status" not in lines.columns:
        return np.zeros(len(lines), dtype=bool)
    return _means(lines, None)


def not_sales(lines: Lines) -> np.ndarray:
    """Lines whose state is not that of a sale, and the returns that would take their money a second time.

    A negative line of an order that is taken back is a return, and stays: it takes what it names from the sales. It
    goes where its customer's order is set aside whole, or where it takes back just one such line of the order.
    """
    if "status" not in lines.columns:
        return np.zeros(len(lines), dtype=bool)
    back = lines.amounts < 0
    gone = lines.kept & (_means(lines, "never came about") | (_means(lines, "taken back") & ~back))
    if "order_id" in lines.columns and (gone & ~back).any() and (lines.kept & ~gone & back).any():
        gone |= _returned_anyway(lines, gone, back)
    return gone


def _means(lines: Lines, meaning: str | None) -> np.ndarray:
    states = lines.columns["status"].cat.categories
    return np.append([lines.how.statuses.meaning(str(state)) == meaning for state in states], False)[
        lines.codes("status")
    ]


def _returned_anyway(lines: Lines, gone: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Returns of what is set aside already: of whole orders, and of single lines of the same amount and product."""
    rows, order = rows_of_orders(lines.columns["order_id"], gone & ~back)
    rows, order = rows[lines.kept[rows]], order[lines.kept[rows]]
    group, _ = pd.factorize(order * (lines.customers.max() + 1) + lines.customers[rows])
    counts = (lines.amounts[rows] > 0) & ~gone[rows]
    # Of lines that have no amount nothing can be returned, but an order may consist of them.
    n_gone = np.bincount(group, weights=gone[rows] & ~back[rows], minlength=1)
    whole = (n_gone > 0) & (np.bincount(group, weights=counts, minlength=1) == 0)
    returned = back[rows] & ~gone[rows]

    keys = {"group": group, "size": np.abs(lines.amounts[rows])}
    if "product_id" in lines.columns:
        keys["product"] = lines.codes("product_id")[rows]
    frame = pd.DataFrame(keys)
    number, _ = pd.factorize(pd.MultiIndex.from_frame(frame))
    taken = np.bincount(number, weights=gone[rows] & ~back[rows], minlength=1)
    nth = pd.Series(returned).groupby(number).cumsum().to_numpy()
    found = np.zeros(len(lines), dtype=bool)
    found[rows] = returned & (whole[group] | (nth <= taken[number]))
    return found
