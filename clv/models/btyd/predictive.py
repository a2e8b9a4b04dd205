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

AT_ONCE = 2**18  # draws that are held in memory
NODE = 0.05  # between values of log(1 + T / scale) for which revenue is drawn


class Evidence(NamedTuple):
    """What is known of customers, all (n,).

    x repeat purchases, the last at t_x of T, speak of their purchases; `n_orders` orders of a `mean` value of spend.
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
    """Quantiles of each customer's revenue in (T, T + t], (len(shares), n) in the unit of `known.mean`, six digits.

    Drawn is the revenue of a customer who is active, in units of what was spent so far. Customers of equal x and
    n_orders share it at fixed nodes of T, between which quantiles are linear. Whoever is no longer active brings
    nothing, of which the probability is known: it need not be drawn. So a customer's quantiles depend on no other
    customer, and every one of the draws counts. That of a share is of rank share * (n_draws + 1) among the active,
    below which a further draw falls with that probability; between ranks, and from 0 to the first, linear.
    """
    x, t_x, T, n_orders, mean = (np.asarray(column, dtype="float64") for column in known)
    found = np.zeros((len(shares), len(x)))
    if not len(x):
        return found
    draws = _draws(n_draws, seed, spend.p)
    scale = purchases.active(np.zeros(1), np.zeros(1)).rate  # the pace of new customers sets it
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
    """The same for one block of customers after the other."""
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
    """Draws of the revenue of active customers in units of what they spent, ascending after a 0: (n, n_draws + 1)."""
    orders = purchases.active(x, T).draw(np.full(len(x), t), draws)
    revenue = spend.draw_spend(n_orders, orders, draws).T
    return np.sort(np.insert(revenue, 0, 0.0, axis=1), axis=1)


def _ranks(shares: Sequence[float], p_alive: np.ndarray, n_draws: int) -> np.ndarray:
    """Ranks of quantiles among the draws of active customers, of which the first is 1, (shares, n); 0 is a 0."""
    beyond = (1 - np.asarray(shares))[:, None] / np.maximum(p_alive, 1e-300)
    return np.clip((1 - beyond) * (n_draws + 1), 0, n_draws)


def _at(ordered: np.ndarray, place: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """What is of a rank (shares, n) in the rows `place` (n,), between whole ranks linear."""
    low = np.minimum(rank.astype("int64"), ordered.shape[1] - 2)
    value: Any = ordered[place, low]
    return value + (rank - low) * (ordered[place, low + 1] - value)
