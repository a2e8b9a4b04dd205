"""Raw rows on disk, divided into blocks of customers: appended part by part, then read block by block."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import fsspec
import numpy as np
import pandas as pd
import pyarrow as pa
from fsspec.core import url_to_fs

from clv.data.parquet import is_text, sorted_dictionary
from clv.data.schema import TABLES

ROW = "row"  # the number of a row in the raw table, from 0
_PACKED = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True)
class RawBlocks:
    """The blocks of a raw table in a folder: `n` of customers, then one of the rows without a customer.

    Attributes
    ----------
    schema: of the blocks, in which repeated text is stored as its number in texts-COLUMN. coded: the columns stored in
    this way. rows: the number in the whole table. nobodys: the number without a customer. with_gaps: whole-number
    columns with missing values.
    """

    table: str
    n: int
    schema: pa.Schema
    coded: frozenset[str]
    rows: int
    nobodys: int
    with_gaps: frozenset[str]


def append(rows: pa.Table, folder: Path, block: int) -> None:
    """Append rows of `RawBlocks.schema` to a block."""
    _append(rows, folder / _name(block))


def write_texts(name: str, texts: list[str], folder: Path) -> None:
    """Write the texts of a coded column."""
    _append(pa.table({name: pa.array(texts, pa.large_string())}), folder / f"texts-{name}.arrow")


def read_stored(folder: str, block: int) -> Iterator[pa.Table]:
    """The rows of a block as they were appended, from disk or a URL; nothing for a block without rows."""
    return _stored(f"{folder}/{_name(block)}")


def move(folder: Path, block: int, to: Path) -> None:
    """Move all rows of a block to another folder, which is created."""
    to.mkdir()
    (folder / _name(block)).replace(to / _name(block))


def read_block(blocks: RawBlocks, folder: str, block: int) -> tuple[pd.DataFrame, np.ndarray]:
    """The raw rows of a block in their order in the whole table, and the number of each row there.

    The dtypes are those that `clv.data.parquet.read_raw` gives the whole table.
    """
    found = pa.concat_tables([blocks.schema.empty_table(), *read_stored(folder, block)]).combine_chunks()
    numbers = found.column(ROW).to_numpy()
    if (numbers[1:] < numbers[:-1]).any():
        found = found.take(pa.array(np.argsort(numbers)))
        numbers = found.column(ROW).to_numpy()
    kinds = {column.name: column.kind for column in TABLES[blocks.table]}
    columns = {}
    for name in found.column_names[1:]:
        values = found.column(name)
        if name in blocks.coded:
            values = _decoded(values.combine_chunks(), folder, name)
        elif name == "customer_id" and is_text(values.type):
            values = sorted_dictionary(values)
        elif name != "order_id" and kinds[name] != "time" and is_text(values.type):
            values = values.dictionary_encode()
        plain = values.to_pandas()
        columns[name] = plain.astype("float64") if name in blocks.with_gaps else plain
    return pd.DataFrame(columns, copy=False), numbers


def _decoded(codes: pa.Array, folder: str, name: str) -> pa.Array:
    """Text as a dictionary of the values in use, ordered by their first appearance in the whole table."""
    (texts,) = _stored(f"{folder}/texts-{name}.arrow")
    given = codes.fill_null(-1).to_numpy()
    used = np.unique(given[given >= 0])
    narrow = np.searchsorted(used, given).astype("int32")
    text = texts.column(0).combine_chunks().take(pa.array(used))
    return pa.DictionaryArray.from_arrays(pa.array(narrow, mask=given < 0), text)


def _name(block: int) -> str:
    return f"{block:05d}.arrow"


def _append(rows: pa.Table, path: Path) -> None:
    """Append a separate stream to a file, so that no file has to stay open."""
    with path.open("ab") as file, pa.ipc.new_stream(file, rows.schema, options=_PACKED) as stream:
        stream.write_table(rows)


def _stored(path: str) -> Iterator[pa.Table]:
    if not _is_there(path):
        return
    with fsspec.open(path, "rb") as file:
        end = file.seek(0, 2)
        file.seek(0)
        while file.tell() < end:
            with pa.ipc.open_stream(file) as stream:
                yield stream.read_all()


def _is_there(path: str) -> bool:
    files, at = url_to_fs(path)
    return bool(files.exists(at))
