"""Customers are divided into blocks in the same way everywhere and always."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from clv import paths
from clv.data.blocks import Blocks, block_of, count_blocks


def test_the_block_of_a_customer_never_changes() -> None:
    ids = pd.Index(["C0000001", "C0000002", "00004", "Jürgen", "x" * 300])
    assert block_of(ids, 1000).tolist() == [956, 873, 786, 608, 28]  # pinned: a new version of pandas must agree
    assert block_of(ids[::-1], 1000).tolist() == block_of(ids, 1000)[::-1].tolist()
    assert (block_of(ids, 1) == 0).all()


def test_parts_sort_by_name_as_blocks_by_number() -> None:
    names = [paths.part(block) for block in (0, 9, 10, 99_999)]
    assert names == sorted(names)


def test_blocks_are_about_equally_large() -> None:
    sizes = np.bincount(block_of(pd.Index([f"C{i:07d}" for i in range(20_000)]), 8), minlength=8)
    assert sizes.sum() == 20_000
    assert np.abs(sizes - 2500).max() < 4 * np.sqrt(2500)


@pytest.mark.parametrize(("rows", "n"), [(0, 1), (1, 1), (1000, 1), (1001, 2), (5000, 5)])
def test_the_largest_table_says_how_many(rows: int, n: int) -> None:
    assert count_blocks({"transactions": min(rows, 7), "touches": rows}, 1000) == n


def test_what_is_written_is_read() -> None:
    columns = {"transactions": ("customer_id", "category"), "touches": ("kind",)}
    blocks = Blocks(3, {"transactions": 5, "touches": 0}, columns, date(2024, 1, 1), date(2024, 5, 1))
    assert Blocks.from_dict(blocks.to_dict()) == blocks
    assert blocks.known_columns == {"transactions.customer_id", "transactions.category"}, "touches are without rows"
