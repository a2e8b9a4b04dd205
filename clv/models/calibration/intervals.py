"""Prediction intervals: quantiles of a predictive distribution, calibrated by split conformal prediction.

Within a group of similar forecasts the quantiles are stretched by ranks of past values over them. An interval then
covers at least its nominal share of new customers who are exchangeable with the calibration rows of that group,
whatever the distribution. With fewer than 19, 39 or 199 rows (for 90, 95 and 99%) no such rank exists: the largest
ratio replaces it, and coverage is not guaranteed.

Sources: Romano, Patterson and Candes (2019), "Conformalized quantile regression", NeurIPS 32, theorem 1; Vovk,
Gammerman and Shafer (2005), "Algorithmic learning in a random world", section 4.5, for groups (Mondrian conformal
predictors).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import norm

from clv.models.rounding import significant

LEVELS = (90, 95, 99)
MIN_ROWS_PER_BIN = 400  # the 99.5% rank needs 199 rows; with 400 it is below the largest ratio
OFFSET_SHARE = 0.1  # of the mean forecast, added to both sides of a ratio so that small ones stay comparable
DIGITS = 10
LEVEL_NODES = norm.ppf((np.arange(9) + 0.5) / 9)  # medians of the ninths of a standard normal distribution


def tails(level: int, one_sided: bool) -> tuple[float, float]:
    """Shares of the lower and upper quantile of an interval; one-sided intervals begin at 0."""
    miss = 1 - level / 100
    return (0.0, round(1 - miss, 4)) if one_sided else (round(miss / 2, 4), round(1 - miss / 2, 4))


# All shares of the predictive distribution at which an interval may begin or end.
SHARES = tuple(sorted({share for level in LEVELS for kind in (True, False) for share in tails(level, kind)} - {0.0}))
Spread = Mapping[float, np.ndarray]  # predicted quantiles in money, (n,), by their share


@dataclass(frozen=True)
class Intervals:
    """By level and group of forecasts: whether one-sided, and factors on the lower and upper quantile plus `offset`."""

    edges: tuple[float, ...]
    offset: float
    one_sided: dict[int, tuple[bool, ...]]
    low: dict[int, tuple[float, ...]]
    high: dict[int, tuple[float, ...]]

    @classmethod
    def uncalibrated(cls) -> "Intervals":
        """The predictive distribution unchanged, with intervals from 0, if there are no rows for calibration."""
        once: dict[int, tuple[float, ...]] = dict.fromkeys(LEVELS, (1.0,))
        return cls((), 0.0, dict.fromkeys(LEVELS, (True,)), once, once)

    @classmethod
    def fit(
        cls, forecast: np.ndarray, spread: Spread, y: np.ndarray, max_bins: int, level_sd: float = 0.0
    ) -> "Intervals":
        """Learn from forecasts (n,), their predicted quantiles and realised values (n,) to which neither was fitted.

        The values should add up to the forecasts. The level of future values is uncertain, with a standard deviation
        `level_sd` of its log, which widens the intervals: each value counts once for each of several possible levels.

        Negative values count as 0. An equal-tailed interval for a value that is mostly 0 covers too much: if 0 is at
        least as frequent as the lower tail, the interval begins at 0 and the whole miss is at its upper end.
        """
        y = np.maximum(y, 0)
        levels = np.exp(level_sd * LEVEL_NODES)[:, None]
        edges = _edges(forecast, max(1, min(max_bins, len(y) // MIN_ROWS_PER_BIN)))
        offset = significant(max(OFFSET_SHARE * float(forecast.mean()), 1e-6), DIGITS)
        group = np.searchsorted(edges, forecast, side="right")
        one_sided: dict[int, list[bool]] = {level: [] for level in LEVELS}
        low: dict[int, list[float]] = {level: [] for level in LEVELS}
        high: dict[int, list[float]] = {level: [] for level in LEVELS}
        for g in range(len(edges) + 1):
            rows = group == g
            for level in LEVELS:
                from_zero = bool((y[rows] == 0).mean() >= tails(level, one_sided=False)[0])
                below, above = tails(level, from_zero)
                one_sided[level].append(from_zero)
                upper = (levels * y[rows] + offset) / (np.maximum(spread[above][rows], forecast[rows]) + offset)
                high[level].append(_rank(upper, above))
                if from_zero:
                    low[level].append(0.0)
                else:
                    lower = (levels * y[rows] + offset) / (np.minimum(spread[below][rows], forecast[rows]) + offset)
                    low[level].append(-_rank(-lower, 1 - below))
        plain = {level: tuple(values) for level, values in one_sided.items()}
        lows, highs = ({level: tuple(v) for level, v in side.items()} for side in (low, high))
        return cls(edges, offset, plain, lows, highs)

    def apply(self, forecast: np.ndarray, spread: Spread) -> dict[str, np.ndarray]:
        """`lower_90`, `upper_90` and so on, each (n,) in money: nonnegative, nested and around the forecast."""
        group = np.searchsorted(self.edges, forecast, side="right")
        lower, upper = forecast, forecast
        columns = {}
        for level in LEVELS:  # from the narrowest to the widest, so that each contains the previous one
            ends = []
            for side, factors, inwards in ((0, self.low, np.minimum), (1, self.high, np.maximum)):
                alone, shared = (tails(level, kind)[side] for kind in (True, False))
                from_zero = np.array(self.one_sided[level])[group]
                quantile = np.where(from_zero, spread.get(alone, np.zeros_like(forecast)), spread[shared])
                ends.append((inwards(quantile, forecast) + self.offset) * np.array(factors[level])[group] - self.offset)
            lower, upper = np.clip(ends[0], 0, lower), np.maximum(ends[1], upper)
            columns[f"lower_{level}"], columns[f"upper_{level}"] = lower, upper
        return columns

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Intervals":
        """Restore what `to_dict` returned."""
        sides = ("one_sided", "low", "high")
        by_level = ({int(level): tuple(v) for level, v in content[side].items()} for side in sides)
        return cls(tuple(content["edges"]), content["offset"], *by_level)


def _edges(forecast: np.ndarray, n_bins: int) -> tuple[float, ...]:
    """Lower bounds of all groups of forecasts except the first."""
    ordered = np.sort(forecast)
    edges, below = [], 0
    for edge in np.unique([ordered[len(ordered) * i // n_bins] for i in range(1, n_bins)]):
        # Equal forecasts stay together, which may leave few rows below the edge.
        first = int(np.searchsorted(ordered, edge))
        if first - below >= MIN_ROWS_PER_BIN:
            edges.append(float(edge))
            below = first
    return tuple(edges)


def _rank(ratios: np.ndarray, share: float) -> float:
    """The value that at most a share 1 - `share` of new ones exceeds: rank ceil((n + 1) share) of n, or the last.

    `ratios` are (levels, n), with equally likely levels: the rank is among all of them.
    """
    ascending, levels = np.sort(ratios, axis=None), len(ratios)
    rank = int(np.ceil((ratios.shape[1] + 1) * share * levels - 1e-9))
    return significant(float(ascending[min(rank, len(ascending)) - 1]), DIGITS)
