"""The posterior predictive distribution of a customer's revenue: purchases of a buy-till-you-die model times spend."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from clv.models.btyd.counts import unique_rows
from clv.models.btyd.draws import Draws
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.purchase_model import PurchaseModel
from clv.models.rounding import round_significant

AT_ONCE = 2**18  # draws held in memory
NODE = 0.05  # distance between values of log(1 + T / scale) for which revenue is drawn


class Evidence(NamedTuple):
    """The data on customers, all (n,).

    x repeat purchases, the last at t_x, within T determine the posterior of purchases; `n_orders` orders of a `mean`
    value determine that of spend.
    """

    x: np.ndarray
    t_x: np.ndarray
    T: np.ndarray
    n_orders: np.ndarray
    mean: np.ndarray


def revenue_quantiles(
    purchases: PurchaseModel,
    spend: GammaGamma,
    known: Evidence,
    t: float,
    shares: Sequence[float],
    n_draws: int,
    seed: int,
) -> np.ndarray:
    """Quantiles of revenue per customer in (T, T + t], (len(shares), n) in the unit of `known.mean`, six digits.

    Revenue is drawn for active customers, in units of their past spend. Customers with equal x and n_orders share the
    draws at fixed nodes of T, between which quantiles are interpolated linearly. Inactive customers spend nothing; the
    probability of this is known and need not be drawn. A customer's quantiles therefore depend on no other customer,
    and no draw is wasted. A quantile has rank s * (n_draws + 1) among the draws, where s = 1 - (1 - share) / P(alive),
    so that a further draw falls below it with probability s. Between ranks, and from 0 to the first, quantiles are
    linear.
    """
    x, t_x, T, n_orders, mean = (np.asarray(column, dtype="float64") for column in known)
    found = np.zeros((len(shares), len(x)))
    if not len(x):
        return found
    draws = _draws(n_draws, seed, spend.p)
    scale = purchases.active(np.zeros(1), np.zeros(1)).rate  # determined by the rate of new customers
    steps = np.log1p(T / scale) / NODE
    kinds, _, kind = unique_rows((x, n_orders, np.floor(steps)))
    p_alive, unit = purchases.p_alive(x, t_x, T), spend.unit(n_orders, mean)
    size = max(1, AT_ONCE // n_draws)
    for start in range(0, len(kinds[0]), size):
        some = np.flatnonzero((start <= kind) & (kind < start + size))
        like, orders_so_far, node = (column[start : start + size] for column in kinds)
        below, above = (
            _drawn(purchases, spend, like, scale * np.expm1(at * NODE), orders_so_far, t, draws)
            for at in (node, node + 1)
        )
        place, rank = kind[some] - start, _ranks(shares, p_alive[some], n_draws)
        low = _at(below, place, rank)
        found[:, some] = low + (steps[some] - node[place]) * (_at(above, place, rank) - low)
    return round_significant(found * unit, 6)


@lru_cache(maxsize=2)
def _draws(n_draws: int, seed: int, order_shape: float) -> Draws:
    """Cached, because all blocks of customers use the same draws."""
    return Draws.make(n_draws, seed, order_shape)


def _drawn(
    purchases: PurchaseModel,
    spend: GammaGamma,
    x: np.ndarray,
    T: np.ndarray,
    n_orders: np.ndarray,
    t: float,
    draws: Draws,
) -> np.ndarray:
    """Ascending draws of the revenue of active customers in units of past spend, after a 0: (n, n_draws + 1)."""
    orders = purchases.active(x, T).draw(np.full(len(x), t), draws)
    revenue = spend.draw_spend(n_orders, orders, draws).T
    return np.sort(np.insert(revenue, 0, 0.0, axis=1), axis=1)


def _ranks(shares: Sequence[float], p_alive: np.ndarray, n_draws: int) -> np.ndarray:
    """Ranks of quantiles among the draws of active customers, from 1, (shares, n); rank 0 is a revenue of 0."""
    beyond = (1 - np.asarray(shares))[:, None] / np.maximum(p_alive, 1e-300)
    return np.clip((1 - beyond) * (n_draws + 1), 0, n_draws)


def _at(ordered: np.ndarray, place: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """Values at ranks (shares, n) in the rows `place` (n,), linear between whole ranks."""
    low = np.minimum(rank.astype("int64"), ordered.shape[1] - 2)
    value: Any = ordered[place, low]
    return value + (rank - low) * (ordered[place, low + 1] - value)
