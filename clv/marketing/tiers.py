"""Tiers of customers by predicted value."""

from typing import get_args

import numpy as np

from clv.marketing.params import TierName, TierParams

TIERS: tuple[str, ...] = get_args(TierName)  # the highest first
HIGH, GROWTH, LOW = TIERS
ELITE = "Elite"  # the top share of customers, whatever their tier
UNKNOWN = "Not known"  # in place of a tier where forecasts do not distinguish customers; it is none of TIERS


def assign_tiers(predicted: np.ndarray, params: TierParams) -> np.ndarray:
    """The tier of each customer, (n,) of text, by predicted value (n,): by shares of customers, or by thresholds.

    Equal forecasts are in the same tier, the lower one where a share ends among them.
    """
    return tiers_by(predicted, cut_points(predicted, params))


def cut_points(predicted: np.ndarray, params: TierParams) -> np.ndarray:
    """The lowest value, money, of each tier but the last, from the top; infinite for a tier by shares that is empty.

    Forecasts that tie at a border are in the lower tier. `predicted` (n,) are the forecasts of all customers, which
    matter where tiers are cut by shares.
    """
    if params.by == "thresholds":
        return np.array([params.thresholds.high_clv, params.thresholds.growth_potential])
    return _lowest(predicted, np.cumsum([params.shares.high_clv, params.shares.growth_potential]))


def tiers_by(predicted: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """The tier of each forecast, (n,) of text, by cut points; customers without a forecast are in the lowest."""
    below = np.zeros(len(predicted), dtype="int64")
    for cut in cuts:
        below += ~(predicted >= cut)
    return np.array(TIERS)[below]


def elite_from(predicted: np.ndarray, share: float) -> float:
    """The lowest value, money, in the top share by the forecasts of all customers (n,); ties at its end are outside."""
    return float(_lowest(predicted, np.array([share]))[0])


def assign_drawn(values: np.ndarray, params: TierParams) -> np.ndarray:
    """The tier by realised value (n,): shares hold exactly, and ties are assigned in the order of their rows."""
    if params.by == "thresholds":
        return assign_tiers(values, params)
    ends = np.round(np.cumsum([params.shares.high_clv, params.shares.growth_potential]) * len(values))
    return np.array(TIERS)[np.searchsorted(ends, _rank(values), side="right")]


def is_elite(predicted: np.ndarray, share: float) -> np.ndarray:
    """Whether each customer is among the top share by predicted value, (n,); ties at its end are outside."""
    return predicted >= elite_from(predicted, share)


def is_elite_drawn(values: np.ndarray, share: float) -> np.ndarray:
    """Whether each is among the top share by realised value, (n,); ties are assigned in the order of their rows."""
    return _rank(values) < round(share * len(values))


def _lowest(predicted: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The lowest value within each share of all, counted from the top, (k,); infinite where there is none."""
    ends = np.round(shares * len(predicted)).astype("int64")
    known = np.nan_to_num(predicted.astype("float64"), nan=-np.inf, posinf=np.inf)
    falling = np.concatenate([[np.inf], -np.sort(-known), [-np.inf]])
    within = [(falling[end], falling[end + 1]) for end in ends]
    return np.array([last if last > after else falling[falling > last].min() for last, after in within])


def _rank(predicted: np.ndarray) -> np.ndarray:
    """0 for the highest; ties keep the order of rows."""
    rank = np.empty(len(predicted), dtype="int64")
    rank[np.argsort(-predicted, kind="stable")] = np.arange(len(predicted))
    return rank
