"""Reading raw tables from Parquet and writing clean ones, without a second copy of either in memory."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clv import block_parts, paths
from clv.damage import reading
from clv.data.blocks import block_of
from clv.data.cleaning import Cleaned
from clv.data.schema import TABLES

BATCH_ROWS = 524_288


def read_raw(table: str, path: Path) -> pd.DataFrame:
    """Read a raw table that generate wrote; text becomes categories, except `order_id`, which has too many values."""
    with reading(path):
        return _read_raw(table, path)


def _read_raw(table: str, path: Path) -> pd.DataFrame:
    schema = raw_schema(table, path)
    rest = [name for name in schema.names if name != "customer_id"]
    repeated = [
        c.name for c in TABLES[table] if c.kind != "time" and c.name in rest and is_text(schema.field(c.name).type)
    ]
    repeated = [name for name in repeated if name != "order_id"]
    with ThreadPoolExecutor(max_workers=1) as worker:
        customers = worker.submit(_read_customers, path)
        arrow = pq.read_table(path, columns=rest, read_dictionary=repeated)
        values = {name: arrow.column(name).to_pandas() for name in rest}
        return pd.DataFrame({"customer_id": customers.result(), **values}, copy=False)


def raw_schema(table: str, path: Path) -> pa.Schema:
    """The columns that a raw table has, in the order of our schema."""
    with reading(path):
        schema = pq.read_schema(path)
        if "customer_id" not in schema.names:
            raise ValueError("it has no column customer_id")
        return pa.schema([schema.field(column.name) for column in TABLES[table] if column.name in schema.names])


def repeated_text(table: str, schema: pa.Schema) -> list[str]:
    """The text columns of a raw table in which the same few texts repeat."""
    names = [column.name for column in TABLES[table] if column.kind == "text" and column.name in schema.names]
    return [name for name in names if name not in ("customer_id", "order_id") and is_text(schema.field(name).type)]


def raw_batches(path: Path, columns: Sequence[str], repeated: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
    """Some columns of a raw table, batch by batch; those in `repeated` are dictionary-encoded."""
    with (
        reading(path),
        pq.ParquetFile(path, pre_buffer=False, read_dictionary=list(repeated)) as file,
    ):
        yield from file.iter_batches(BATCH_ROWS, columns=list(columns))


def _read_customers(path: Path) -> pd.Series:
    """The customer ids; text becomes categories in text order.

    There are so many ids that one dictionary for all row groups is faster than one for each, merged afterwards.
    """
    values = pq.read_table(path, columns=["customer_id"]).column(0)
    return (sorted_dictionary(values) if is_text(values.type) else values).to_pandas()


def is_text(kind: pa.DataType) -> bool:
    """Whether a type is plain text."""
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)  # pandas writes the latter


def sorted_dictionary(values: pa.ChunkedArray) -> pa.Array:
    """Dictionary-encoded text whose codes are in text order; the two halves are encoded in parallel."""
    middle = len(values) // 2
    with ThreadPoolExecutor(max_workers=2) as workers:
        halves = workers.map(pa.ChunkedArray.dictionary_encode, (values.slice(0, middle), values.slice(middle)))
        chunks = [half.combine_chunks() for half in halves]
    encoded = pa.chunked_array(chunks).unify_dictionaries().combine_chunks()
    by_text = pc.array_sort_indices(encoded.dictionary)
    rank = pc.inverse_permutation(by_text.cast(pa.int32()))
    return pa.DictionaryArray.from_arrays(rank.take(encoded.indices), encoded.dictionary.take(by_text))


def write_clean(cleaned: Cleaned, folder: Path, n_blocks: int) -> None:
    """Write the clean rows into `folder`, one file per block of customers, sorted by customer and time.

    Text is plain text in the files. Every block has a file, even if it has no rows.
    """
    columns = {name: _to_arrow(values) for name, values in cleaned.columns.items()}
    for number, rows in enumerate(_by_block(cleaned, n_blocks)):
        _write(columns, rows, _notes(cleaned), f"{folder}/{paths.part(number)}")


def write_block(cleaned: Cleaned, path: str) -> None:
    """Write the clean rows of one block of customers as `write_clean` does, to disk or to a URL."""
    columns = {name: _to_arrow(values) for name, values in cleaned.columns.items()}
    _write(columns, cleaned.order, _notes(cleaned), path)


def _notes(cleaned: Cleaned) -> dict[bytes, bytes]:
    """Pandas' metadata, which preserve the types of nullable flags and numbers when the files are read."""
    dtypes = {
        name: "str" if isinstance(values.dtype, pd.CategoricalDtype) else values.dtype
        for name, values in cleaned.columns.items()
    }
    empty = pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in dtypes.items()})
    notes: dict[bytes, bytes] = pa.Schema.from_pandas(empty, preserve_index=False).metadata
    return notes


def _write(columns: dict[str, pa.Array], rows: np.ndarray, notes: dict[bytes, bytes], path: str) -> None:
    text = [name for name, values in columns.items() if pa.types.is_dictionary(values.type)]
    schema = pa.schema([(name, values.type) for name, values in columns.items()], metadata=notes)
    block_parts.write_batches(schema, [_gather(columns, rows)], path, repeated=text)


def _by_block(cleaned: Cleaned, n_blocks: int) -> list[np.ndarray]:
    """The positions of the clean rows of each block, in order."""
    ids = cleaned.columns["customer_id"].cat
    block = block_of(ids.categories, n_blocks)[ids.codes.to_numpy()[cleaned.order]]
    # Stable, so that rows stay sorted by customer and time; small integers are sorted in one pass.
    by_block = np.argsort(block.astype("uint16") if n_blocks <= 2**16 else block, kind="stable")
    ends = np.cumsum(np.bincount(block, minlength=n_blocks))
    return np.split(cleaned.order[by_block], ends[:-1])


def _gather(columns: dict[str, pa.Array], rows: np.ndarray) -> pa.Table:
    taken = {name: values.take(pa.array(rows)) for name, values in columns.items()}
    return pa.table({name: _narrow(values) for name, values in taken.items()})


def _narrow(values: pa.Array) -> pa.Array:
    """Text with only those entries of its dictionary that are in use, in order; the file would store all of them."""
    if not pa.types.is_dictionary(values.type) or not len(values):
        return values
    codes = values.indices.fill_null(-1).to_numpy()
    used = np.unique(codes[np.append(True, codes[1:] != codes[:-1])])
    used = used[used >= 0]
    narrow = np.searchsorted(used, codes).astype("int32")
    return pa.DictionaryArray.from_arrays(pa.array(narrow, mask=codes < 0), values.dictionary.take(pa.array(used)))


def _to_arrow(values: pd.Series) -> pa.Array:
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = values.cat.codes.to_numpy()
        text = pa.array(values.cat.categories.to_numpy(dtype=object), type=pa.string())
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype("int32"), mask=codes < 0), text)
    array = pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array
