"""A shop cleaned block by block equals the shop cleaned at once, even where only all rows together show a fact."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv import paths, storage
from clv.data import cleaned_blocks
from clv.data.clean_shop import ShopFacts, clean_shop
from clv.data.params import PreprocessParams
from clv.data.parquet import read_raw, write_clean
from clv.data.schema import TABLES, names
from clv.data.source import Source, TableSource
from clv.machine import Machine
from clv.params import Params

N = 600


def transactions() -> pd.DataFrame:
    """Lines with every fact that the lines of one customer alone do not show."""
    rng = np.random.default_rng(3)
    ids = pd.Series([f"c{number}" for number in rng.integers(0, 60, N)])
    order = pd.Series([f"O{number}" for number in rng.integers(0, N // 3, N)])
    amount = rng.integers(500, 5000, N) / 100
    amount[::9] *= -1
    ids[5], ids[6], ids[7] = "C1", "c2.0", " c2 "
    when = pd.Series(pd.Timestamp("2023-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 500 * 86_400, N)), "s"))
    when[100], when[101] = pd.Timestamp("1999-05-05"), pd.Timestamp("2025-11-11")  # far before and after all others
    lines = pd.DataFrame(
        {
            "customer_id": ids.mask(rng.random(N) < 0.1),  # blank: other lines of the order may name the customer
            "order_ts": when,
            "amount": amount,
            "order_id": order.mask(rng.random(N) < 0.1),
            "product_id": pd.Series(rng.choice(["b", "a", "POST"], N)).mask(rng.random(N) < 0.1),
            "category": pd.Series(["rare", *[None] * (N - 1)], dtype="str"),  # found in one block alone
            "quantity": pd.Series(rng.integers(1, 4, N)).astype("Int64").mask(pd.Series(range(N)) == 200),
            "status": rng.choice(["paid", "refunded", "odd"], N, p=[0.9, 0.07, 0.03]),
        }
    )
    lines.loc[40:41, ["customer_id", "amount", "product_id", "status"]] = "c9", 90_000.0, "b", "paid"
    lines.loc[41, "amount"] = -90_000.0  # cancels a purchase far above the median
    return lines


def others() -> dict[str, pd.DataFrame]:
    who = [f"c{number}" for number in range(80)]
    touched = pd.DataFrame({"customer_id": np.resize(who, 300), "touch_ts": "2023-03-01", "kind": "email"})
    known = pd.DataFrame({"customer_id": [*who, "C1"], "country": "DE", "acquisition_cost": 3.0})
    return {"touches": touched, "customers": known, "experiments": pd.DataFrame(columns=names(TABLES["experiments"]))}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """The raw tables, in several row groups, below the working folder."""
    monkeypatch.chdir(tmp_path)
    tables = {"transactions": transactions()} | others()
    for table, frame in tables.items():
        paths.raw(table).parent.mkdir(parents=True, exist_ok=True)
        frame.to_parquet(paths.raw(table), row_group_size=70)
    return Source("files", {table: TableSource(f"{table}.csv", len(tables[table])) for table in TABLES})


def by_blocks(source: Source, params: PreprocessParams, n: int, threads: int, to: str) -> ShopFacts:
    """Clean in `n` blocks, however few rows there are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cleaned_blocks, "count_blocks", lambda *_: n)
        found, blocks = cleaned_blocks.clean_by_blocks(
            Path(to), source, replace(params, rows_per_block=1), None, Machine(threads)
        )
    assert blocks.n == n
    return found


@pytest.mark.parametrize(("n", "threads", "changes"), [(3, 1, {}), (8, 4, {"ignore_id_case": True})])
def test_blocks_give_what_the_whole_gives(
    n: int, threads: int, changes: dict[str, bool], shop: Source, project_params: Params
) -> None:
    params = replace(project_params.preprocess, max_rejected_share=1.0, non_products=("POST",), **changes)
    tables = {table: read_raw(table, paths.raw(table)) for table in TABLES}
    whole = clean_shop(tables, shop, params, None)
    found = by_blocks(shop, params, n, threads, "clean")

    assert found.figures == whole.facts.figures
    assert found.bounds == whole.facts.bounds
    for name in ("quality", "findings", "matches"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(whole.facts, name))
    for table, cleaned in whole.tables.items():
        write_clean(cleaned, Path("whole") / table, n)
        for part in map(paths.part, range(n)):
            assert (Path("clean") / table / part).read_bytes() == (Path("whole") / table / part).read_bytes()
        rejected = pd.read_parquet(Path("clean") / paths.REJECTED.name / table)
        pd.testing.assert_frame_equal(rejected.sort_values("row", ignore_index=True), cleaned.rejected)


def test_the_shop_has_what_only_all_rows_show(shop: Source, project_params: Params) -> None:
    params = replace(project_params.preprocess, max_rejected_share=1.0)
    found = by_blocks(shop, params, 5, 1, "clean").tables["transactions"].counts
    assert all(found[rule] for rule in ("inherited_field", "blank_customer_id", "id_case", "id_written_twice"))
    assert all(found[rule] for rule in ("future_date", "stray_date", "extreme_cancelled", "return_beyond_purchase"))


def test_orders_are_counted_over_all_blocks(shop: Source, project_params: Params) -> None:
    by_blocks(shop, replace(project_params.preprocess, max_rejected_share=1.0), 5, 1, "clean")
    lines = storage.read_table(Path("clean/transactions"))
    assert cleaned_blocks._count_orders(Path("clean/transactions")) == lines["order_id"].nunique() > 0
