"""Events of a block of customers, prepared so that any count or sum up to any day is a difference of two numbers.

Events are sorted by customer and day. Cumulative values are computed once for all cutoffs, in whole numbers, which are
exact: differences depend neither on the order of events nor on the customers before. `clv.features.past` reads them as
of a cutoff.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clv.errors import InputError

LOG_SCALE = 2.0**24  # logs are stored as whole numbers of this many parts, so that their sums are exact


@dataclass(frozen=True)
class Text:
    """A text column: `codes` (m,) int64 into `labels`, which are distinct and in text order; -1 is null."""

    codes: np.ndarray
    labels: pa.Array

    @classmethod
    def of(cls, values: pa.Array | pa.ChunkedArray) -> "Text":
        """From a column of plain or dictionary-encoded text."""
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)
        if not pa.types.is_dictionary(values.type):
            values = values.dictionary_encode()
        by_text = pc.array_sort_indices(values.dictionary).to_numpy()
        rank = np.empty(len(by_text) + 1, dtype="int64")
        rank[by_text] = np.arange(len(by_text))
        rank[-1] = -1  # of null, whose code is -1
        codes = rank[values.indices.fill_null(-1).to_numpy()]
        return cls(codes, values.dictionary.take(pa.array(by_text)).cast(pa.string()))

    def take(self, rows: np.ndarray) -> "Text":
        """The text of some rows."""
        return Text(self.codes[rows], self.labels)

    def where(self, mask: np.ndarray) -> "Text":
        """This text where a mask (m,) holds, null elsewhere."""
        return Text(np.where(mask, self.codes, -1), self.labels)

    def to_arrow(self) -> pa.Array:
        """Plain text, (m,), without unused labels."""
        return self.labels.take(pa.array(self.codes, mask=self.codes < 0))


Values: TypeAlias = np.ndarray | Text
# A column by its name, or a function of the events whose value for an event uses no later event.
Column: TypeAlias = str | Callable[["Events"], Values]


@dataclass(frozen=True)
class Occurrences:
    """How often each label has occurred so far, at each event.

    `labels` are in the order of customer, day and label. `number` (m,) is 1 at the first occurrence of a label for a
    customer, and 0 if there is no label.
    """

    labels: Text
    number: np.ndarray


class Events:
    """Events by customer and day.

    Attributes
    ----------
    n: the number of customers in the block. start: (n,) position of each customer's first event. stop: (n,) position
    after the last. customer, day: (m,) position of the customer in the block; days since 1970, also available as a
    column.
    """

    def __init__(self, n: int, customer: np.ndarray, day: np.ndarray, columns: Mapping[str, Values]):
        self.n = n
        self.customer = customer
        self.day = day.astype("int32")
        bounds = np.concatenate([[0], np.cumsum(np.bincount(customer, minlength=n))])
        self.start, self.stop = bounds[:-1], bounds[1:]
        self._columns = {**columns, "day": self.day}
        self._computed: dict[object, Any] = {}

    def __len__(self) -> int:
        return len(self.customer)

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def __getitem__(self, name: str) -> np.ndarray:
        """A column of numbers or flags, (m,)."""
        values = self.values(name)
        if isinstance(values, Text):
            raise TypeError(f"{name} is text")
        return values

    def text(self, name: str) -> Text:
        """A column of text."""
        values = self.values(name)
        if not isinstance(values, Text):
            raise TypeError(f"{name} is not text")
        return values

    def values(self, column: Column) -> Values:
        """A column by its name, or the result of a function of these events, which is cached."""
        if isinstance(column, str):
            if column not in self._columns:
                raise KeyError(f"no column {column!r} here, only {', '.join(sorted(self._columns))}")
            return self._columns[column]
        if column not in self._computed:
            self._computed[column] = column(self)
        return self._computed[column]

    def numbers(self, column: Column) -> np.ndarray:
        """A column of whole numbers or flags, (m,)."""
        values = self.values(column)
        if isinstance(values, Text) or values.dtype.kind not in "bi":
            raise TypeError(f"{column} must be whole numbers or flags, whose sums are exact")
        return values

    def through(self, day: int) -> np.ndarray:
        """The position after each customer's last event on or before a day, (n,)."""
        seen = _cumulative(self.day <= day)
        return self.start + (seen[self.stop] - seen[self.start])

    def cumulative(self, column: Column | None, where: Column | None = None) -> np.ndarray:
        """Sum of a column, or number of events, before each position, (m + 1,), optionally only where a mask holds."""
        key = ("cumulative", column, where)
        if key not in self._computed:
            if column is None:
                assert where is not None
                self._computed[key] = _cumulative(self.numbers(where))
            else:
                values = self.numbers(column)
                self._computed[key] = _cumulative(values if where is None else values * self.numbers(where))
        return self._computed[key]

    def squares(self, column: Column) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cumulative h * h, h * l and l * l of a column split as 2**20 h + l, (m + 1,) each: exact below 2**40."""
        key = ("squares", column)
        if key not in self._computed:
            high, low = self.numbers(column) >> 20, self.numbers(column) & (2**20 - 1)
            self._computed[key] = (_cumulative(high * high), _cumulative(high * low), _cumulative(low * low))
        return self._computed[key]

    def highest(self, column: Column) -> np.ndarray:
        """The customer's largest value so far, at each event, (m,)."""
        key = ("highest", column)
        if key not in self._computed:
            self._computed[key] = self._running_maximum(self.numbers(column).astype("int64"))
        return self._computed[key]

    def _running_maximum(self, values: np.ndarray) -> np.ndarray:
        """Maximum from the customer's first event to each, in one pass: each customer is lifted above earlier ones."""
        bits = 61 - max(self.n, 1).bit_length()
        if len(values) and max(-int(values.min()), int(values.max())) >= 2**bits:
            raise InputError(
                f"amounts reach {int(np.abs(values).max())} minor units, too many to compare exactly in a block of "
                f"{self.n} customers; set preprocess.rows_per_block lower, or check the amounts"
            )
        lift = self.customer << (bits + 1)  # raises a customer above all values of the previous one
        return np.maximum.accumulate(values + lift) - lift

    def first_labelled(self, column: Column) -> np.ndarray:
        """The position, in the order of `occurrences`, of each customer's first event with a label, (n,).

        It is the number of events if there is none.
        """
        key = ("first labelled", column)
        if key not in self._computed:
            labelled = np.append(np.flatnonzero(self.occurrences(column).number), len(self))
            first = labelled[np.searchsorted(labelled, self.start)]
            self._computed[key] = np.where(first < self.stop, first, len(self))
        return self._computed[key]

    def occurrences(self, column: Column) -> Occurrences:
        """How often each label of a text column has occurred so far, at each event.

        Events on the same day are sorted by their labels, those without a label last, so the result does not depend on
        the order of input.
        """
        key = ("occurrences", column)
        if key not in self._computed:
            text = self.values(column)
            assert isinstance(text, Text)
            n_labels = max(len(text.labels), 1) + 1
            codes = text.codes
            if len(self) and self._of_day()[-1] < len(self):  # some day has several events
                ranked = np.where(codes < 0, n_labels - 1, codes)
                codes = codes[np.argsort(self._of_day() * n_labels + ranked, kind="stable")]
            group = self.customer * n_labels + codes + 1
            order = np.argsort(group, kind="stable")
            in_order = group[order]
            first = np.append(True, in_order[1:] != in_order[:-1])[: len(group)]
            place = np.arange(len(group))
            number = np.empty(len(group), dtype="int64")
            number[order] = place - np.maximum.accumulate(np.where(first, place, 0)) + 1
            self._computed[key] = Occurrences(Text(codes, text.labels), np.where(codes < 0, 0, number))
        return self._computed[key]

    def leader(self, column: Column) -> np.ndarray:
        """The position, in the order of `occurrences`, of the leading label so far at each event, (m,).

        The most frequent label leads; among equally frequent ones, the one that reached the count last.
        """
        key = ("leader", column)
        if key not in self._computed:
            number = self.occurrences(column).number
            takes_the_lead = number == self._running_maximum(number)
            self._computed[key] = np.maximum.accumulate(np.where(takes_the_lead, np.arange(len(number)), 0))
        return self._computed[key]

    def disorder(self, column: Column) -> np.ndarray:
        """Cumulative growth of the sum of k log k over the counts k of a customer's labels, (m + 1,), in LOG_SCALE."""
        key = ("disorder", column)
        if key not in self._computed:
            number = self.occurrences(column).number
            k = np.arange(max(int(number.max(initial=0)), 1) + 1, dtype="float64")
            k_log_k = np.round(k * np.log(np.maximum(k, 1)) * LOG_SCALE).astype("int64")
            growth = np.diff(k_log_k, prepend=0)
            self._computed[key] = _cumulative(growth[number])
        return self._computed[key]

    def _of_day(self) -> np.ndarray:
        """(m,) ascending number of the customer-day to which an event belongs."""
        key = "day of customer"
        if key not in self._computed:
            changes = np.ones(len(self), dtype=bool)
            changes[1:] = (self.customer[1:] != self.customer[:-1]) | (self.day[1:] != self.day[:-1])
            self._computed[key] = np.cumsum(changes)
        return self._computed[key]


def _cumulative(values: np.ndarray) -> np.ndarray:
    """Sum of the values before each position, (m + 1,)."""
    sums = np.zeros(len(values) + 1, dtype="int32" if values.dtype == bool else "int64")
    np.cumsum(values, out=sums[1:])
    return sums
