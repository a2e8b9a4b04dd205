"""Customers drawn by a hash of their id: as many as asked for, whatever the order and the blocks."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv import paths
from clv.features.columns import CUSTOMER
from clv.features.drawn import drawn
from clv.features.params import CustomerShares
from clv.features.store import EVERY_SNAPSHOT, Snapshots
from clv.features.timeline import Part, Rows, in_parts

IDS = np.array([f"c{i:04d}" for i in range(3000)])
CUTOFF, SHARES = date(2024, 6, 30), CustomerShares(0.7, 0.15, 0.15)


def test_as_many_are_drawn_as_asked_for_and_none_is_left_out_of_few() -> None:
    assert [int(drawn(IDS, "a", most).sum()) for most in (1, 700, 2999, 3000, 5000)] == [1, 700, 2999, 3000, 3000]


def test_a_draw_depends_on_its_purpose_alone() -> None:
    chosen = drawn(IDS, "rows 2024-06-30", 500)
    turned = np.random.default_rng(1).permutation(len(IDS))
    assert (drawn(IDS[turned], "rows 2024-06-30", 500) == chosen[turned]).all()
    smaller = drawn(IDS, "rows 2024-06-30", 200)
    assert (chosen | ~smaller).all(), "a smaller draw is part of it"
    other = drawn(IDS, "rows 2024-03-31", 500)
    assert 50 < int((chosen & other).sum()) < 120, "a sixth of it, as by chance"


@pytest.fixture
def in_blocks(tmp_path: Path) -> list[Snapshots]:
    """The same snapshot in one part, and in three parts with different customers."""
    rng = np.random.default_rng(2)
    table = pd.DataFrame({CUSTOMER: pd.Series(IDS, dtype="str")})
    for name in (*EVERY_SNAPSHOT.numbers, "target_net_revenue", "target_orders"):
        table[name] = rng.integers(1, 100, len(IDS)).astype("float64")
    found = []
    for n in (1, 3):
        folder = tmp_path / f"{n}" / str(CUTOFF)
        folder.mkdir(parents=True)
        for part in range(n):
            table.iloc[part::n].to_parquet(folder / paths.part(part), index=False)
        found.append(Snapshots(folder.parent))
    return found


@pytest.mark.parametrize("parts", [("training", "calibration", "test"), ("training",)])
def test_rows_are_drawn_of_the_parts_asked_for_whatever_the_blocks(
    in_blocks: list[Snapshots], parts: tuple[Part, ...]
) -> None:
    one, three = (snapshots.rows(Rows(CUTOFF, parts), SHARES, 400) for snapshots in in_blocks)
    pd.testing.assert_frame_equal(one, three)
    assert len(one) == 400
    assert one[CUSTOMER].is_monotonic_increasing
    assert in_parts(one[CUSTOMER], parts, SHARES).all()
    everyone = in_blocks[0].rows(Rows(CUTOFF, parts), SHARES, 5000)
    assert len(everyone) == in_parts(IDS, parts, SHARES).sum()
    merged = one.merge(everyone, on=list(one.columns))
    assert len(merged) == len(one), "with the numbers of the same customers"


def test_histories_are_of_everyone(in_blocks: list[Snapshots]) -> None:
    one, three = (snapshots.histories(CUTOFF) for snapshots in in_blocks)
    pd.testing.assert_frame_equal(one, three)
    assert one[CUSTOMER].tolist() == IDS.tolist()
