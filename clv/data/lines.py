"""A raw table with types, on which the cleaning rules work."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv.data import order_fields, types
from clv.data.bounds import Bounds
from clv.data.params import PreprocessParams
from clv.data.schema import TABLES, InputColumn, clean_name
from clv.data.source import TableSource
from clv.data.statuses import USUAL, Statuses
from clv.data.whole_table import WholeTable
from clv.errors import InputError

IDS = ("customer_id", "order_id", "product_id")
PARTS = ("quantity", "unit_price", "discount")  # from which a missing column of amounts is computed


@dataclass(frozen=True)
class Cleaning:
    """How to read times and numbers, the last day that counts, and what lines mean.

    `bounds` are those of the whole shop if the lines belong to some of its customers and are cleaned as of a past day.
    `whole` is what all rows of the table show if these lines are one block of its customers. If either is None, it is
    derived from the lines.
    """

    time_zone: str
    date_format: str | None = None
    decimal: str = "."
    formatted: frozenset[str] = frozenset()
    last_day: date | None = None
    grain: str = "lines"
    return_prefix: str | None = None
    ignore_id_case: bool = False
    non_products: tuple[str, ...] = ()
    not_customers: tuple[str, ...] = ()
    statuses: Statuses = USUAL
    bounds: Bounds | None = None
    whole: WholeTable | None = None

    @classmethod
    def of(cls, params: PreprocessParams, last_day: date | None, source: TableSource) -> "Cleaning":
        """The settings of the parameters, for a table of the whole shop that came from `source`."""
        return cls(
            time_zone=params.time_zone,
            date_format=source.date_format,
            decimal=source.decimal,
            formatted=frozenset(source.formatted),
            last_day=last_day,
            grain=params.grain,
            return_prefix=params.return_prefix,
            ignore_id_case=params.ignore_id_case,
            non_products=params.non_products,
            not_customers=params.not_customers,
            statuses=Statuses(params.sale_statuses, params.no_sale_statuses),
        )

    def number(self, values: pd.Series) -> pd.Series:
        """The numbers of a raw column as floats, read as the source writes them."""
        return types.as_number(values, self.decimal, values.name in self.formatted)


class Lines:
    """The rows of a raw table while they are cleaned: `kept` marks those that no rule has rejected so far.

    Attributes
    ----------
    raw: the n raw rows. numbers: (n,) row numbers in the whole raw table, from 0. unreadable: the number of values by
    column that were present but could not be read. inherited: (n,) whether a blank of the row was filled in from its
    order; see `clv.data.order_fields`. columns: typed columns of n rows in the order of the schema. Text is
    categorical, except `order_id`, which has too many values; money is whole minor units under the name `*_minor`.
    Optional columns without a value are left out.
    """

    def __init__(self, table: str, raw: pd.DataFrame, how: Cleaning, numbers: np.ndarray | None = None):
        self.table = table
        self.how = how
        self.raw = raw.reset_index(drop=True)
        self.numbers = np.arange(len(raw)) if numbers is None else numbers
        self.kept = np.ones(len(raw), dtype=bool)
        self.covered: np.ndarray | None = None  # amounts, once `clv.data.returns` has computed them
        self.largest_return = 0  # in minor units, once extreme lines are looked for
        self.first_returns = 0  # customers who begin with one, once these are looked for
        self.unreadable: dict[str, int] = {}
        self.columns: dict[str, pd.Series] = {}
        for column in TABLES[table]:
            values = self._typed(column)
            held = how.whole is not None and clean_name(column) in how.whole.columns  # a value in other blocks
            if column.required or held or values.notna().any():
                self.columns[clean_name(column)] = values
        self.inherited = order_fields.inherit(self.columns, self.raw)

    def __len__(self) -> int:
        return len(self.raw)

    def _typed(self, column: InputColumn) -> pd.Series:
        if column.name not in self.raw.columns:
            if column.name == "amount":
                return self._computed_amount()
            if column.required:
                raise InputError(f"{self.table}: no column {column.name}, which is required; map it to one of yours")
            return pd.Series(pd.NA, index=self.raw.index, dtype="Int64")
        values = self.raw[column.name]
        typed = _read_as(column, values, self.how)
        empty = typed.isna()
        if empty.any():
            lost = int(types.as_text(values[empty]).notna().sum())
            if lost:
                self.unreadable[column.name] = lost
        return typed

    def _computed_amount(self) -> pd.Series:
        """Quantity times unit price less discount, rounded to cents once; a missing discount counts as 0."""
        if not {"quantity", "unit_price"} <= set(self.raw.columns):
            raise InputError(
                "transactions: no column amount, nor quantity and unit_price to compute it from; map one of yours"
            )
        parts = {name: self.how.number(self.raw[name]) for name in PARTS if name in self.raw.columns}
        amount = parts["quantity"] * parts["unit_price"]
        if "discount" in parts:  # a discount that cannot be read leaves the amount unknown
            amount = amount - parts["discount"].where(parts["discount"].notna() | self.raw["discount"].notna(), 0.0)
        return types.as_minor(amount)

    @property
    def time_name(self) -> str:
        """The name of the table's time column; only tables with rules about time need one."""
        return next(column.name for column in TABLES[self.table] if column.kind == "time")

    @cached_property
    def times(self) -> np.ndarray:
        """(n,) int64 microseconds since 1970; the smallest integer where there is no time."""
        return self.columns[self.time_name].to_numpy(dtype="datetime64[us]").view("int64")

    @cached_property
    def days(self) -> np.ndarray:
        """(n,) int64 days since 1970."""
        return self.times // types.MICROSECONDS_PER_DAY

    @cached_property
    def customers(self) -> np.ndarray:
        """(n,) int64 codes of the customers in text order of their ids, -1 for none."""
        return self.codes("customer_id")

    @cached_property
    def amounts(self) -> np.ndarray:
        """(n,) int64 minor units, 0 where there is no amount; all zeros for a table without amounts."""
        if "amount_minor" not in self.columns:
            return np.zeros(len(self), dtype="int64")
        return self.columns["amount_minor"].to_numpy(dtype="int64", na_value=0)

    def set_amounts(self, amounts: np.ndarray) -> None:
        """Replace the amounts, (n,) minor units; rows without an amount stay without."""
        missing = self.columns["amount_minor"].isna().to_numpy()
        self.columns["amount_minor"] = pd.Series(pd.arrays.IntegerArray(amounts, missing))
        self.amounts = amounts

    def codes(self, name: str) -> np.ndarray:
        """(n,) int64 codes of a text column other than `order_id`, -1 for none."""
        return self.columns[name].cat.codes.to_numpy(dtype="int64")


