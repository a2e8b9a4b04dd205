"""Cleaning a table block by block, with the same result as cleaning all of its rows at once.

Each block is first cleaned as if it were the whole table. All blocks together then show which of them the facts about
the whole table change; those few are cleaned again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv import block_parts, paths
from clv.compute import Mapper
from clv.data.cleaning import clean_table
from clv.data.id_forms import in_one_form
from clv.data.lines import Cleaning
from clv.data.parquet import write_block
from clv.data.raw_blocks import RawBlocks, read_block
from clv.data.required import require_balance
from clv.data.table_facts import TableFacts
from clv.data.whole_table import NEVER, WholeTable


@dataclass(frozen=True)
class BlockCleaning:
    """How to clean the blocks of a raw table.

    The blocks of `raw` lie in the folder or URL `source`; parts are written to `target`. Each block of customers
    becomes a part of the clean table, and each block a part of rejected/, even if it has no rows.
    """

    raw: RawBlocks
    how: Cleaning
    source: str
    target: str

    def run(self, wholes: Mapping[int, WholeTable], blocks: list[int], place: int) -> TableFacts:
        """Clean the block at a place in a list of blocks.

        `wholes` maps the number of a block to what is known of the whole table.
        """
        block = blocks[place]
        rows, numbers = read_block(self.raw, self.source, block)
        cleaned = clean_table(self.raw.table, rows, replace(self.how, whole=wholes[block]), numbers)
        require_balance(cleaned, len(rows))
        if block < self.raw.n:
            write_block(cleaned, f"{self.target}/{self.raw.table}/{paths.part(block)}")
        write_rejected(cleaned.rejected, self.target, self.raw.table, block)
        return TableFacts.of(cleaned, self.raw.rows)


def write_rejected(rejected: pd.DataFrame, target: str, table: str, block: int) -> None:
    """Write the rejected rows of a block."""
    part = pa.Table.from_pandas(rejected, preserve_index=False)
    block_parts.write_part(part, f"{target}/{paths.REJECTED.name}/{table}/{paths.part(block)}")


def clean_blocks(each: Mapper, job: BlockCleaning) -> TableFacts:
    """Clean all blocks of a table through a mapper and return the facts about all of them together."""
    wholes = dict.fromkeys(range(job.raw.n + (job.raw.nobodys > 0)), WholeTable())
    facts: dict[int, TableFacts] = {}
    stale = list(wholes)
    while stale:
        facts |= zip(
            stale, each(partial(job.run, {block: wholes[block] for block in stale}, stale), len(stale)), strict=True
        )
        together = TableFacts.together([facts[block] for block in wholes])
        found = whole_table(together)
        stale = [block for block in wholes if _is_stale(facts[block], wholes[block], found, block < job.raw.n)]
        wholes |= dict.fromkeys(stale, found)
    return _of_customers(together, job.raw.n)


def _of_customers(facts: TableFacts, n: int) -> TableFacts:
    """The facts without the ids of rows that have no customer, which form a block after those of the customers."""
    bought = facts.bought and replace(facts.bought, ids=facts.bought.ids[:n])
    return replace(facts, ids=facts.ids[:n], id_rows=facts.id_rows[:n], bought=bought)


def whole_table(facts: TableFacts) -> WholeTable:
    """What each block must know of the whole table, from all blocks together."""
    ids = pa.chunked_array(facts.ids, pa.large_string()).to_pandas().astype("str")
    shown = facts.shown
    before, after = shown.stray_limits if shown else (-NEVER, NEVER)
    return WholeTable(
        shown.future_after if shown else NEVER,
        before,
        after,
        shown.extreme_minor if shown else np.inf,
        _twice(ids.str.lower()),
        _twice(in_one_form(ids)) if facts.other_form else frozenset(),
        frozenset(facts.columns),
        facts.with_gaps,
    )


def _twice(texts: pd.Series) -> frozenset[str]:
    found = pa.array(texts, pa.large_string())
    if len(pc.unique(found)) == len(found):
        return frozenset()
    return frozenset(texts[texts.duplicated()])


def _is_stale(facts: TableFacts, used: WholeTable, found: WholeTable, has_part: bool) -> bool:
    """Whether a block must be cleaned again because what is now known of the whole table changes its result."""
    lacks = not (found.columns <= set(facts.columns) and found.with_gaps <= facts.with_gaps)
    return (lacks and has_part) or _said_to(facts, used) != _said_to(facts, found)


def _said_to(facts: TableFacts, whole: WholeTable) -> tuple[object, ...]:
    """The facts about the whole table that affect the rows of a block."""
    ids = pa.chunked_array(facts.ids, pa.large_string()).to_pandas().astype("str")
    forms = (
        whole.alike_but_case.intersection(ids.str.lower()) if whole.alike_but_case else None,
        whole.alike_in_form.intersection(in_one_form(ids)) if whole.alike_in_form else None,
    )
    said: list[object] = [form or None for form in forms]
    if facts.shown is not None and len(facts.shown.days[0]):
        first, last = facts.shown.days[0][[0, -1]]
        said += [whole.future_after if last > whole.future_after else None]
        said += [whole.stray_before if first < whole.stray_before else None]
        said += [whole.stray_after if last > whole.stray_after else None]
        said += [whole.extreme_minor if facts.shown.largest_return > whole.extreme_minor else None]
    return tuple(said)
