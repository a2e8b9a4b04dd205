"""Raw tables are read in parts and clean tables are written in parts; nothing changes on the way."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clv import block_parts, paths, storage
from clv.data.blocks import block_of
from clv.data.cleaning import clean_table
from clv.data.files import copy_files
from clv.data.lines import Cleaning
from clv.data.parquet import read_raw, write_clean
from clv.errors import InputError
from clv.params import Params

HOW = Cleaning(time_zone="UTC")


def shop(n: int = 500) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    amount = rng.integers(-300, 2000, n) / 100
    return pd.DataFrame(
        {
            "customer_id": pd.Series([f"{i:03d}" for i in rng.integers(0, 60, n)]).where(rng.random(n) > 0.02),
            "order_ts": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 10**7, n), unit="s"),
            "amount": amount,
            "order_id": pd.Series(rng.integers(0, n // 2, n)).astype("str"),
            "product_id": pd.Series(rng.choice(["p", " q", "r"], n)).where(rng.random(n) > 0.1),
            "quantity": rng.integers(1, 4, n).astype("float64"),
            "discount": pd.Series(rng.integers(0, 5, n) / 100).where(rng.random(n) > 0.5),
            "is_eco": pd.Series(rng.random(n) > 0.5, dtype="boolean").where(rng.random(n) > 0.1),
        }
    )


@pytest.mark.parametrize("n_blocks", [1, 7])
def test_what_is_written_is_what_was_cleaned(tmp_path: Path, n_blocks: int) -> None:
    shop().to_parquet(tmp_path / "raw.parquet", row_group_size=100)
    cleaned = clean_table("transactions", read_raw("transactions", tmp_path / "raw.parquet"), HOW)
    write_clean(cleaned, tmp_path / "clean", n_blocks)
    stored = [pq.read_table(tmp_path / "clean" / paths.part(block)) for block in range(n_blocks)]
    whole = pa.Table.from_pandas(cleaned.clean, preserve_index=False).cast(stored[0].schema)
    block = block_of(pd.Index(cleaned.clean["customer_id"]), n_blocks)
    for number, part in enumerate(stored):
        assert part.equals(whole.filter(pa.array(block == number)))
    assert len(list((tmp_path / "clean").iterdir())) == n_blocks
    assert sum(part.num_rows for part in stored) == len(cleaned.order) > 0
    text = {field.name for field in stored[0].schema if pa.types.is_string(field.type)}
    assert text == {"customer_id", "order_id", "product_id"}
    assert stored[0].schema.field("order_ts").type == pa.timestamp("us")
    read = storage.read_table(tmp_path / "clean").sort_values("customer_id", kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(read, cleaned.clean)


def test_a_block_holds_no_text_of_others(tmp_path: Path) -> None:
    cleaned = clean_table("transactions", shop(), HOW)
    write_clean(cleaned, tmp_path, 7)
    for block in range(7):
        part = block_parts.read_part(str(tmp_path / paths.part(block)))
        for name in ("customer_id", "product_id"):
            column = part.column(name).combine_chunks()
            assert len(column.dictionary) == len(column.unique().drop_null())
        ids = part.column("customer_id").combine_chunks()
        assert ids.dictionary.to_pylist() == sorted(ids.dictionary.to_pylist())


def test_a_table_read_in_parts_cleans_as_the_frame_does(tmp_path: Path) -> None:
    raw = shop()
    raw.to_parquet(tmp_path / "raw.parquet", row_group_size=64)
    read = clean_table("transactions", read_raw("transactions", tmp_path / "raw.parquet"), HOW)
    direct = clean_table("transactions", raw, HOW)
    pd.testing.assert_frame_equal(read.clean, direct.clean)
    pd.testing.assert_frame_equal(read.quality, direct.quality)
    pd.testing.assert_frame_equal(read.rejected, direct.rejected)


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_clean(clean_table("transactions", shop(), HOW), tmp_path / name, 3)
    for part in map(paths.part, range(3)):
        assert (tmp_path / "one" / part).read_bytes() == (tmp_path / "two" / part).read_bytes()


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    empty = pa.table({name: pa.array([], pa.string()) for name in ("customer_id", "touch_ts", "kind")})
    pq.write_table(empty, tmp_path / "raw.parquet")
    write_clean(clean_table("touches", read_raw("touches", tmp_path / "raw.parquet"), HOW), tmp_path, 1)
    stored = pq.read_schema(tmp_path / paths.part(0))
    assert stored.names == ["customer_id", "touch_ts"]
    assert [str(kind) for kind in stored.types] == ["string", "timestamp[us]"]


def test_numbers_that_are_ids_and_decimals_that_are_amounts(tmp_path: Path, project_params: Params) -> None:
    raw = pa.table(
        {
            "customer_id": pa.array([2**60 + 1, 2**60 + 2, None]),
            "order_ts": pa.array([pd.Timestamp("2024-01-01")] * 3),
            "amount": pa.array([1, 2, 3], pa.int64()).cast(pa.decimal128(22, 2)),
        }
    )
    pq.write_table(raw, tmp_path / "own.parquet")
    copy_files(replace(project_params.generate.files, transactions=str(tmp_path / "own.parquet")), tmp_path)
    cleaned = clean_table("transactions", read_raw("transactions", tmp_path / "transactions.parquet"), HOW)
    assert cleaned.clean["customer_id"].to_list() == [str(2**60 + 1), str(2**60 + 2)]
    assert cleaned.clean["amount_minor"].to_list() == [100, 200]


def test_a_missing_table_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.parquet does not exist; run `dvc repro`, which makes it"):
        read_raw("transactions", tmp_path / "none.parquet")


def test_text_is_read_as_categories_whoever_wrote_it(tmp_path: Path) -> None:
    storage.write_table(shop(), tmp_path / "pandas.parquet")
    arrow = pa.Table.from_pandas(shop(), preserve_index=False)
    plain = pa.schema([(f.name, pa.string() if pa.types.is_large_string(f.type) else f.type) for f in arrow.schema])
    block_parts.write_batches(plain, [arrow.replace_schema_metadata().cast(plain)], tmp_path / "batches.parquet")
    for name in ("pandas", "batches"):
        dtypes = read_raw("transactions", tmp_path / f"{name}.parquet").dtypes.astype("str")
        assert dtypes[["customer_id", "product_id", "order_id"]].to_list() == ["category", "category", "str"], name
