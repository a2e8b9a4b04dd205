"""Forecasts beside what was realised, with a number for each customer that says how often it counts.

A resample of the customers for a bootstrap is such numbers, so a metric that heeds them gives its value and its values
in a thousand resamples by the same formula, with one sort for all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from clv.evaluation.ranks import ranking, top_count
from clv.models.intervals import LEVELS

N_QUANTILES = 99  # that stand for a distribution


@dataclass(frozen=True)
class Distribution:
    """A forecast as a distribution of each customer's value.

    `quantiles` (q, n) in money, at shares evenly spread over (0, 1); `lower` and `upper` (n,) in money, the ends of the
    prediction interval by level in percent; `p_purchase` (n,) the probability to spend anything.
    """

    quantiles: np.ndarray
    lower: Mapping[int, np.ndarray]
    upper: Mapping[int, np.ndarray]
    p_purchase: np.ndarray

    @classmethod
    def of(cls, quantiles: np.ndarray, predictions: pd.DataFrame) -> "Distribution":
        """From quantiles (q, n) at `shares`, and the forecaster's predictions of the same customers."""
        sides = ({level: predictions[f"{side}_{level}"].to_numpy() for level in LEVELS} for side in ("lower", "upper"))
        return cls(quantiles, *sides, predictions["p_purchase"].to_numpy())

    @staticmethod
    def shares(q: int = N_QUANTILES) -> list[float]:
        """The shares of q quantiles: each stands for 1 / q of the distribution and lies in its middle."""
        return [(i + 0.5) / q for i in range(q)]

    def taken(self, order: np.ndarray) -> "Distribution":
        """The same of the customers at these positions."""
        lower, upper = ({level: ends[order] for level, ends in side.items()} for side in (self.lower, self.upper))
        return Distribution(self.quantiles[:, order], lower, upper, self.p_purchase[order])


@dataclass(frozen=True)
class Judged:
    """Customers from the highest forecast to the lowest: realised values `y` and forecasts `f`, (n,) money.

    `counts` (b, n) say how often each customer counts, in b resamples; `order` (n,) where each customer came from.
    """

    y: np.ndarray
    f: np.ndarray
    order: np.ndarray
    counts: np.ndarray
    distribution: Distribution | None = None
    ideal_: "Judged | None" = field(default=None, repr=False)

    @classmethod
    def of(cls, y: np.ndarray, f: np.ndarray, distribution: Distribution | None = None) -> "Judged":
        """Every customer counted once; y and f (n,) in any order, the same of both."""
        order = ranking(f)
        sorted_distribution = None if distribution is None else distribution.taken(order)
        ones = np.ones((1, len(y)))
        ideal = cls(y[ranking(y)], y[ranking(y)], ranking(y), ones)
        return cls(y[order], f[order], order, ones, sorted_distribution, ideal)

    def resampled(self, counts: np.ndarray, ideal: "Judged | None" = None) -> "Judged":
        """Each customer counted as often as counts (b, n) say, which are in the order given to `of`.

        `ideal` is that of another forecast of the same customers and counts, which then is not worked out again.
        """
        made = ideal or replace(self.ideal, counts=counts[:, self.ideal.order])
        return replace(self, counts=counts[:, self.order], ideal_=made)

    @property
    def ideal(self) -> "Judged":
        """The same customers, forecast to spend what they spent."""
        return self.ideal_ or self

    @cached_property
    def n(self) -> np.ndarray:
        """How many customers there are, (b,)."""
        return np.asarray(self.counts.sum(axis=1))

    @cached_property
    def so_far(self) -> np.ndarray:
        """How many customers there are up to each, (b, n)."""
        return np.asarray(self.counts.cumsum(axis=1))

    @cached_property
    def value_so_far(self) -> np.ndarray:
        """What they spent, (b, n)."""
        return np.asarray((self.counts * self.y).cumsum(axis=1))

    @property
    def total(self) -> np.ndarray:
        """What all spent, (b,)."""
        return np.asarray(self.value_so_far[:, -1])

    def mean(self, rows: np.ndarray) -> np.ndarray:
        """The mean over customers of a number of each (n,): (b,)."""
        return np.asarray(self.counts @ rows) / self.n

    def first(self, k: np.ndarray) -> np.ndarray:
        """The position of the k-th customer, for k (b,) from 1: (b,)."""
        found = [np.searchsorted(row, at, side="left") for row, at in zip(self.so_far, k, strict=True)]
        return np.minimum(found, len(self.y) - 1)

    def sum_of_first(self, k: np.ndarray, sums: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """What the first k customers (b,) hold of a number of each (n,), whose running sums (b, n) are given: (b,)."""
        at = self.first(k)
        line = np.arange(len(at))
        beyond = self.so_far[line, at] - k
        return np.where(k > 0, sums[line, at] - beyond * rows[at], 0.0)

    def top_count(self, share: float) -> np.ndarray:
        """How many customers the top share is, (b,)."""
        return np.array([top_count(round(n), share) for n in self.n])

    @cached_property
    def ties(self) -> np.ndarray:
        """Where each group of equal forecasts begins, (groups,)."""
        return np.flatnonzero(np.concatenate([[True], self.f[1:] != self.f[:-1]]))

    def by_ties(self, rows: np.ndarray) -> np.ndarray:
        """Sums over groups of equal forecasts of numbers (b, n): (b, groups)."""
        return np.asarray(np.add.reduceat(rows, self.ties, axis=1))

    @cached_property
    def ranks(self) -> np.ndarray:
        """The rank of each customer from the highest forecast, 1 and up, ties at their mean rank: (b, n)."""
        size = self.by_ties(self.counts)
        mean_rank = size.cumsum(axis=1) - size + (size + 1) / 2
        group = np.repeat(np.arange(len(self.ties)), np.diff([*self.ties, len(self.f)]))
        return np.asarray(mean_rank[:, group])

    @cached_property
    def ideal_ranks(self) -> np.ndarray:
        """The rank by realised value of each customer, in the order of this forecast: (b, n)."""
        place = np.empty(len(self.order), dtype="int64")
        place[self.ideal.order] = np.arange(len(self.order))
        return self.ideal.ranks[:, place[self.order]]