def _read_as(column: InputColumn, values: pd.Series, how: Cleaning) -> pd.Series:
    match column.kind:
        case "text":
            text = types.as_text(values)
            if column.name == "order_id":
                return text.astype("str")
            text = text.astype("category")
            return _in_order(text, how.ignore_id_case) if column.name == "customer_id" else text
        case "time":
            return types.as_time(values, how.time_zone, how.date_format)
        case "flag":
            return types.as_flag(values)
        case "number":
            return how.number(values)
        case "money":
            return types.as_minor(how.number(values))


def _in_order(ids: pd.Series, ignore_case: bool) -> pd.Series:
    """Ids whose codes are in text order, optionally in lower case."""
    if ignore_case:
        ids = types.replace_categories(ids, pd.Series(ids.cat.categories.array).astype("str").str.lower())
    texts = pa.array(ids.cat.categories, type=pa.large_string())
    if pc.all(pc.less(texts[:-1], texts[1:]), min_count=0).as_py():
        return ids
    by_text = pc.array_sort_indices(texts).to_numpy()
    rank = np.empty(len(by_text) + 1, dtype="int32")
    rank[by_text] = np.arange(len(by_text), dtype="int32")
    rank[-1] = -1  # of null, whose code is -1
    codes = rank[ids.cat.codes.to_numpy()]
    return pd.Series(pd.Categorical.from_codes(codes, ids.cat.categories.take(by_text)), index=ids.index)
