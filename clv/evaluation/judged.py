"""Forecasts beside realised values, with a count of how often each customer occurs.

A bootstrap resample of the customers is a set of such counts. So a metric that uses them gives its value, and its
values in a thousand resamples, by the same formula and with a single sort.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from clv.evaluation.distribution import Placed
from clv.evaluation.ranks import ranking, top_count


@dataclass(frozen=True)
class Judged:
    """Customers from the highest forecast to the lowest: realised values `y` and forecasts `f`, (n,) money.

    `counts` (b, n) are how often each customer counts in b resamples; `order` (n,) is the original position of each
    customer. `placed` are the values in the forecast distribution, where there is one; `perfect` is the forecast equal
    to `y`.
    """

    y: np.ndarray
    f: np.ndarray
    order: np.ndarray
    counts: np.ndarray
    placed: Placed | None = None
    perfect: "Judged | None" = field(default=None, repr=False)

    @classmethod
    def of(cls, y: np.ndarray, f: np.ndarray, placed: Placed | None = None) -> "Judged":
        """Every customer counted once; y, f (n,) and `placed` are in any order, but all in the same one."""
        order = ranking(f)
        ones = np.ones((1, len(y)))
        best = ranking(y)
        perfect = cls(y[best], y[best], best, ones)
        return cls(y[order], f[order], order, ones, None if placed is None else placed.taken(order), perfect)

    def resampled(self, counts: np.ndarray, ideal: "Judged | None" = None) -> "Judged":
        """The same customers with `counts` (b, n), which are in the order given to `of`.

        `ideal` is that of another forecast for the same customers and counts, which saves computing it again.
        """
        made = ideal or replace(self.ideal, counts=counts.take(self.ideal.order, axis=1))
        return replace(self, counts=counts.take(self.order, axis=1), perfect=made)

    @property
    def ideal(self) -> "Judged":
        """The same customers, forecast to spend what they spent."""
        return self.perfect or self

    @cached_property
    def n(self) -> np.ndarray:
        """The number of customers, (b,)."""
        return np.asarray(self.counts.sum(axis=1))

    @cached_property
    def so_far(self) -> np.ndarray:
        """The number of customers up to and including each, (b, n)."""
        return np.asarray(self.counts.astype("int64").cumsum(axis=1))  # whole numbers add up faster

    @cached_property
    def spent(self) -> np.ndarray:
        """What each customer spent, times the customer's count, (b, n)."""
        return self.counts * self.y

    @cached_property
    def value_so_far(self) -> np.ndarray:
        """What customers up to and including each spent, (b, n)."""
        return np.asarray(self.spent.cumsum(axis=1))

    @property
    def total(self) -> np.ndarray:
        """What all customers spent, (b,)."""
        return np.asarray(self.value_so_far[:, -1])

    def mean(self, rows: np.ndarray) -> np.ndarray:
        """The mean of `rows` (n,) over customers, (b,)."""
        return np.asarray(self.counts @ rows) / self.n

    @cached_property
    def _end_to_end(self) -> np.ndarray:
        """`so_far` of all resamples in one ascending array, so that one search finds positions in all of them."""
        return np.asarray((self.so_far + self._starts[:, None]).ravel())

    @cached_property
    def _starts(self) -> np.ndarray:
        """The offset of each resample in that array, (b,)."""
        return np.arange(len(self.n)) * (self.n.max() + 1)

    def first(self, k: np.ndarray) -> np.ndarray:
        """The position of the k-th customer, for k (b, m) from 1: (b, m)."""
        found = np.searchsorted(self._end_to_end, k + self._starts[:, None])
        return np.minimum(found - np.arange(len(k))[:, None] * len(self.y), len(self.y) - 1)

    def sum_of_first(self, k: np.ndarray, rows: np.ndarray, so_far: np.ndarray) -> np.ndarray:
        """The sum of `rows` (n,) over the first k customers, for k (b, m) from 0: (b, m).

        `so_far` (b, n) are the running sums of `rows` times counts.
        """
        at = self.first(k)
        line = np.arange(len(at))[:, None]
        beyond = self.so_far[line, at] - k
        return np.where(k > 0, so_far[line, at] - beyond * rows[at], 0.0)

    def top_count(self, share: float) -> np.ndarray:
        """The number of customers in the top share, (b, 1)."""
        return np.array([[top_count(round(n), share)] for n in self.n])

    @cached_property
    def last_ties(self) -> np.ndarray:
        """The position of the last of each group of equal forecasts, (groups,)."""
        return np.flatnonzero(np.concatenate([self.f[1:] != self.f[:-1], [True]]))

    @cached_property
    def ranks(self) -> np.ndarray:
        """The rank of each customer from the highest forecast, minus the mean rank, ties at their mean rank: (b, n)."""
        if len(self.last_ties) == len(self.f):
            return np.asarray(self.so_far - (self.counts + self.n[:, None]) / 2)
        up_to = self.so_far.take(self.last_ties, axis=1)
        rank = (up_to - self.n[:, None]) / 2
        rank[:, 1:] += up_to[:, :-1] / 2
        return np.asarray(
            rank.take(np.repeat(np.arange(len(self.last_ties)), np.diff(self.last_ties, prepend=-1)), axis=1)
        )

    @cached_property
    def counted_ranks(self) -> np.ndarray:
        """`ranks` times the count of each customer, (b, n)."""
        return self.counts * self.ranks

    @cached_property
    def rank_spread(self) -> np.ndarray:
        """The sum of the squares of `ranks` over the customers, (b,)."""
        return np.asarray(np.einsum("ij,ij->i", self.counted_ranks, self.ranks))

    @cached_property
    def ideal_ranks(self) -> np.ndarray:
        """The ranks by realised value, in the order of this forecast: (b, n)."""
        place = np.empty(len(self.order), dtype="int64")
        place[self.ideal.order] = np.arange(len(self.order))
        return self.ideal.ranks.take(place[self.order], axis=1)
