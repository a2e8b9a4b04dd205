"""Tiers of customers by predicted value."""

import numpy as np

from clv.params import TierShares

HIGH, GROWTH, LOW = "High-CLV", "Growth-Potential", "Low-CLV"
TIERS = (HIGH, GROWTH, LOW)


def assign_tiers(predicted: np.ndarray, shares: TierShares) -> np.ndarray:
    """The tier of each customer, (n,) of text: the top share by predicted value (n,) is High-CLV, and so on down.

    Ranked first, so that the shares hold where many forecasts are equal; ties keep the order of the rows.
    """
    rank = np.empty(len(predicted), dtype="int64")
    rank[np.argsort(-predicted, kind="stable")] = np.arange(len(predicted))
    edges = np.round(np.cumsum([shares.high_clv, shares.growth_potential]) * len(predicted))
    return np.array(TIERS)[np.searchsorted(edges, rank, side="right")]
