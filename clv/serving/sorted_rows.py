"""A Parquet table in Arrow, sorted by customer, with its rows as plain values."""

from bisect import bisect_left
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clv import storage
from clv.damage import reading
from clv.features.columns import CUSTOMER
from clv.serving.held_columns import HeldColumn, NumberColumn, OtherColumn, held
from clv.table_shape import Columns, require_names


class SortedRows:
    """Rows sorted by the bytes of `customer_id`; the rows of one customer keep the order of the file.

    Values are Python's: text, integers, floats, booleans; None for null and for NaN. Repeated text is
    dictionary-encoded. A table without rows has the columns of its file.
    """

    def __init__(self, table: pa.Table):
        if not _is_sorted(table[CUSTOMER]):
            table = table.unify_dictionaries().take(pc.sort_indices(table[CUSTOMER]))  # a stable sort
        self._ids = OtherColumn(_whole(table[CUSTOMER]))
        others = {name: held(_whole(table[name])) for name in table.column_names if name != CUSTOMER}
        self._columns: dict[str, HeldColumn] = {name: others.get(name, self._ids) for name in table.column_names}

    @classmethod
    def read(cls, path: Path, needed: Columns) -> "SortedRows":
        """Read a Parquet file, or a folder of them, that has the columns `needed`.

        Raises `InputError` if it cannot be read or lacks any of them.
        """
        with reading(path):
            rows = cls(pa.concat_tables(_read(part, needed) for part in storage.files_of(path)))
        pa.default_memory_pool().release_unused()
        return rows

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def names(self) -> list[str]:
        """The columns, in the order of the file."""
        return list(self._columns)

    def span(self, customer: str) -> range:
        """The numbers of a customer's rows."""
        end = start = bisect_left(self._ids, customer)
        while end < len(self) and self._ids[end] == customer:
            end += 1
        return range(start, end)

    def row(self, number: int) -> dict[str, Any]:
        """One row, by column."""
        return {name: column.at(number) for name, column in self._columns.items()}

    def rows(self, numbers: np.ndarray) -> list[dict[str, Any]]:
        """Rows by number, in the order given."""
        values = [column.take(numbers) for column in self._columns.values()]
        return [dict(zip(self._columns, row, strict=True)) for row in zip(*values, strict=True)]

    def numbers(self, column: str) -> np.ndarray:
        """A column of numbers, (n,), NaN for unknown values."""
        held_column = self._columns[column]
        if isinstance(held_column, NumberColumn):
            return held_column.array
        return np.array(held_column.take(np.arange(len(self))), dtype="float64")

    def members(self, column: str) -> dict[Any, np.ndarray]:
        """The row numbers of each value of a column."""
        codes, values = self._columns[column].codes()
        found = {value: np.flatnonzero(codes == code) for code, value in enumerate(values)}
        return {value: numbers.astype("int32") for value, numbers in found.items() if len(numbers)}


def _read(path: Path, needed: Columns) -> pa.Table:
    schema = pq.read_schema(path)
    require_names((*needed.text, *needed.numbers), schema.names)
    for name in (*needed.numbers, *needed.optional):
        if name in schema.names and not _is_number(schema.field(name).type):
            raise ValueError(f"its column {name} has values that are not numbers")
    text = [field.name for field in schema if _is_text(field.type)]
    if CUSTOMER not in text:
        raise ValueError(f"its column {CUSTOMER} must be text in every row")
    return pq.read_table(path, read_dictionary=[name for name in text if name != CUSTOMER])


def _whole(column: pa.ChunkedArray) -> Any:
    """The column as one array."""
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    whole = column.combine_chunks()
    return pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def _is_sorted(ids: pa.ChunkedArray) -> bool:
    return len(ids) < 2 or pc.all(pc.less_equal(ids[:-1], ids[1:])).as_py()
