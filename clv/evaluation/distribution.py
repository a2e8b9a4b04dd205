"""A forecast as a distribution, and its scores by the realised values of single customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from clv.models.calibration.intervals import LEVELS

N_QUANTILES = 99  # quantiles that represent a distribution
PIT_SEED = (1, 99)  # for positions within a jump, always the same; a stream that nothing else uses
# What is kept of each customer's quantiles: the losses of two of them and the score of all, in money, and the shares
# between which the realised value lies.
SCORES = ("pinball_50", "pinball_90", "crps", "pit_from", "pit_to")


@dataclass(frozen=True)
class Distribution:
    """A forecast as a distribution of each customer's value.

    `quantiles` (q, n) in money, at shares evenly spread over (0, 1); `lower` and `upper` (n,) in money, the ends of the
    prediction interval by level in percent; `p_purchase` (n,) the probability of spending anything.
    """

    quantiles: np.ndarray
    lower: Mapping[int, np.ndarray]
    upper: Mapping[int, np.ndarray]
    p_purchase: np.ndarray

    @staticmethod
    def shares(q: int = N_QUANTILES) -> list[float]:
        """The shares of q quantiles: each represents 1 / q of the distribution and lies in the middle of that part."""
        return [(i + 0.5) / q for i in range(q)]


def inside(y: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Whether each value lies in its interval, ends included, (n,) of booleans; negative values count as 0."""
    y = np.maximum(y, 0)
    return np.asarray((y >= lower) & (y <= upper))


def pinball(y: np.ndarray, quantile: np.ndarray, share: float) -> np.ndarray:
    """Pinball loss of the quantile at a share, (n,) money: share (y - q) above it, (1 - share) (q - y) below.

    Source: Koenker and Bassett (1978), "Regression quantiles", Econometrica 46.
    """
    return np.maximum(share * (y - quantile), (share - 1) * (y - quantile))


def scores_of(y: np.ndarray, quantiles: np.ndarray) -> dict[str, np.ndarray]:
    """The SCORES of realised values y (n,), 0 or more, under forecasts given as quantiles (q, n), by name, (n,) each.

    For a given share, the nearest of the quantiles is used. `crps` is the continuous ranked probability score: twice
    the pinball loss averaged over all quantiles, which for a point forecast is the absolute error.
    Source: Gneiting and Raftery (2007), "Strictly proper scoring rules, prediction, and estimation", JASA 102, section
    4.2.
    """
    shares = Distribution.shares(len(quantiles))
    ends = np.array([0.0, *shares, 1.0])
    losses = (pinball(y, quantile, share) for quantile, share in zip(quantiles, shares, strict=True))
    return {
        "pinball_50": pinball(y, quantiles[_nearest(shares, 0.5)], 0.5),
        "pinball_90": pinball(y, quantiles[_nearest(shares, 0.9)], 0.9),
        "crps": np.asarray(sum(losses)) * 2 / len(shares),
        "pit_from": ends[(quantiles < y).sum(axis=0)],
        "pit_to": ends[(quantiles <= y).sum(axis=0) + 1],
    }


def _nearest(shares: Sequence[float], share: float) -> int:
    return int(np.argmin(np.abs(np.array(shares) - share)))


@dataclass(frozen=True)
class Placed:
    """Realised values y (n,) in money, 0 or more, with their forecast: the ends of intervals and the `scores`.

    `lower`, `upper` and `p_purchase` are those of `Distribution`; `scores` are SCORES by name, (n,) each. These few
    numbers per customer replace all quantiles.
    """

    y: np.ndarray
    lower: Mapping[int, np.ndarray]
    upper: Mapping[int, np.ndarray]
    p_purchase: np.ndarray
    scores: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, y: np.ndarray, forecast: Distribution) -> "Placed":
        """From realised values (n,), negative ones counted as 0, and their forecast distributions."""
        y = np.maximum(y, 0)
        return cls(y, forecast.lower, forecast.upper, forecast.p_purchase, scores_of(y, forecast.quantiles))

    @classmethod
    def predicted(cls, y: np.ndarray, predictions: pd.DataFrame, scores: Mapping[str, np.ndarray]) -> "Placed":
        """From realised values (n,), the forecaster's predictions for the same customers, and their scores."""
        lower, upper = (
            {level: predictions[f"{side}_{level}"].to_numpy() for level in LEVELS} for side in ("lower", "upper")
        )
        return cls(np.maximum(y, 0), lower, upper, predictions["p_purchase"].to_numpy(), scores)

    def taken(self, order: np.ndarray) -> "Placed":
        """The same for the customers at these positions."""
        lower, upper = ({level: ends[order] for level, ends in side.items()} for side in (self.lower, self.upper))
        scores = {name: values[order] for name, values in self.scores.items()}
        return Placed(self.y[order], lower, upper, self.p_purchase[order], scores)

    @cached_property
    def pit(self) -> np.ndarray:
        """Probability integral transform, (n,) from 0 to 1: uniform where the distributions are right.

        A uniform draw between the shares of the quantiles next below and next above the value; quantiles equal to the
        value, such as those at 0, lie in between.
        Source: Czado, Gneiting and Held (2009), "Predictive model assessment for count data", Biometrics 65.
        """
        drawn = np.random.default_rng(PIT_SEED).random(len(self.y))
        return np.asarray(self.scores["pit_from"] + drawn * (self.scores["pit_to"] - self.scores["pit_from"]))

    @cached_property
    def pit_order(self) -> np.ndarray:
        """Positions (n,) from the lowest of `pit` to the highest."""
        return np.argsort(self.pit, kind="stable")
