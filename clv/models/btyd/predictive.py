"""The posterior predictive distribution of a customer's revenue: purchases of a buy-till-you-die model times spend."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from clv.models.btyd.draws import Draws
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.purchase_model import PurchaseModel
from clv.models.rounding import round_significant

AT_ONCE = 2**19  # draws that are held in memory


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
    t: Any,
    shares: Sequence[float],
    n_draws: int,
    seed: int,
) -> np.ndarray:
    """Quantiles of each customer's revenue in (T, T + t], (len(shares), n) in the unit of `known.mean`, six digits.

    t is a number or (n,). A customer's quantiles depend on no other customer. The quantile of a share is of rank
    share * (n_draws + 1), below which a further draw falls with that probability; between ranks linear.
    """
    draws = Draws.make(n_draws, seed, spend.p).by_alive()
    columns = np.broadcast_arrays(*(np.asarray(c, dtype="float64") for c in (*known, t)))
    p_alive = purchases.p_alive(*columns[:3])
    # So that the customers of a block share their counts, and the draws in which they are no longer customers, which
    # bring nothing and need not be worked out.
    order = np.lexsort((p_alive, known.n_orders, known.x))
    found = np.empty((len(shares), len(order)))
    size = max(1, AT_ONCE // n_draws)
    for start in range(0, len(order), size):
        block = order[start : start + size]
        some = draws.below(float(p_alive[block].max()))
        *rows, until = (column[block] for column in columns)
        revenue = draw_revenue(purchases, spend, some, Evidence(*rows), until)
        found[:, block] = _quantiles(revenue, n_draws, shares)
    return round_significant(found, 6)


def draw_revenue(purchases: PurchaseModel, spend: GammaGamma, draws: Draws, known: Evidence, t: Any) -> np.ndarray:
    """Draws of the revenue of `revenue_quantiles`, (n_draws, n)."""
    orders = purchases.draw_purchases(known.x, known.t_x, known.T, t, draws)
    return spend.draw_spend(known.n_orders, known.mean, orders, draws)


def _quantiles(revenue: np.ndarray, n_draws: int, shares: Sequence[float]) -> np.ndarray:
    """Quantiles of `n_draws` draws (len(shares), n), of which `revenue` (some, n) are given, the others 0."""
    ordered = np.sort(revenue.T.copy(), axis=1)
    rank = np.clip(np.asarray(shares) * (n_draws + 1) - 1, 0, n_draws - 1)
    low = np.floor(rank).astype("int64")
    zeros = n_draws - len(revenue)

    def at(place: np.ndarray) -> np.ndarray:
        return np.where(place < zeros, 0.0, ordered[:, np.maximum(place - zeros, 0)])

    below, above = at(low), at(np.minimum(low + 1, n_draws - 1))
    return (below + (rank - low) * (above - below)).T
