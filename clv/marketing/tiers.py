"""Tiers of customers by predicted value."""

from typing import get_args

import numpy as np

from clv.marketing.params import TierName, TierParams

TIERS: tuple[str, ...] = get_args(TierName)  # the highest first
HIGH, GROWTH, LOW = TIERS
ELITE = "Elite"  # the top share of customers, whatever their tier


def assign_tiers(predicted: np.ndarray, params: TierParams) -> np.ndarray:
    """The tier of each customer, (n,) of text, by predicted value (n,): by shares of customers, or by thresholds."""
    if params.by == "thresholds":
        low_ends = np.array([params.thresholds.high_clv, params.thresholds.growth_potential])
        below = ~(predicted[:, None] >= low_ends)  # NaN too: who has no forecast is in the lowest tier, as by shares
        return np.array(TIERS)[below.sum(axis=1)]
    edges = np.round(np.cumsum([params.shares.high_clv, params.shares.growth_potential]) * len(predicted))
    return np.array(TIERS)[np.searchsorted(edges, _rank(predicted), side="right")]


def is_elite(predicted: np.ndarray, share: float) -> np.ndarray:
    """Whether each customer is among the top share by predicted value, (n,)."""
    return _rank(predicted) < round(share * len(predicted))


def _rank(predicted: np.ndarray) -> np.ndarray:
    """0 for the highest. Ranked, so that shares hold where many forecasts are equal; ties keep the order of rows."""
    rank = np.empty(len(predicted), dtype="int64")
    rank[np.argsort(-predicted, kind="stable")] = np.arange(len(predicted))
    return rank
