"""Arrow columns with fast access to Python values: through NumPy where it shares their memory."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa


class HeldColumn(Protocol):
    """A column of n values; null and NaN become None."""

    def at(self, row: int) -> Any:
        """One value."""

    def take(self, rows: np.ndarray) -> list[Any]:
        """Values by row number, in the given order."""

    def codes(self) -> tuple[np.ndarray, list[Any]]:
        """Codes (n,), the position of each row's value in the list of distinct values, -1 for None; and that list."""


class NumberColumn:
    """Floats, or integers or booleans without nulls."""

    def __init__(self, array: pa.Array):
        self.array = array.to_numpy(zero_copy_only=False)
        self._may_lack = self.array.dtype.kind == "f" and bool(np.isnan(self.array).any())

    def at(self, row: int) -> Any:
        value = self.array.item(row)
        return value if value == value else None  # NaN is not equal to itself

    def take(self, rows: np.ndarray) -> list[Any]:
        values: list[Any] = self.array[rows].tolist()
        return [value if value == value else None for value in values] if self._may_lack else values

    def codes(self) -> tuple[np.ndarray, list[Any]]:
        values, codes = np.unique(self.array, return_inverse=True)
        return codes, values.tolist()


class CodedColumn:
    """Text with repeated values: each distinct value once, and its position for each row."""

    def __init__(self, array: pa.DictionaryArray):
        self._values = [*array.dictionary.to_pylist(), None]
        self._codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False)  # -1 is the last of the list

    def at(self, row: int) -> Any:
        return self._values[self._codes.item(row)]

    def take(self, rows: np.ndarray) -> list[Any]:
        return [self._values[code] for code in self._codes[rows].tolist()]

    def codes(self) -> tuple[np.ndarray, list[Any]]:
        return self._codes, self._values[:-1]


class OtherColumn(Sequence[Any]):
    """Other columns, such as ids, dates or numbers with nulls, as Arrow returns them; a sequence, for `bisect`."""

    def __init__(self, array: pa.Array):
        self.array = array

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, row: Any) -> Any:
        return self.array[row].as_py()

    def at(self, row: int) -> Any:
        return self.array[row].as_py()

    def take(self, rows: np.ndarray) -> list[Any]:
        values: list[Any] = self.array.take(pa.array(rows)).to_pylist()
        return values

    def codes(self) -> tuple[np.ndarray, list[Any]]:
        return CodedColumn(self.array.dictionary_encode()).codes()


def held(array: pa.Array) -> HeldColumn:
    """The column for an Arrow array."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return CodedColumn(array)
    if pa.types.is_floating(kind) or (
        array.null_count == 0 and (pa.types.is_integer(kind) or pa.types.is_boolean(kind))
    ):
        return NumberColumn(array)
    return OtherColumn(array)
