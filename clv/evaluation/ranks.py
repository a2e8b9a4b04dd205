"""Customers in the order of their forecasts, ties in an order drawn once and for all."""

import numpy as np


def ranking(f: np.ndarray) -> np.ndarray:
    """Positions (n,) from the highest forecast to the lowest, ties in an order drawn once and for all.

    Rows come sorted by customer id, which often tells when a customer came: ties in that order would not be neutral.
    """
    shuffled = np.random.default_rng(0).permutation(len(f))
    return shuffled[np.argsort(-f[shuffled], kind="stable")]


def decile_of(f: np.ndarray) -> np.ndarray:
    """Decile of each forecast, (n,), 1 the highest. Ranked first: quantile cuts fail on many equal forecasts."""
    rank = np.empty(len(f), dtype="int64")
    rank[ranking(f)] = np.arange(len(f))
    return rank * 10 // len(f) + 1


def top_count(n: int, share: float) -> int:
    """How many customers the top share of n is: to the nearest whole number, one at least."""
    return max(1, round(n * share))
