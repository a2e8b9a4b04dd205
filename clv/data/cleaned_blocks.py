"""Raw tables on disk, cleaned block by block, so that no large table is held in memory as a whole."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from clv import paths, storage
from clv.compute import mapper, within_reach
from clv.damage import reading
from clv.data.block_cleaning import BlockCleaning, clean_blocks, write_rejected
from clv.data.blocks import Blocks, count_blocks
from clv.data.clean_shop import ShopFacts
from clv.data.cleaning import clean_table
from clv.data.lines import Cleaning
from clv.data.params import PreprocessParams
from clv.data.parquet import read_raw, write_clean
from clv.data.required import require_balance, require_whole_ids
from clv.data.scatter import scatter
from clv.data.schema import TABLES
from clv.data.source import Source
from clv.data.table_facts import TableFacts
from clv.machine import Machine
from clv.replacing import scratch

RAW_BLOCKS = paths.CLEAN.with_name("raw-blocks")  # temporary and hidden: raw tables by block of customers


def clean_by_blocks(
    target: Path, source: Source, params: PreprocessParams, last_day: date | None, machine: Machine
) -> tuple[ShopFacts, Blocks]:
    """Clean the tables of data/raw/ into a folder, one part per block; return the facts about them and the blocks.

    Raises `InputError` as `clv.data.clean_shop.clean_shop` does.
    """
    rows = {table: _rows(paths.raw(table)) for table in TABLES}
    n = count_blocks(rows, params.rows_per_block)
    facts = {}
    for table in TABLES:
        how = Cleaning.of(params, last_day, source.tables[table])
        if rows[table] <= params.rows_per_block:
            facts[table] = _clean_whole(table, how, target, n)
        else:
            facts[table] = _clean(table, how, target, n, machine)
        require_whole_ids(facts[table], source.tables[table])
    lines = target / paths.clean("transactions").name
    shop = ShopFacts.of(facts, source, params, last_day, lambda: _count_orders(lines))
    return shop, shop.blocks(n)


def _rows(path: Path) -> int:
    with reading(path):
        return int(pq.read_metadata(path).num_rows)


def _clean_whole(table: str, how: Cleaning, target: Path, n: int) -> TableFacts:
    """Clean a table that is no larger than a block, then divide it into `n` blocks."""
    raw = read_raw(table, paths.raw(table))
    cleaned = clean_table(table, raw, how)
    require_balance(cleaned, len(raw))
    write_clean(cleaned, target / table, n)
    write_rejected(cleaned.rejected, str(target), table, 0)
    return TableFacts.of(cleaned)


def _clean(table: str, how: Cleaning, target: Path, n: int, machine: Machine) -> TableFacts:
    """Divide a table into `n` blocks and clean them in parallel."""
    with scratch(RAW_BLOCKS) as folder:
        raw = scatter(table, paths.raw(table), folder / table, n, how.ignore_id_case)
        with mapper(machine) as each, within_reach(machine, [folder / table], target) as places:
            return clean_blocks(each, BlockCleaning(raw, how, places.of(folder / table), places.output))


def _count_orders(folder: Path) -> int:
    """The number of distinct order ids of a clean table, counted by their hashes, as the ids may exceed memory."""
    hashes = [np.empty(0, dtype="uint64")]
    for part in sorted(folder.iterdir()):
        orders = storage.read_table(part, ["order_id"])["order_id"].dropna().unique()
        hashes.append(pd.util.hash_array(np.asarray(orders, dtype=object), categorize=False))
    return len(np.unique(np.concatenate(hashes)))
