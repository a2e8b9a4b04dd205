"""The past as of a cutoff: the operations from which features are built.

Every result is one value per customer, (k,), for the customers who had bought by the cutoff. Events belong to the day
on which they happen; a cutoff includes its whole day. No operation can see an event after the cutoff, because the
cutoff is applied once, to the positions at which cumulative values are read.
"""

from copy import copy
from dataclasses import dataclass
from datetime import date

import numpy as np

from clv.features.events import LOG_SCALE, Column, Events, Text

EPOCH = date(1970, 1, 1)
NEVER = -(2**30)  # a day before all others
ALL_OF_IT = "is known only for the whole past, not for a span of ages"


def days_since_epoch(day: date) -> int:
    """A day as events count it, in days since 1970."""
    return (day - EPOCH).days


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Quotient, (k,) float64; NaN where the denominator is missing or not positive."""
    return np.divide(numerator, denominator, out=np.full(len(numerator), np.nan), where=denominator > 0)


class Past:
    """Events of each customer within a range of ages. `where` takes a mask: a flag's name or a function of events."""

    def __init__(self, events: Events, cutoff: date, customers: np.ndarray):
        self._events = events
        self._customers = customers
        self._cutoff = days_since_epoch(cutoff)
        self._edges: dict[int, np.ndarray] = {}
        self._whole = True
        self._low = events.start[customers]
        self._high = self._edge(0)

    def ages(self, newest: int, oldest: int | None = None) -> "Past":
        """Only events at ages newest <= age < oldest, in days before the cutoff; the cutoff's own day has age 0."""
        part = copy(self)  # shares the events and the edges found so far
        part._whole = False
        part._high = self._edge(newest)
        if oldest is not None:
            part._low = self._edge(oldest)
        return part

    def last(self, days: int) -> "Past":
        """Only events of the last `days` days, including the cutoff's own."""
        return self.ages(0, days)

    def count(self, where: Column | None = None) -> np.ndarray:
        """Number of events, int64."""
        if where is None:
            return self._high - self._low
        return self._difference(self._events.cumulative(None, where))

    def sum(self, column: Column, where: Column | None = None) -> np.ndarray:
        """Sum of whole numbers, int64, exact."""
        return self._difference(self._events.cumulative(column, where))

    def mean(self, column: Column, where: Column | None = None) -> np.ndarray:
        """Mean over the events, NaN for none."""
        return ratio(self.sum(column, where), self.count(where))

    def variance(self, column: Column, where: Column | None = None) -> np.ndarray:
        """Population variance over the events, NaN for none.

        Differences from the customer's first event are used, so that large values lose no digits. Where the mask does
        not hold, the column must therefore equal that of the first event.
        """
        difference = _FromFirst(column)
        hh, hl, ll = (self._difference(part) for part in self._events.squares(difference))
        mean_of_squares = ratio(hh * 2.0**40 + hl * 2.0**21 + ll, self.count(where))
        return np.maximum(mean_of_squares - self.mean(difference, where) ** 2, 0)

    def first(self, column: Column) -> np.ndarray:
        """Value of the first event, NaN for none."""
        return self._number_at(self._events.numbers(column), self._low)

    def latest(self, column: Column) -> np.ndarray:
        """Value of the last event, NaN for none."""
        return self._number_at(self._events.numbers(column), self._high - 1)

    def highest(self, column: Column) -> np.ndarray:
        """Largest value in the whole past, NaN for none."""
        assert self._whole, ALL_OF_IT
        return self._number_at(self._events.highest(column), self._high - 1)

    def last_age(self, where: Column | None = None) -> np.ndarray:
        """Age of the last event in days, NaN for none."""
        newest = self.latest("day") if where is None else self.highest(_Day(where))
        return np.where(newest > NEVER, self._cutoff - newest, np.nan)

    def first_age(self) -> np.ndarray:
        """Age of the first event in days, NaN for none."""
        return self._cutoff - self.first("day")

    def distinct(self, text: Column) -> np.ndarray:
        """Number of labels that occur for the very first time, int64; in the whole past, of distinct labels."""
        return self.count(_First(text))

    def labelled(self, text: Column) -> np.ndarray:
        """Number of events with a label, int64."""
        return self.count(_Labelled(text))

    def first_label(self, text: Column) -> Text:
        """The label that occurs first, null for none; of several on one day, the first in text order."""
        assert self._whole, ALL_OF_IT
        return self._label_at(text, self._events.first_labelled(text)[self._customers])

    def most_frequent(self, text: Column) -> Text:
        """The most frequent label, null for none; among equally frequent ones, the one that reached the count last."""
        return self._label_at(text, self._leader(text))

    def count_of_most_frequent(self, text: Column) -> np.ndarray:
        """Number of occurrences of the most frequent label, NaN for none."""
        return self._number_at(self._events.occurrences(text).number, self._leader(text))

    def entropy(self, text: Column) -> np.ndarray:
        """Shannon entropy of the labels in nats, NaN for none: log n less the sum of k log k over n, k the counts."""
        assert self._whole, ALL_OF_IT
        n = self.labelled(text)
        k_log_k = self._difference(self._events.disorder(text)) / LOG_SCALE
        return np.maximum(np.log(np.maximum(n, 1)) - ratio(k_log_k, n), 0)

    def _leader(self, text: Column) -> np.ndarray:
        """The position of the leading label as of the cutoff."""
        assert self._whole, ALL_OF_IT
        return _pick(self._events.leader(text), self._high - 1, self._high > self._low)

    def _edge(self, age: int) -> np.ndarray:
        """Position after the last event of at least some age."""
        if age not in self._edges:
            self._edges[age] = self._events.through(self._cutoff - age)[self._customers]
        return self._edges[age]

    def _difference(self, cumulative: np.ndarray) -> np.ndarray:
        return (cumulative[self._high] - cumulative[self._low]).astype("int64", copy=False)

    def _number_at(self, values: np.ndarray, positions: np.ndarray) -> np.ndarray:
        """Numbers at positions, one per customer; NaN for customers without an event in this past."""
        here = self._high > self._low
        return np.where(here, _pick(values, positions, here).astype("float64"), np.nan)

    def _label_at(self, text: Column, positions: np.ndarray) -> Text:
        """Labels at positions in the order of `Events.occurrences`; null where the position is not in this past."""
        labels = self._events.occurrences(text).labels
        here = positions < self._high
        return Text(np.where(here, _pick(labels.codes, positions, here), -1), labels.labels)


def _pick(values: np.ndarray, positions: np.ndarray, here: np.ndarray) -> np.ndarray:
    """Values at positions; arbitrary where a customer has no event here."""
    if not len(values):
        return np.zeros(len(positions), dtype=values.dtype)
    return values[np.where(here, positions, 0)]


@dataclass(frozen=True)
class _Day:
    """The day of events where a mask holds, NEVER elsewhere."""

    where: Column

    def __call__(self, events: Events) -> np.ndarray:
        return np.where(events.numbers(self.where), events.day, NEVER)


@dataclass(frozen=True)
class _FromFirst:
    """Difference between a value and that of the customer's first event."""

    column: Column

    def __call__(self, events: Events) -> np.ndarray:
        values = events.numbers(self.column)
        return values - values[events.start[events.customer]]


@dataclass(frozen=True)
class _First:
    """Whether a label occurs for the first time."""

    text: Column

    def __call__(self, events: Events) -> np.ndarray:
        return events.occurrences(self.text).number == 1


@dataclass(frozen=True)
class _Labelled:
    """Whether there is a label."""

    text: Column

    def __call__(self, events: Events) -> np.ndarray:
        return events.occurrences(self.text).number > 0
