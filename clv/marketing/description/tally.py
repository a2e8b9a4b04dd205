"""How often each whole number occurs: enough for exact quantiles and histograms, however many rows it stands for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tally:
    """Whole numbers (n,), ascending, and how often each occurs, or the sum of amounts for it, (n,), both int64."""

    numbers: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, numbers: np.ndarray, amounts: np.ndarray | None = None) -> "Tally":
        """From numbers in any order, each counted once or with whole `amounts`."""
        if amounts is None:
            found, counts = np.unique(numbers, return_counts=True)
            return cls(found, counts)
        found, where = np.unique(numbers, return_inverse=True)
        counts = np.zeros(len(found), dtype="int64")
        np.add.at(counts, where, amounts)
        return cls(found, counts)

    @classmethod
    def together(cls, tallies: Sequence["Tally"]) -> "Tally":
        """The sum of several tallies, the same in any order."""
        return cls.of(np.concatenate([t.numbers for t in tallies]), np.concatenate([t.counts for t in tallies]))

    @property
    def total(self) -> int:
        return int(self.counts.sum())

    def quantile(self, share: float) -> float:
        """The same as `numpy.quantile` of all single numbers, of which there must be at least one."""
        place = share * (self.total - 1)
        below = int(place)
        ends = np.searchsorted(np.cumsum(self.counts), [below, min(below + 1, self.total - 1)], side="right")
        low, high = (float(number) for number in self.numbers[ends])
        return low + (high - low) * (place - below)

    def above(self, least: int) -> "Tally":
        """The tally of the numbers above `least`."""
        kept = self.numbers > least
        return Tally(self.numbers[kept], self.counts[kept])

    def sum_of_highest(self, n: int) -> int:
        """The sum of the n highest numbers."""
        left = np.clip(n - (np.cumsum(self.counts[::-1]) - self.counts[::-1]), 0, self.counts[::-1])
        return int((left * self.numbers[::-1]).sum())

    def within(self, edges: np.ndarray, unit: float = 1.0, beyond: bool = False) -> np.ndarray:
        """How many numbers, divided by `unit`, are between edges (bins + 1,): (bins,), the last with its upper edge.

        With `beyond`, the first and the last bin hold all numbers beyond them.
        """
        values = self.numbers / unit
        counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]) if beyond else values, edges, weights=self.counts)
        return counts.astype("int64")

    def on(self, numbers: np.ndarray) -> np.ndarray:
        """The counts of given numbers, 0 where one does not occur."""
        if not len(self.numbers):
            return np.zeros(len(numbers), dtype="int64")
        at = np.minimum(np.searchsorted(self.numbers, numbers), len(self.numbers) - 1)
        return np.where(self.numbers[at] == numbers, self.counts[at], 0)
