"""Tiers of customers by predicted value."""

from typing import get_args

import numpy as np

from clv.marketing.params import TierName, TierParams

TIERS: tuple[str, ...] = get_args(TierName)  # the highest first
HIGH, GROWTH, LOW = TIERS
ELITE = "Elite"  # the top share of customers, whatever their tier
UNKNOWN = "Not known"  # in the place of a tier where forecasts tell nobody from anybody; it is none of TIERS


def assign_tiers(predicted: np.ndarray, params: TierParams) -> np.ndarray:
    """The tier of each customer, (n,) of text, by predicted value (n,): by shares of customers, or by thresholds.

    Equal forecasts are of one tier, the lower one where a share ends among them.
    """
    return _assigned(predicted, _last_rank(predicted), params)


def assign_drawn(values: np.ndarray, params: TierParams) -> np.ndarray:
    """The same of values that were realised: shares hold, and equal values are of the tiers that their rows fill."""
    return _assigned(values, _rank(values), params)


def is_elite(predicted: np.ndarray, share: float) -> np.ndarray:
    """Whether each customer is among the top share by predicted value, (n,); nobody of those equal at its end is."""
    return _last_rank(predicted) < round(share * len(predicted))


def is_elite_drawn(values: np.ndarray, share: float) -> np.ndarray:
    """The same of values that were realised, equal ones in the order of their rows."""
    return _rank(values) < round(share * len(values))


def _assigned(predicted: np.ndarray, rank: np.ndarray, params: TierParams) -> np.ndarray:
    if params.by == "thresholds":
        low_ends = np.array([params.thresholds.high_clv, params.thresholds.growth_potential])
        below = ~(predicted[:, None] >= low_ends)  # NaN too: who has no forecast is in the lowest tier, as by shares
        return np.array(TIERS)[below.sum(axis=1)]
    edges = np.round(np.cumsum([params.shares.high_clv, params.shares.growth_potential]) * len(predicted))
    return np.array(TIERS)[np.searchsorted(edges, rank, side="right")]


def _last_rank(predicted: np.ndarray) -> np.ndarray:
    """0 for the highest, that of the last of them for equal forecasts; NaN, who has none, are the last together."""
    value = np.nan_to_num(predicted.astype("float64"), nan=-np.inf, posinf=np.inf)
    return len(value) - 1 - np.searchsorted(np.sort(value), value, side="left")


def _rank(predicted: np.ndarray) -> np.ndarray:
    """0 for the highest; ties keep the order of rows."""
    rank = np.empty(len(predicted), dtype="int64")
    rank[np.argsort(-predicted, kind="stable")] = np.arange(len(predicted))
    return rank
