"""Parquet files that hold one block of a table, on disk or at a URL, as workers read and write them with Arrow."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import fsspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.core import url_to_fs

from clv.damage import reading
from clv.errors import InputError
from clv.replacing import replacing
from clv.table_shape import require_names

_noted: ContextVar[list[str]] = ContextVar("noted")


def read_part(path: str, columns: Collection[str] | None = None, needed: Sequence[str] = ()) -> pa.Table:
    """Read the Parquet file of a block, on disk or at a URL, in one thread; repeated text is dictionary-encoded.

    Columns that the file lacks are left out; if one of `needed` is missing, `InputError` is raised.
    """
    with _opened(path) as source:
        schema = pq.read_schema(source)
        require_names(needed, schema.names)
        text = [field.name for field in schema if pa.types.is_string(field.type) and field.name != "order_id"]
        names = [name for name in schema.names if columns is None or name in columns]
        return pq.ParquetFile(source, read_dictionary=text).read(columns=names, use_threads=False)


@contextmanager
def noting_parts() -> Iterator[list[str]]:
    """Collect the paths of the parts that this thread writes within the block."""
    parts: list[str] = []
    token = _noted.set(parts)
    try:
        yield parts
    finally:
        _noted.reset(token)


def plain(table: pa.Table) -> pa.Table:
    """The same table with dictionary-encoded columns as plain values: each part has its own dictionaries."""
    fields = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def as_written(frame: pd.DataFrame) -> pa.Table:
    """The Arrow table that is written for a frame, without its index."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
    fields = [field.with_type(pa.string()) if pa.types.is_large_string(field.type) else field for field in table.schema]
    return table.cast(pa.schema(fields))


def write_part(table: pa.Table, path: str) -> None:
    """Write the Parquet file of a block, on disk or at a URL, whole or not at all: an object appears when complete."""
    if (noted := _noted.get(None)) is not None:
        noted.append(path)
    if "://" in path:
        whole = pa.BufferOutputStream()
        _write_part(table, whole)
        _send(whole, path)
    else:
        with replacing(Path(path)) as temporary:
            _write_part(table, temporary)


def _send(whole: pa.BufferOutputStream, url: str) -> None:
    with reaching(url):
        files, at = url_to_fs(url)
        files.pipe_file(at, whole.getvalue().to_pybytes())


@contextmanager
def _opened(path: str) -> Iterator[Any]:
    """Open a path or URL for pyarrow."""
    if "://" not in path:
        if not Path(path).exists():
            raise InputError(
                f"{path} does not exist on this machine; run `dvc repro`, which makes it, or set CLV_DASK_STORAGE to a "
                f"folder that all workers can reach"
            )
        with reading(path):
            yield path
    else:
        with reaching(path), fsspec.open(path, "rb") as file:
            yield file


@contextmanager
def reaching(address: str) -> Iterator[None]:
    """Report any error of a file system or of S3 in one line that names the address."""
    try:
        yield
    except Exception as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise InputError(
            f"{address} cannot be used: {why}; check the address and, on every machine that uses it, the credentials"
        ) from None


def _write_part(table: pa.Table, where: Any) -> None:
    text = [field.name for field in table.schema if pa.types.is_string(field.type) and field.name != "customer_id"]
    pq.write_table(
        table,
        where,
        compression="zstd",
        store_schema=False,
        write_statistics=False,
        use_dictionary=text,
        row_group_size=max(table.num_rows, 1),
    )


def write_batches(
    schema: pa.Schema,
    batches: Iterable[pa.RecordBatch | pa.Table],
    path: Path | str,
    repeated: Sequence[str] | None = None,
) -> int:
    """Write batches as one Parquet file on disk or at a URL, each as one or more row groups; return the number of rows.

    On disk no more than one batch is held in memory. Dictionary-encoded columns become plain text: how the file encodes
    them is up to the writer. `repeated` names the only columns for which it uses a dictionary, those whose values
    repeat often; without it the writer tries all columns. Pandas metadata in the schema is kept. No statistics are
    written, because nothing filters by them.
    """
    if "://" in str(path):
        whole = pa.BufferOutputStream()
        rows = _write_batches(schema, batches, whole, repeated)
        _send(whole, str(path))
        return rows
    with replacing(Path(path)) as temporary:
        return _write_batches(schema, batches, temporary, repeated)


def _write_batches(
    schema: pa.Schema, batches: Iterable[pa.RecordBatch | pa.Table], where: Any, repeated: Sequence[str] | None
) -> int:
    encoding: dict[str, Any] = {} if repeated is None else {"use_dictionary": list(repeated)}
    rows = 0
    with pq.ParquetWriter(
        where, schema, compression="zstd", store_schema=False, write_statistics=False, **encoding
    ) as to:
        for batch in batches:
            if batch.num_rows:
                to.write(batch)
                rows += batch.num_rows
        if schema.metadata:
            to.add_key_value_metadata(schema.metadata)
    return rows
