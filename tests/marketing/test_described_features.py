"""Tables of features, of all customers or of those drawn, do not depend on the division into blocks."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from clv import block_parts, paths
from clv.compute import mapper
from clv.data.blocks import block_of
from clv.features.columns import TARGET
from clv.features.timeline import Rows
from clv.machine import Machine
from clv.marketing.description import described_features
from clv.marketing.description.described_parts import DescribedParts

N = 300
ROWS = Rows(date(2024, 6, 30))


def tables(folder: Path, n_blocks: int) -> list[pd.DataFrame]:
    """The tables that describe the same customers, made in `n_blocks` blocks."""
    rng = np.random.default_rng(5)
    customers = pd.DataFrame({"customer_id": [f"c{i}" for i in range(N)], "orders": rng.poisson(2, N) * 1.0})
    customers[TARGET] = (customers["orders"] * rng.exponential(10, N)).round(2)
    block = block_of(pd.Index(customers["customer_id"]), n_blocks)
    for i in range(n_blocks):
        part = pa.Table.from_pandas(customers[block == i], preserve_index=False)
        block_parts.write_part(part, f"{folder}/{n_blocks}/{ROWS.cutoff}/{paths.part(i)}")
    parts = DescribedParts("", f"{folder}/{n_blocks}", "")
    with mapper(Machine(2)) as each:
        return [
            described_features.drawn_customers(each, parts, ROWS, ["orders", TARGET], n_blocks),
            described_features.value_by(each, parts, ROWS, ["orders"], 5, n_blocks),
            described_features.value_by(each, parts, ROWS, [], 5, n_blocks),
            described_features.spreads(each, parts, ROWS, ["orders"], n_blocks),
        ]


@pytest.mark.parametrize("n_blocks", [2, 7])
@pytest.mark.parametrize("most", [N, 50])
def test_blocks_make_no_difference(n_blocks: int, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(described_features, "DRAWN", most)
    drawn, means, nothing, histogram = tables(tmp_path, 1)
    assert len(drawn) == most
    assert drawn["customer_id"].is_monotonic_increasing
    assert means["customers"].sum() == N, "what needs a column alone is of all customers"
    assert nothing.empty
    assert histogram["count"].sum() >= 0.98 * N
    for one, other in zip([drawn, means, nothing, histogram], tables(tmp_path, n_blocks), strict=True):
        pd.testing.assert_frame_equal(one, other)
