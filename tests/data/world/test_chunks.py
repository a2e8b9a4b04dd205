"""A shop that is drawn some rows at a time equals the shop that is drawn at once."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from clv import storage
from clv.data.world import order_lines, orders, touches
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world


def test_the_size_of_the_chunks_changes_nothing(small_world: SyntheticParams, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = replace(small_world.default, n_customers=300)
    params = replace(small_world, world="default", default=busy)
    whole = make_world(params, seed=5, horizon_days=120)
    for module, size in ((orders, 37), (order_lines, 41), (touches, 29)):
        monkeypatch.setattr(module, "CHUNK", size)
    parts = make_world(params, seed=5, horizon_days=120)
    assert whole.tables["transactions"]["is_return"].any()
    for name, table in whole.tables.items():
        pd.testing.assert_frame_equal(parts.tables[name], table)
    pd.testing.assert_frame_equal(parts.truth, whole.truth)


@pytest.mark.parametrize("sizes", [(10,), (3, 7), (1, 0, 4, 5), (0,)])
def test_frames_are_written_as_one(sizes: tuple[int, ...], tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"a": range(sum(sizes)), "b": pd.Series([f"x{i % 3}" for i in range(sum(sizes))], dtype="str")}
    )
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    parts = [frame.iloc[start : start + size] for start, size in zip(starts, sizes, strict=True)]
    storage.write_table(frame, tmp_path / "whole.parquet")
    assert storage.write_frames(iter(parts), tmp_path / "parts.parquet") == len(frame)
    assert (tmp_path / "parts.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    rows = [len(group) for group in storage.in_groups(iter([*map(_as_arrow, parts)]), 4)]
    assert rows == ([4] * (len(frame) // 4) + [len(frame) % 4] * (len(frame) % 4 > 0) or [0])


def _as_arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)
