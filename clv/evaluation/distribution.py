"""A forecast as a distribution, and what single customers' values say of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from clv.models.calibration.intervals import LEVELS

N_QUANTILES = 99  # that stand for a distribution
PIT_SEED = (1, 99)  # of places within a jump, once and for all; a stream that nothing else uses


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
        lower, upper = (
            {level: predictions[f"{side}_{level}"].to_numpy() for level in LEVELS} for side in ("lower", "upper")
        )
        return cls(quantiles, lower, upper, predictions["p_purchase"].to_numpy())

    @staticmethod
    def shares(q: int = N_QUANTILES) -> list[float]:
        """The shares of q quantiles: each stands for 1 / q of the distribution and lies in its middle."""
        return [(i + 0.5) / q for i in range(q)]

    def taken(self, order: np.ndarray) -> "Distribution":
        """The same of the customers at these positions."""
        lower, upper = ({level: ends[order] for level, ends in side.items()} for side in (self.lower, self.upper))
        return Distribution(self.quantiles[:, order], lower, upper, self.p_purchase[order])


def inside(y: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Whether each value, negative ones as 0, lies in its interval, ends included, (n,) of booleans."""
    y = np.maximum(y, 0)
    return np.asarray((y >= lower) & (y <= upper))


def pinball(y: np.ndarray, quantile: np.ndarray, share: float) -> np.ndarray:
    """Pinball loss of the quantile at a share, (n,) money: share (y - q) above it, (1 - share) (q - y) below.

    Source: Koenker and Bassett (1978), "Regression quantiles", Econometrica 46.
    """
    return np.maximum(share * (y - quantile), (share - 1) * (y - quantile))


@dataclass(frozen=True)
class Placed:
    """Realised values y (n,) in money, 0 or more, beside their forecast; each score is worked out once."""

    y: np.ndarray
    forecast: Distribution

    def pinball(self, share: float) -> np.ndarray:
        """The pinball loss of the quantile at a share, (n,) money; of the quantiles there are, the nearest is taken."""
        shares = np.array(self.forecast.shares(len(self.forecast.quantiles)))
        return pinball(self.y, self.forecast.quantiles[int(np.argmin(np.abs(shares - share)))], share)

    @cached_property
    def crps(self) -> np.ndarray:
        """Continuous ranked probability score, (n,) money: twice the pinball loss averaged over all quantiles.

        For a forecast of one value it would be the absolute error. Source: Gneiting and Raftery (2007), "Strictly
        proper scoring rules, prediction, and estimation", JASA 102, section 4.2.
        """
        shares = self.forecast.shares(len(self.forecast.quantiles))
        losses = (pinball(self.y, q, share) for q, share in zip(self.forecast.quantiles, shares, strict=True))
        return np.asarray(sum(losses)) * 2 / len(shares)

    @cached_property
    def pit(self) -> np.ndarray:
        """Probability integral transform, (n,) from 0 to 1: uniform where the distributions are right.

        A place drawn between the shares of the quantiles around it; where several are equal, such as at 0, of all of
        them. Source: Czado, Gneiting and Held (2009), "Predictive model assessment for count data", Biometrics 65.
        """
        quantiles = self.forecast.quantiles
        shares = np.array([0.0, *self.forecast.shares(len(quantiles)), 1.0])
        below = shares[(quantiles < self.y).sum(axis=0)]
        up_to = shares[(quantiles <= self.y).sum(axis=0) + 1]
        drawn = np.random.default_rng(PIT_SEED).random(len(self.y))
        return np.asarray(below + drawn * (up_to - below))

    @cached_property
    def pit_order(self) -> np.ndarray:
        """Positions (n,) from the lowest of `pit` to the highest."""
        return np.argsort(self.pit, kind="stable")
