"""What belongs to a whole order: exports write it on the first line alone, and refunds name the order alone."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv.data import types
from clv.data.id_forms import is_placeholder

FIELDS = ("customer_id", "order_ts", "status")


def inherit(columns: dict[str, pd.Series], raw: pd.DataFrame) -> np.ndarray:
    """Fill in blank customers, times and states from the other rows of the same order; gives which rows got one, (n,).

    An order whose rows name two customers gives none. A time is the first that a row of the same order and customer
    has, a state likewise, but no return's: a refund is not the state of what was bought. A row keeps what it has.
    """
    inherited = np.zeros(len(raw), dtype=bool)
    if "order_id" not in columns:
        return inherited
    blank = {name: is_blank(columns[name], raw[name]) for name in FIELDS if name in columns}
    rows, order = rows_of_orders(columns["order_id"], np.logical_or.reduce(list(blank.values())))
    if not len(rows):
        return inherited
    ids = columns["customer_id"]
    codes = ids.cat.codes.to_numpy(dtype="int64").copy()
    mine = codes[rows]
    lacks = mine < 0
    mine[lacks] = _agreed(order, mine)[order[lacks]]
    codes[rows] = mine
    inherited[rows] = lacks & (mine >= 0)
    if inherited.any():
        columns["customer_id"] = pd.Series(pd.Categorical.from_codes(codes, ids.cat.categories), index=ids.index)

    rows, order, mine = rows[mine >= 0], order[mine >= 0], mine[mine >= 0]
    group, _ = pd.factorize(order * len(ids.cat.categories) + mine)
    for name in FIELDS[1:]:
        if name in blank and blank[name][rows].any():
            gives = ~columns[name].isna().to_numpy()[rows]
            if name == "status":
                gives &= ~_returns(columns, rows)
            to, source = _first(group, rows, gives, blank[name][rows])
            columns[name] = _taken(columns[name], to, source)
            inherited[to] = True
    return inherited


def is_blank(typed: pd.Series, came: pd.Series) -> np.ndarray:
    """Whether nothing came, per row; what came and could not be read is not blank. (n,)"""
    blank = typed.isna().to_numpy().copy()
    if blank.any():
        blank[blank] = never_came(came[blank])
    return blank


def never_came(values: pd.Series) -> np.ndarray:
    """Whether there is nothing, or nothing but blanks, per raw value. (n,)"""
    if pd.api.types.is_datetime64_any_dtype(values):  # an infinite date, which databases know, has no text
        return values.isna().to_numpy()
    return types.as_text(values).isna().to_numpy()


def rows_of_orders(order_id: pd.Series, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of all rows of the orders that have one of `some` rows, (n,), and the number of each one's order.

    An id such as 0 or none names no order.
    """
    if not some.any():
        return np.empty(0, dtype="int64"), np.empty(0, dtype="int64")
    ids = pa.array(order_id, from_pandas=True)
    named = pc.unique(ids.filter(pa.array(some))).drop_null()
    named = named.filter(pa.array(~is_placeholder(named.to_pandas())))
    order = pc.index_in(ids, value_set=named).fill_null(-1).to_numpy().astype("int64")
    rows = np.flatnonzero(order >= 0)
    return rows, order[rows]


def _agreed(order: np.ndarray, customer: np.ndarray) -> np.ndarray:
    """The customer whom all rows of an order name that name one, by number of the order; -1 where there is no such."""
    known = customer >= 0
    lowest = np.full(order.max() + 1, np.iinfo("int64").max)
    highest = np.full(order.max() + 1, -1)
    np.minimum.at(lowest, order[known], customer[known])
    np.maximum.at(highest, order[known], customer[known])
    return np.where(lowest == highest, lowest, -1)


def _first(group: np.ndarray, rows: np.ndarray, gives: np.ndarray, wants: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows that want a value and have a row in their group that gives one, and the first such row of each."""
    first = np.full(group.max(initial=-1) + 1, -1, dtype="int64")
    first[group[gives][::-1]] = rows[gives][::-1]  # of several the last one written stays
    source = first[group[wants]]
    return rows[wants][source >= 0], source[source >= 0]


def _taken(values: pd.Series, to: np.ndarray, source: np.ndarray) -> pd.Series:
    """The values with those of the rows `source` in the rows `to`."""
    taken = np.arange(len(values))
    taken[to] = source
    return values.take(taken).set_axis(values.index)


def _returns(columns: dict[str, pd.Series], rows: np.ndarray) -> np.ndarray:
    """Which of some rows are returns, by any sign of it that a line may have."""
    back = columns["amount_minor"].iloc[rows].lt(0).fillna(False).to_numpy(dtype=bool)
    if "quantity" in columns:
        units = columns["quantity"].iloc[rows].to_numpy()
        # Below zero with units sold: the discount of the whole order stands on this line, and is more than it is worth.
        back = (back & ~(units > 0)) | (units < 0)
    if "is_return" in columns:
        back |= columns["is_return"].iloc[rows].fillna(False).to_numpy(dtype=bool)
    return back
