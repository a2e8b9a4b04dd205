"""Scores of a forecast as a distribution: each takes a `Judged` that has one and returns (b,) numbers.

Negative realised values (returns of earlier orders) count as 0, where distributions begin.
"""

import numpy as np

from clv.evaluation.distribution import Placed, inside
from clv.evaluation.judged import Judged


def mean_score(judged: Judged, name: str) -> np.ndarray:
    """The mean over customers of one of their scores, in money."""
    return judged.mean(_placed(judged).scores[name])


def pit_distance(judged: Judged) -> np.ndarray:
    """Kolmogorov-Smirnov distance of the probability integral transform from uniform; 0 for a calibrated forecast."""
    placed = _placed(judged)
    values = placed.pit[placed.pit_order]
    share = judged.counts[:, placed.pit_order].cumsum(axis=1) / judged.n[:, None]
    before = np.concatenate([np.zeros((len(share), 1)), share[:, :-1]], axis=1)
    return np.asarray(np.maximum(share - values, values - before).max(axis=1))


def purchase_brier(judged: Judged) -> np.ndarray:
    """Mean squared error of the probability of spending anything; 0 is perfect.

    Source: Brier (1950), "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78, 1-3.
    """
    return judged.mean((_placed(judged).p_purchase - (judged.y > 0)) ** 2)


def covered(judged: Judged, level: int) -> np.ndarray:
    """Share of customers whose value lies in the interval."""
    placed = _placed(judged)
    return judged.mean(inside(judged.y, placed.lower[level], placed.upper[level]).astype(float))


def width(judged: Judged, level: int) -> np.ndarray:
    """Mean width of the intervals, in money."""
    placed = _placed(judged)
    return judged.mean(placed.upper[level] - placed.lower[level])


def interval_score(judged: Judged, level: int) -> np.ndarray:
    """Winkler's score, in money: the width, plus 2 / (1 - level) times the distance of values outside the interval.

    Source: Winkler (1972), "A decision-theoretic approach to interval estimation", JASA 67.
    """
    placed = _placed(judged)
    y, lower, upper = placed.y, placed.lower[level], placed.upper[level]
    outside = np.maximum(lower - y, 0) + np.maximum(y - upper, 0)
    return judged.mean(upper - lower + 2 / (1 - level / 100) * outside)


def _placed(judged: Judged) -> Placed:
    assert judged.placed is not None, "a score of distributions needs one"
    return judged.placed
