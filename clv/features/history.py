"""What a shop knew at a cutoff: the only view of a block that features have."""

from datetime import date

import numpy as np
import pyarrow as pa

from clv.features.block import Block
from clv.features.events import Text, Values
from clv.features.past import Past
from clv.features.sources import Means, labels_of


class History:
    """The past of every customer of a block who had bought by the cutoff.

    Attributes
    ----------
    cutoff, horizon_days: the last day included, and the number of days to forecast. lines, days, touches: the past
    events; see `Block`. All arrays have one entry for each of the n customers, in the order of `ids`.
    """

    def __init__(self, block: Block, cutoff: date, horizon_days: int, means: Means):
        everyone = np.arange(block.n)
        has_bought = Past(block.days, cutoff, everyone).count() > 0
        self.cutoff = cutoff
        self.horizon_days = horizon_days
        self.customers = everyone[has_bought]
        self.lines = Past(block.lines, cutoff, self.customers)
        self.days = Past(block.days, cutoff, self.customers)
        self.touches = Past(block.touches, cutoff, self.customers)
        self._block = block
        self._means = means

    @property
    def ids(self) -> pa.Array:
        """Customer ids, ascending."""
        return self._block.ids.take(pa.array(self.customers))

    def profile(self, name: str) -> Values:
        """An attribute of the customers: numbers, NaN where unknown, or text."""
        values = self._block.profile[name]
        return values.take(self.customers) if isinstance(values, Text) else values[self.customers]

    def number(self, name: str) -> np.ndarray:
        """A profile column of numbers."""
        values = self.profile(name)
        assert isinstance(values, np.ndarray), f"{name} is text"
        return values

    def source_mean(self, source: str) -> np.ndarray:
        """Mean early revenue of customers from the same source, in minor units; see `clv.features.sources`."""
        text = labels_of(self._block, source).take(self.customers)
        of_label = self._means.get(source, {})
        means = np.array([of_label.get(label, np.nan) for label in text.labels.to_pylist()] + [np.nan])
        return means[text.codes]
