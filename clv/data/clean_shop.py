"""A whole shop, cleaned: its tables one after another, then what only all of them together show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from clv.data import identity, whole_input
from clv.data.blocks import Blocks, count_blocks
from clv.data.bought_days import BoughtDays
from clv.data.bounds import Bounds
from clv.data.cleaning import Cleaned, clean_table, require_balance, require_some_left
from clv.data.figures import summarise
from clv.data.lines import Cleaning
from clv.data.params import PreprocessParams
from clv.data.schema import TABLES
from clv.data.source import Source


@dataclass(frozen=True)
class CleanShop:
    """The clean tables by name, and what they come to.

    Attributes
    ----------
    matches: one row per table of customers, how its ids match those of orders. findings: one row per finding about the
    input. figures: those of reports/metrics/preprocess.json.
    """

    tables: Mapping[str, Cleaned]
    matches: pd.DataFrame
    findings: pd.DataFrame
    figures: dict[str, Any]

    @property
    def bounds(self) -> Bounds:
        """Those by which some of the customers can be cleaned alone."""
        bounds = self.tables["transactions"].bounds
        assert bounds is not None, "there is a purchase"
        return bounds

    def blocks(self, rows_per_block: int) -> Blocks:
        """How its tables are divided."""
        rows = self.figures["clean_rows"]
        return Blocks(
            n=count_blocks(rows, rows_per_block),
            rows=rows,
            columns={table: tuple(result.columns) for table, result in self.tables.items()},
            first_day=date.fromisoformat(self.figures["first_day"]),
            last_day=date.fromisoformat(self.figures["last_day"]),
        )


def clean_shop(
    raw_table: Callable[[str], pd.DataFrame], source: Source, params: PreprocessParams, last_day: date | None
) -> CleanShop:
    """Clean every table, as `raw_table` gives it by name: one raw table at a time is in memory.

    `source` says how the text in them is written; what is later than `last_day` is set aside, None for nothing. Raises
    `InputError` where too many lines are bad, no purchase is left, or ids do not fit each other.
    """
    tables: dict[str, Cleaned] = {}
    raw_rows: dict[str, int] = {}
    for name in TABLES:
        raw = raw_table(name)
        tables[name] = clean_table(name, raw, Cleaning.of(params, last_day, source.tables[name]))
        raw_rows[name] = len(raw)
        require_balance(tables[name], len(raw))
        identity.require_whole_ids(tables[name], source.tables[name])
    require_some_left(tables["transactions"], params.max_rejected_share, source.tables["transactions"].name)
    bought = BoughtDays.of(tables["transactions"])
    matches = identity.match_tables(tables, bought, source)
    findings = whole_input.examine(tables, bought, matches, source.findings, last_day)
    return CleanShop(tables, matches, findings, summarise(raw_rows, tables, bought, last_day))
