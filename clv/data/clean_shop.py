"""A whole shop, cleaned: the facts about all of its tables and, if they fit into memory, the tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from clv.data import identity, whole_input
from clv.data.blocks import Blocks, count_blocks
from clv.data.bounds import Bounds
from clv.data.cleaning import Cleaned, clean_table
from clv.data.figures import summarise
from clv.data.lines import Cleaning
from clv.data.params import PreprocessParams
from clv.data.required import require_balance, require_some_left, require_whole_ids
from clv.data.schema import TABLES
from clv.data.source import Source
from clv.data.table_facts import TableFacts


@dataclass(frozen=True)
class ShopFacts:
    """The facts about the clean tables of a shop.

    Attributes
    ----------
    tables: the facts by table. bounds: the limits with which some of the customers can be cleaned alone. matches: one
    row per table beside transactions, how its ids match those of the buyers. findings: one row per finding about the
    input. figures: the content of reports/metrics/preprocess.json.
    """

    tables: Mapping[str, TableFacts]
    bounds: Bounds
    matches: pd.DataFrame
    findings: pd.DataFrame
    figures: dict[str, Any]

    @classmethod
    def of(
        cls,
        tables: Mapping[str, TableFacts],
        source: Source,
        params: PreprocessParams,
        last_day: date | None,
        count_orders: Callable[[], int],
    ) -> "ShopFacts":
        """Derive them from the facts by table.

        `count_orders` returns the number of distinct order ids of clean transactions. Raises `InputError` if too many
        lines are bad, no purchase is left, or ids of the tables do not match.
        """
        lines = tables["transactions"]
        require_some_left(lines, params.max_rejected_share, source.tables["transactions"].name)
        matches = identity.match_tables(tables, source)
        findings = whole_input.examine(tables, matches, source.findings, last_day, count_orders)
        bounds = lines.shown.bounds(last_day) if lines.shown else None
        assert bounds, "there is a purchase"
        return cls(tables, bounds, matches, findings, summarise(tables, last_day))

    @property
    def quality(self) -> pd.DataFrame:
        """One row per table and rule; see `clv.data.quality`."""
        return pd.concat([found.quality for found in self.tables.values()], ignore_index=True)

    def blocks(self, n: int) -> Blocks:
        """How the tables are divided into `n` blocks."""
        return Blocks(
            n=n,
            rows=self.figures["clean_rows"],
            columns={table: found.columns for table, found in self.tables.items()},
            first_day=date.fromisoformat(self.figures["first_day"]),
            last_day=date.fromisoformat(self.figures["last_day"]),
        )


@dataclass(frozen=True)
class CleanShop:
    """The clean tables of a shop by name, and the facts about them."""

    tables: Mapping[str, Cleaned]
    facts: ShopFacts

    def blocks(self, rows_per_block: int) -> Blocks:
        """How preprocess would divide the tables."""
        return self.facts.blocks(count_blocks(self.facts.figures["raw_rows"], rows_per_block))


def clean_shop(
    raw_tables: Mapping[str, pd.DataFrame], source: Source, params: PreprocessParams, last_day: date | None
) -> CleanShop:
    """Clean every table in memory.

    `source` describes how their text is to be read. Rows later than `last_day` are set aside, none if it is None.
    Raises `InputError` if too many lines are bad, no purchase is left, or ids of the tables do not match.
    """
    tables: dict[str, Cleaned] = {}
    facts: dict[str, TableFacts] = {}
    for name in TABLES:
        raw = raw_tables[name]
        tables[name] = clean_table(name, raw, Cleaning.of(params, last_day, source.tables[name]))
        require_balance(tables[name], len(raw))
        facts[name] = TableFacts.of(tables[name])
        require_whole_ids(facts[name], source.tables[name])

    def count_orders() -> int:
        lines = tables["transactions"]
        return int(lines.columns["order_id"].iloc[lines.order].nunique())

    return CleanShop(tables, ShopFacts.of(facts, source, params, last_day, count_orders))
