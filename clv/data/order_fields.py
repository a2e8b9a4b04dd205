"""Fields of a whole order: exports often write them only on its first line, and refunds may name only the order."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv.data import types
from clv.data.id_forms import is_placeholder

FIELDS = ("customer_id", "order_ts", "status")


def inherit(columns: dict[str, pd.Series], raw: pd.DataFrame) -> np.ndarray:
    """Fill in blank customers, times and statuses from other rows of the order; return which rows were filled, (n,).

    If the rows of an order name two customers, no customer is filled in. A time is taken from the first row of the same
    order and customer that has one. So is a status, but never from a return, because a refund does not describe what
    was bought. Values that are present are kept.
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
    """Whether no value was given, per row (n,); a value that could not be read is not blank."""
    blank = typed.isna().to_numpy().copy()
    if blank.any():
        blank[blank] = never_came(came[blank])
    return blank


def never_came(values: pd.Series) -> np.ndarray:
    """Whether a raw value is missing or consists only of blanks, per row (n,)."""
    if pd.api.types.is_datetime64_any_dtype(values):  # a database's infinite date has no text
        return values.isna().to_numpy()
    return types.as_text(values).isna().to_numpy()


def rows_of_orders(order_id: pd.Series, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of all rows of the orders that `some` rows belong to, (n,), and the number of the order of each.

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
    """The only customer whom the rows of an order name, by number of the order; -1 if they name none or several."""
    known = customer >= 0
    lowest = np.full(order.max() + 1, np.iinfo("int64").max)
    highest = np.full(order.max() + 1, -1)
    np.minimum.at(lowest, order[known], customer[known])
    np.maximum.at(highest, order[known], customer[known])
    return np.where(lowest == highest, lowest, -1)


def _first(group: np.ndarray, rows: np.ndarray, gives: np.ndarray, wants: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows that need a value and have a row in their group that gives one, and the first such row for each."""
    first = np.full(group.max(initial=-1) + 1, -1, dtype="int64")
    first[group[gives][::-1]] = rows[gives][::-1]  # reversed, because the last assignment wins
    source = first[group[wants]]
    return rows[wants][source >= 0], source[source >= 0]


def _taken(values: pd.Series, to: np.ndarray, source: np.ndarray) -> pd.Series:
    """The values, with those of the rows `to` replaced by those of the rows `source`."""
    taken = np.arange(len(values))
    taken[to] = source
    return values.take(taken).set_axis(values.index)


def _returns(columns: dict[str, pd.Series], rows: np.ndarray) -> np.ndarray:
    """Which of some rows are returns, by any sign that a line may have."""
    back = columns["amount_minor"].iloc[rows].lt(0).fillna(False).to_numpy(dtype=bool)
    if "quantity" in columns:
        units = columns["quantity"].iloc[rows].to_numpy()
        # Below zero with units sold: the line holds the discount of the whole order, which exceeds its value.
        back = (back & ~(units > 0)) | (units < 0)
    if "is_return" in columns:
        back |= columns["is_return"].iloc[rows].fillna(False).to_numpy(dtype=bool)
    return back
