"""A block of whole customers: their events and attributes, as arrays in the order of their ids."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv.data import schema
from clv.data.types import MICROSECONDS_PER_DAY
from clv.features.events import Events, Text, Values

MILLI = 1000  # quantities are whole thousandths, so that their sums are exact
LARGEST_QUANTITY = 1e9
FEATURE_TABLES = ("transactions", "customers", "touches")  # from which features are computed


@dataclass(frozen=True)
class Clean:
    """The clean tables of a shop, whole and in memory: for tests, notebooks and small data."""

    transactions: pd.DataFrame
    customers: pd.DataFrame
    touches: pd.DataFrame


@dataclass(frozen=True)
class Block:
    """Customers with all of their data, including later events; features access them only through a `History`.

    Attributes
    ----------
    ids: (n,) text, ascending: the customers in the transactions of the block. lines: order lines and returns; money in
    whole minor units, `quantity_milli` in thousandths, `starts_order` at the first purchase of each order id. An
    unknown number is 0 and an unknown flag is no; `is_eco_known` marks the known ones. A blank discount is 0. days:
    purchase days, one event per customer and day, with `amount_minor` and `discount_minor` of the purchases, the number
    of `lines`, and the `gap` in days since the previous purchase day, 0 for the first. touches: e-mails and ads.
    profile: columns of (n,) by name, null for customers without a profile.
    """

    ids: pa.Array
    lines: Events
    days: Events
    touches: Events
    profile: dict[str, Values]

    @classmethod
    def of_tables(cls, tables: Mapping[str, pa.Table]) -> "Block":
        """From the clean tables of these customers by name, with rows by customer and time; columns may be left out."""
        buyers = _dictionary(tables["transactions"].column("customer_id"))
        ids = buyers.dictionary
        lines = _events(tables["transactions"], schema.TRANSACTIONS, "order_ts", buyers.indices.to_numpy(), len(ids))
        touched = _dictionary(tables["touches"].column("customer_id"))
        known = np.append(pc.index_in(touched.dictionary, ids).fill_null(-1).to_numpy(), -1)
        position = known[touched.indices.to_numpy()]
        theirs = position >= 0  # touches also go to people who never bought
        touches = _events(
            tables["touches"].filter(pa.array(theirs)), schema.TOUCHES, "touch_ts", position[theirs], len(ids)
        )
        return cls(ids, lines, _purchase_days(lines), touches, _profile(tables["customers"], ids))

    @classmethod
    def of_frames(cls, clean: Clean) -> "Block":
        """From whole clean tables, with rows in any order, as one block."""
        times = {"transactions": "order_ts", "touches": "touch_ts"}
        tables = {}
        for name in FEATURE_TABLES:
            frame: pd.DataFrame = getattr(clean, name)
            by = ["customer_id", *([times[name]] if name in times else [])]
            tables[name] = pa.Table.from_pandas(frame.sort_values(by, kind="stable"), preserve_index=False)
        return cls.of_tables(tables)

    @property
    def n(self) -> int:
        """The number of customers."""
        return len(self.ids)


def _dictionary(values: pa.ChunkedArray) -> pa.DictionaryArray:
    """Ascending text, encoded with its distinct values in that order."""
    array = values.combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # if there are no rows
        array = pa.array([], pa.string())
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    return pa.DictionaryArray.from_arrays(array.indices, array.dictionary.cast(pa.string()))


def _events(table: pa.Table, columns: Iterable[schema.InputColumn], time: str, customer: np.ndarray, n: int) -> Events:
    """Events of a clean table with those of the columns that it has; numbers are renamed to include their unit."""
    microseconds = table.column(time).cast(pa.timestamp("us")).to_numpy().view("int64")
    found: dict[str, Values] = {}
    for column in columns:
        name = schema.clean_name(column)
        if name not in table.column_names or name == "customer_id":
            continue
        if name == "order_id":
            found["starts_order"] = _starts_order(table, customer)
        elif column.kind == "number":
            found[f"{name}_milli"] = _milli(table.column(name))
        elif column.kind in _READ:
            found[name] = _READ[column.kind](table.column(name))
            if column.kind == "flag":
                found[f"{name}_known"] = table.column(name).is_valid().to_numpy()
    return Events(n, customer.astype("int64"), microseconds // MICROSECONDS_PER_DAY, found)


def _starts_order(table: pa.Table, customer: np.ndarray) -> np.ndarray:
    """Whether a line is the first purchase of its customer under its order id."""
    order = table.column("order_id").combine_chunks()
    bought = np.flatnonzero(pc.greater(table.column("amount_minor"), 0).to_numpy() & order.is_valid().to_numpy(False))
    ids, who = order.take(pa.array(bought)), customer[bought]
    same = who[1:] == who[:-1]
    begins = np.append(True, ~same | pc.not_equal(ids[1:], ids[:-1]).to_numpy(False))[: len(bought)]
    # Ids that only increase do not recur. All others have to be looked up, which takes longer than the rest together.
    falls = np.flatnonzero(same & pc.less(ids[1:], ids[:-1]).to_numpy(False))
    doubtful = np.flatnonzero(begins & np.isin(who, who[falls]))
    begins[doubtful] = False
    code = ids.take(pa.array(doubtful)).dictionary_encode().indices.to_numpy().astype("int64")
    _, first = np.unique(who[doubtful] * (len(code) + 1) + code, return_index=True)
    begins[doubtful[first]] = True
    starts = np.zeros(len(customer), dtype=bool)
    starts[bought[begins]] = True
    return starts


def _whole(values: pa.ChunkedArray) -> np.ndarray:
    """Whole numbers, with 0 for unknown."""
    return pc.fill_null(values, 0).to_numpy().astype("int64", copy=False)


def _flag(values: pa.ChunkedArray) -> np.ndarray:
    """Flags, with false for unknown."""
    return pc.fill_null(values, False).to_numpy()


def _milli(values: pa.ChunkedArray) -> np.ndarray:
    """Thousandths, with 0 for unknown or absurdly large numbers."""
    numbers = pc.fill_null(values, 0).to_numpy()
    return np.rint(np.where(np.abs(numbers) < LARGEST_QUANTITY, numbers, 0) * MILLI).astype("int64")


_READ: dict[schema.Kind, Callable[[pa.ChunkedArray], Values]] = {
    "text": Text.of,
    "money": _whole,
    "flag": _flag,
}


def _purchase_days(lines: Events) -> Events:
    bought = np.flatnonzero(lines["amount_minor"] > 0)
    customer, day = lines.customer[bought], lines.day[bought]
    first = np.ones(len(bought), dtype=bool)
    first[1:] = (customer[1:] != customer[:-1]) | (day[1:] != day[:-1])
    at = np.flatnonzero(first)
    customer, day = customer[at], day[at]
    gap = np.zeros(len(at), dtype="int64")
    gap[1:] = np.where(customer[1:] == customer[:-1], np.diff(day), 0)
    amounts = _sums(lines["amount_minor"][bought], at)
    columns = {"amount_minor": amounts, "lines": np.diff(at, append=len(bought)), "gap": gap}
    if "discount_minor" in lines:
        columns["discount_minor"] = _sums(np.maximum(lines["discount_minor"], 0)[bought], at)
    return Events(lines.n, customer, day, columns)


def _sums(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Sums over the runs of values that begin at some positions."""
    return np.add.reduceat(values, at) if len(at) else np.zeros(0, dtype="int64")


def _profile(customers: pa.Table, ids: pa.Array) -> dict[str, Values]:
    """Profile columns in the order of `ids`."""
    row = pc.index_in(ids, customers.column("customer_id").combine_chunks().cast(pa.string()))
    taken = customers.drop_columns("customer_id").take(row)
    return {name: _numbers_or_text(taken.column(name)) for name in taken.column_names}


def _numbers_or_text(values: pa.ChunkedArray) -> Values:
    kind = values.type
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return Text.of(values)
    return values.cast(pa.float64()).to_numpy()
