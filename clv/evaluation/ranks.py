"""Customers in the order of their forecasts, ties in a fixed random order."""

import numpy as np


def ranking(f: np.ndarray) -> np.ndarray:
    """Positions (n,) from the highest forecast to the lowest, ties in a fixed random order.

    Rows come sorted by customer id, which often reflects when a customer came, so ties in that order would not be
    neutral.
    """
    shuffled = np.random.default_rng(0).permutation(len(f))
    return shuffled[np.argsort(-f[shuffled], kind="stable")]


def decile_of(f: np.ndarray) -> np.ndarray:
    """Decile of each forecast, (n,), 1 the highest. Forecasts are ranked, because quantile cuts fail with many ties."""
    rank = np.empty(len(f), dtype="int64")
    rank[ranking(f)] = np.arange(len(f))
    return rank * 10 // len(f) + 1


def top_count(n: int, share: float) -> int:
    """The number of customers in the top share of n, to the nearest whole number, at least one."""
    return max(1, round(n * share))
