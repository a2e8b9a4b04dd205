"""From a user's columns to ours, whatever their source: which columns, with which Arrow types, in equal row groups.

The values are copied unchanged.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clv import block_parts, storage
from clv.data.schema import TABLES, InputColumn, Kind
from clv.data.source import TableSource
from clv.data.types import as_text
from clv.errors import InputError, listed, shown

GROUP_ROWS = 131_072  # fixed, so that the bytes do not depend on the batch sizes of a source
AMOUNT_PARTS = ("quantity", "unit_price")  # their product is the amount where that is absent
WANTED: dict[Kind, str] = {
    "text": "text or whole numbers",
    "time": "a date, a time or text",
    "money": "numbers",
    "number": "numbers",
    "flag": "true or false",
}


@dataclass(frozen=True)
class Batches:
    """Record batches of one table and their schema. They can be iterated over only once."""

    schema: pa.Schema
    batches: Iterable[pa.RecordBatch]


def match(
    table: str, name: str, present: Sequence[str], columns: Mapping[str, str], remedy: Callable[[str], str]
) -> dict[InputColumn, str]:
    """The columns of a table that are present, in our order, each with its name in the input.

    An absent optional column is left out, unless the mapping was changed to name it; so is an absent amount if quantity
    and unit_price are present. A column mapped to an empty name counts as absent. `name` is what messages call the
    input; `remedy` returns how to supply one of our columns that is absent.
    """
    wanted: dict[InputColumn, str] = {}
    for column in TABLES[table]:
        theirs = columns.get(column.name, column.name)
        n = list(present).count(theirs) if theirs else 0
        if n > 1:
            raise InputError(f"{name}: {n} columns are called {shown(theirs)}; rename all but one")
        if n:
            wanted[column] = theirs
            continue
        parts = [columns.get(part, part) for part in AMOUNT_PARTS] if column.name == "amount" else []
        if theirs in (column.name, "") and (not column.required or (parts and set(parts) <= set(present))):
            continue
        other = f", nor both {shown(parts[0])} and {shown(parts[1])}, whose product could replace it" if parts else ""
        raise InputError(
            f"{name}: no column {shown(theirs)}, which {table} needs as {column.name}{other}; it has "
            f"{listed(present) or 'none'}; {remedy(column.name)}"
        )
    return wanted


def as_ours(name: str, given: Batches, wanted: Mapping[InputColumn, str]) -> Batches:
    """The wanted columns under our names, with types that Parquet stores. A type that fits none of them is refused.

    Text is string; numbers, UUIDs and dictionaries in our text columns become text, whole floats without a point.
    Decimals become float64, dates and times timestamp[us] with their zone; numbers in a time column become text.
    """
    types = {column: _our_type(name, column, given.schema.field(theirs).type) for column, theirs in wanted.items()}
    schema = pa.schema([(column.name, kind) for column, kind in types.items()])

    def converted() -> Iterator[pa.RecordBatch]:
        for batch in given.batches:
            arrays = [_convert(name, column, batch.column(wanted[column]), kind) for column, kind in types.items()]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return Batches(schema, converted())


def write(table: str, rows: Batches, folder: Path) -> int:
    """Write a table to its file in the folder, in row groups of `GROUP_ROWS`; return the number of rows written."""
    tables = (pa.Table.from_batches([batch], rows.schema) for batch in rows.batches)
    return block_parts.write_batches(rows.schema, storage.in_groups(tables, GROUP_ROWS), folder / f"{table}.parquet")


def require_rows(source: TableSource, remedy: str) -> None:
    """Refuse transactions without rows."""
    if source.rows == 0:
        raise InputError(f"{source.name}: has no rows; transactions need at least one; {remedy}")


def text_batches(table: str, folder: Path, kinds: set[Kind]) -> Iterator[pa.RecordBatch]:
    """The text columns of some kinds in a written table, batch by batch; nothing if there are none."""
    with pq.ParquetFile(folder / f"{table}.parquet", pre_buffer=False) as file:
        names = [
            column.name
            for column in TABLES[table]
            if column.kind in kinds
            and column.name in file.schema_arrow.names
            and pa.types.is_string(file.schema_arrow.field(column.name).type)
        ]
        if names:
            yield from file.iter_batches(batch_size=GROUP_ROWS, columns=names)


def _our_type(name: str, column: InputColumn, given: pa.DataType) -> pa.DataType:
    plain = given.value_type if pa.types.is_dictionary(given) else given
    ours = _text_type(plain) if column.kind == "text" else _value_type(column.kind, plain)
    if ours is not None:
        return ours
    if pa.types.is_binary(plain) or pa.types.is_large_binary(plain) or pa.types.is_fixed_size_binary(plain):
        raise InputError(f"{name}: the column for {column.name} holds bytes; write it as text or numbers")
    raise InputError(
        f"{name}: the column for {column.name} holds {plain}, which is not supported there; write it as "
        f"{WANTED[column.kind]}"
    )


def _is_text(kind: pa.DataType) -> bool:
    return (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_null(kind)
    )


def _is_numeric_of_postgres(kind: pa.DataType) -> bool:
    """Whether a type is PostgreSQL's numeric, which has no Arrow type and arrives as text in a wrapper."""
    return isinstance(kind, pa.OpaqueType) and kind.type_name == "numeric" and _is_text(kind.storage_type)


def _text_type(kind: pa.DataType) -> pa.DataType | None:
    t = pa.types
    whole = t.is_integer(kind) or (t.is_decimal(kind) and kind.scale == 0)
    if _is_text(kind) or whole or isinstance(kind, pa.UuidType) or _is_numeric_of_postgres(kind):
        return pa.string()
    if t.is_date(kind) or t.is_timestamp(kind) or t.is_time(kind):
        return pa.string()
    if t.is_decimal(kind) or t.is_floating(kind):
        return pa.string()
    return kind if t.is_boolean(kind) else None


def _value_type(kind: Kind, given: pa.DataType) -> pa.DataType | None:
    t = pa.types
    if _is_text(given):
        return pa.string()
    if kind == "time":
        if t.is_date(given) or t.is_timestamp(given):
            return pa.timestamp("us", getattr(given, "tz", None))
        # Days of a spreadsheet, seconds since 1970, or 20260131: what they count is detected as for other text.
        counts = t.is_integer(given) or t.is_floating(given) or t.is_decimal(given)
        return pa.string() if counts else None
    if t.is_decimal(given) or _is_numeric_of_postgres(given):
        return pa.float64()
    if t.is_integer(given) or t.is_floating(given):
        return given
    return given if kind == "flag" and t.is_boolean(given) else None


def _convert(name: str, column: InputColumn, values: pa.Array, to: pa.DataType) -> pa.Array:
    if isinstance(values, pa.DictionaryArray):
        values = values.dictionary_decode()
    if isinstance(values.type, pa.UuidType):  # Arrow's own cast gives the bytes
        return pa.array([None if value is None else str(value) for value in values.to_pylist()], to)
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if pa.types.is_floating(values.type) and pa.types.is_string(to):  # ids next to a null; Arrow would write 1.2e+10
        return pa.array(as_text(values.to_pandas()), to)
    try:  # nanoseconds are cut off, an overflow is an error
        return pc.cast(values, options=pc.CastOptions(to, allow_time_truncate=True))
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"{name}: a value of the column for {column.name} cannot be stored: {reason}; correct it at its source"
        ) from None
