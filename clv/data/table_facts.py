"""Facts about a clean table as a whole, from all of its rows at once or from its blocks one by one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv.data import quality
from clv.data.amounts import are_margins
from clv.data.bought_days import BoughtDays
from clv.data.cleaning import Cleaned
from clv.data.id_forms import has_other_form
from clv.data.quality import Hits
from clv.data.schema import TABLES, clean_name
from clv.data.shown import Shown
from clv.data.types import arrow_text
from clv.formulas import FORMULA

N_ORDER_IDS = 20_000  # at most, that are examined; a spreadsheet spoils a whole column
NOT_LISTED = ("order_id", "product_id")  # in no list or table that people open


@dataclass(frozen=True)
class TableFacts:
    """Facts about some or all blocks of a table.

    Attributes
    ----------
    rows, clean_rows: the number of raw and of clean rows. columns: of the clean table, in order. with_gaps: those of
    them with whole numbers, some of which are missing. ids: the customer ids of all raw rows in text order, one array
    per block. id_rows: the number of clean rows of each. other_form: whether any id is spelled in a way that may hide
    its equality with another. order_ids: numbers of rows at even distances, and their order ids. formulas: by column,
    texts of the clean rows that begin like formulas. shown, bought: of transactions, None for other tables.
    """

    table: str
    rows: int
    clean_rows: int
    columns: tuple[str, ...]
    with_gaps: frozenset[str]
    hits: list[Hits]
    unreadable: dict[str, int]
    ids: tuple[pa.Array, ...]
    id_rows: tuple[np.ndarray, ...]
    other_form: bool
    order_ids: tuple[np.ndarray, pa.Array]
    formulas: dict[str, frozenset[str]]
    shown: Shown | None
    bought: BoughtDays | None

    @classmethod
    def of(cls, cleaned: Cleaned, rows_in_all: int | None = None) -> "TableFacts":
        """The facts about a table, or about one block of a table that has `rows_in_all`."""
        customers = cleaned.columns["customer_id"].cat
        bought = BoughtDays.of(cleaned) if cleaned.table == "transactions" else None
        ids = bought.ids[0] if bought else arrow_text(customers.categories)  # converted once, as they are many
        codes = customers.codes.to_numpy()[cleaned.order]
        return cls(
            cleaned.table,
            len(cleaned.numbers),
            len(cleaned.order),
            tuple(cleaned.columns),
            frozenset(name for name, values in cleaned.columns.items() if values.dtype == "Int64"),
            cleaned.hits,
            cleaned.unreadable,
            (ids,),
            (np.bincount(codes, minlength=len(ids)),),
            has_other_form(ids),
            _order_ids(cleaned, len(cleaned.numbers) if rows_in_all is None else rows_in_all),
            _formulas(cleaned),
            cleaned.shown,
            bought,
        )

    @classmethod
    def together(cls, parts: Sequence["TableFacts"]) -> "TableFacts":
        """The facts about all blocks."""
        shown = Shown.together([part.shown for part in parts if part.shown]) if parts[0].shown else None
        hits = quality.together([part.hits for part in parts])
        if shown and not are_margins(shown.first_returns, shown.customers):
            hits = [found.without() if found.rule == "amounts_like_margins" else found for found in hits]
        names = {name for part in parts for name in part.columns}
        numbers = np.concatenate([part.order_ids[0] for part in parts])
        order_ids = pa.concat_arrays([part.order_ids[1] for part in parts])
        return cls(
            parts[0].table,
            sum(part.rows for part in parts),
            sum(part.clean_rows for part in parts),
            tuple(clean_name(column) for column in TABLES[parts[0].table] if clean_name(column) in names),
            frozenset(name for part in parts for name in part.with_gaps),
            hits,
            _added([part.unreadable for part in parts]),
            tuple(ids for part in parts for ids in part.ids),
            tuple(rows for part in parts for rows in part.id_rows),
            any(part.other_form for part in parts),
            (np.sort(numbers), order_ids.take(pa.array(np.argsort(numbers)))),
            {
                name: frozenset().union(*(part.formulas.get(name, frozenset()) for part in parts))
                for name in {name: None for part in parts for name in part.formulas}
            },
            shown,
            BoughtDays.together([part.bought for part in parts if part.bought]) if parts[0].bought else None,
        )

    @property
    def quality(self) -> pd.DataFrame:
        """One row per rule; see `clv.data.quality`."""
        return quality.table(self.table, self.hits, self.rows)

    @property
    def counts(self) -> dict[str, int]:
        """The number of rows that each rule hit."""
        return {hits.rule: hits.rows for hits in self.hits}

    def count(self, action: str) -> dict[str, int]:
        """The number of rows by rule, for the rules with one action."""
        return {hits.rule: hits.rows for hits in self.hits if hits.action == action}

    @property
    def bad_share(self) -> float:
        """The share of all rows that were rejected as bad data."""
        return quality.bad_share(self.hits, self.rows)


def _order_ids(cleaned: Cleaned, n: int) -> tuple[np.ndarray, pa.Array]:
    if "order_id" not in cleaned.columns:
        return np.empty(0, dtype="int64"), pa.array([], pa.large_string())
    rows = np.flatnonzero(cleaned.numbers % (-(-n // N_ORDER_IDS) or 1) == 0)
    return cleaned.numbers[rows], arrow_text(cleaned.columns["order_id"].iloc[rows])


def _formulas(cleaned: Cleaned) -> dict[str, frozenset[str]]:
    found = {}
    for name, column in cleaned.columns.items():
        if name in NOT_LISTED or not isinstance(column.dtype, pd.CategoricalDtype):
            continue
        texts = arrow_text(column.cat.categories)
        odd = np.flatnonzero(pc.match_substring_regex(texts, FORMULA.pattern).fill_null(False))
        if len(odd):
            used = np.intersect1d(column.cat.codes.to_numpy()[cleaned.order], odd)
            found[name] = frozenset(texts.take(pa.array(used)).to_pylist())
    return found


def _added(parts: Sequence[dict[str, int]]) -> dict[str, int]:
    return {name: sum(part.get(name, 0) for part in parts) for name in {name: None for part in parts for name in part}}
