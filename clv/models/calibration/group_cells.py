"""Correcting errors of a forecast in groups that it distinguishes too little: by frequency, recency and overdue gaps.

A curve corrects by the forecast alone. Customers with the same forecast still differ: one bought once last week,
another used to buy every week but has not for a year. Groups have few customers, or few large ones, so each factor is
shrunk towards 1 by its uncertainty. What one window shows of a group is half chance, however many customers it has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clv.models.rounding import significant_array

PURCHASES_FROM = (2, 3, 6, 10)  # purchase days at which the next group begins
RECENCY_TO = (0.25, 0.5, 1.0, 2.0)  # horizons since the last purchase at which a group ends
OVERDUE_TO = (1.0, 2.0, 4.0)  # own mean gaps since then; customers without a gap form the first group
SIZES = (len(PURCHASES_FROM) + 1, len(RECENCY_TO) + 1, len(OVERDUE_TO) + 2)
USUAL = 0.1  # standard deviation of the lasting log factors of groups
LUCK = 0.1  # the same for one window only: times are good or bad for new customers, lapsed ones, ...
ROUNDS = 3  # over the three groupings, each given the others
DIGITS = 6


def cells_of(features: pd.DataFrame, horizon_days: int) -> np.ndarray:
    """The group of each customer by frequency, by recency and by overdue gaps, (n, 3) from 0."""
    recency = np.searchsorted(RECENCY_TO, features["recency_days"].to_numpy() / horizon_days, side="left")
    return np.column_stack([by_purchases(features), recency, by_overdue(features)])


def by_purchases(features: pd.DataFrame) -> np.ndarray:
    """The group of each customer by purchase days, (n,) from 0."""
    return np.searchsorted(PURCHASES_FROM, features["frequency"].to_numpy() + 1, side="right")


def by_overdue(features: pd.DataFrame) -> np.ndarray:
    """The group of each customer by gaps since the last purchase, (n,): 0 without a gap, then from 1."""
    gaps = features["overdue_ratio"].to_numpy(dtype="float64")
    return np.where(np.isnan(gaps), 0, 1 + np.searchsorted(OVERDUE_TO, gaps, side="left"))


@dataclass(frozen=True)
class Cells:
    """Log factors by group for each of the three groupings; their product corrects a forecast."""

    log_factors: tuple[tuple[float, ...], ...]

    @classmethod
    def fit(cls, cells: np.ndarray, forecast: np.ndarray, y: np.ndarray) -> "Cells":
        """Learn from groups (n, 3), and from forecasts and realised values (n,) that were not used to fit them.

        Only differences between groups are learned: forecasts are first scaled to the realised total.
        """
        y = np.maximum(y, 0)
        found = [np.zeros(size) for size in SIZES]
        if y.sum() > 0 and forecast.sum() > 0:
            scaled = forecast * (y.sum() / forecast.sum())
            for _ in range(ROUNDS):
                for way, size in enumerate(SIZES):
                    others = sum(f[cells[:, i]] for i, f in enumerate(found) if i != way)
                    found[way] = _log_factors(cells[:, way], size, scaled * np.exp(others), y)
        return cls(tuple(tuple(significant_array(factors, DIGITS)) for factors in found))

    @classmethod
    def unknown(cls) -> "Cells":
        """Cells that correct nothing."""
        return cls(tuple((0.0,) * size for size in SIZES))

    def apply(self, cells: np.ndarray, forecast: np.ndarray) -> np.ndarray:
        """Corrected forecasts (n,) of customers in groups (n, 3); their total is not preserved."""
        logs = sum(np.array(factors)[cells[:, i]] for i, factors in enumerate(self.log_factors))
        return np.asarray(forecast * np.exp(logs))

    def to_list(self) -> list[list[float]]:
        """Plain values for JSON."""
        return [list(factors) for factors in self.log_factors]

    @classmethod
    def from_list(cls, content: Sequence[Sequence[Any]]) -> "Cells":
        """Restore what `to_list` returned."""
        return cls(tuple(tuple(factors) for factors in content))


def _log_factors(group: np.ndarray, size: int, forecast: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The log of realised over forecast by group, (size,), shrunk by its variance; 0 if either total is 0."""
    foreseen, seen = (np.bincount(group, weights=column, minlength=size) for column in (forecast, y))
    some = (foreseen > 0) & (seen > 0)
    error = np.bincount(group, weights=(y - forecast) ** 2, minlength=size)
    factors = np.zeros(size)
    variance = error[some] / np.minimum(foreseen, seen)[some] ** 2
    factors[some] = np.log(seen[some] / foreseen[some]) * USUAL**2 / (USUAL**2 + LUCK**2 + variance)
    return factors
