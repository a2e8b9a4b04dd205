"""Scores of a forecast as a distribution: each takes a `Judged` that has one and gives (b,) numbers.

Negative realised values (returns of earlier orders) count as 0, where distributions begin.
"""

import numpy as np

from clv.evaluation.judged import Distribution, Judged


def pinball(judged: Judged, share: float) -> np.ndarray:
    """Mean pinball loss of the quantile at a share, in money: share (y - q) above it, (1 - share) (q - y) below.

    Of the quantiles there are, the nearest is taken. Source: Koenker and Bassett (1978), "Regression quantiles",
    Econometrica 46.
    """
    y, forecast = _given(judged)
    at = int(np.argmin(np.abs(np.array(forecast.shares(len(forecast.quantiles))) - share)))
    return judged.mean(_pinball(y, forecast.quantiles[at], share))


def crps(judged: Judged) -> np.ndarray:
    """Mean continuous ranked probability score, in money: twice the pinball loss averaged over all quantiles.

    For a forecast of one value it would be the absolute error. Source: Gneiting and Raftery (2007), "Strictly proper
    scoring rules, prediction, and estimation", JASA 102, section 4.2.
    """
    y, forecast = _given(judged)
    shares = forecast.shares(len(forecast.quantiles))
    total = sum(_pinball(y, q, share) for q, share in zip(forecast.quantiles, shares, strict=True))
    return judged.mean(2 * np.asarray(total) / len(shares))


def pit(y: np.ndarray, forecast: Distribution) -> np.ndarray:
    """Probability integral transform of realised values, (n,) from 0 to 1: uniform where the distributions are right.

    Its place among the quantiles; where these have jumps, such as at 0, a place drawn within the jump. Source: Czado,
    Gneiting and Held (2009), "Predictive model assessment for count data", Biometrics 65.
    """
    y = np.maximum(y, 0)
    below = (forecast.quantiles < y).sum(axis=0)
    up_to = (forecast.quantiles <= y).sum(axis=0) + 1
    drawn = np.random.default_rng(0).random(len(y))
    return np.asarray((below + drawn * (up_to - below)) / (len(forecast.quantiles) + 1))


def pit_distance(judged: Judged) -> np.ndarray:
    """Kolmogorov-Smirnov distance of the probability integral transform from uniform; 0 is calibrated."""
    _, forecast = _given(judged)
    values = pit(judged.y, forecast)
    order = np.argsort(values, kind="stable")
    share = judged.counts[:, order].cumsum(axis=1) / judged.n[:, None]
    before = np.concatenate([np.zeros((len(share), 1)), share[:, :-1]], axis=1)
    return np.asarray(np.maximum(share - values[order], values[order] - before).max(axis=1))


def purchase_brier(judged: Judged) -> np.ndarray:
    """Mean squared error of the probability to spend anything; 0 is perfect.

    Source: Brier (1950), "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78, 1-3.
    """
    _, forecast = _given(judged)
    return judged.mean((forecast.p_purchase - (judged.y > 0)) ** 2)


def inside(y: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Whether each value lies in its interval, ends included, (n,) of booleans."""
    y = np.maximum(y, 0)
    return np.asarray((y >= lower) & (y <= upper))


def covered(judged: Judged, level: int) -> np.ndarray:
    """Share of customers whose value lies in the interval."""
    y, forecast = _given(judged)
    return judged.mean(inside(y, forecast.lower[level], forecast.upper[level]).astype(float))


def width(judged: Judged, level: int) -> np.ndarray:
    """Mean width of the intervals, in money."""
    _, forecast = _given(judged)
    return judged.mean(forecast.upper[level] - forecast.lower[level])


def interval_score(judged: Judged, level: int) -> np.ndarray:
    """Winkler's score, in money: the width, and for who lies outside 2 / (1 - level) times by how much.

    Source: Winkler (1972), "A decision-theoretic approach to interval estimation", JASA 67.
    """
    y, forecast = _given(judged)
    lower, upper = forecast.lower[level], forecast.upper[level]
    outside = np.maximum(lower - y, 0) + np.maximum(y - upper, 0)
    return judged.mean(upper - lower + 2 / (1 - level / 100) * outside)


def _pinball(y: np.ndarray, quantile: np.ndarray, share: float) -> np.ndarray:
    return np.maximum(share * (y - quantile), (share - 1) * (y - quantile))


def _given(judged: Judged) -> tuple[np.ndarray, Distribution]:
    assert judged.distribution is not None, "a score of distributions needs one"
    return np.maximum(judged.y, 0), judged.distribution
