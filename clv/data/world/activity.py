"""How often a customer orders, how regularly, and whether they still do: the posterior given the history.

Given the rate and the regularity k, orders are a renewal process with Erlang-k gaps in operational time. The dropout
rate is gamma distributed, so that the time from acquisition to dropout is Lomax, with survival G. The likelihood is

    product of f_k(gaps) * (G(T) S_k(open gap) + integral over u of g(u) R(u) S_k(gap open at u))

where u in (t_x, T) is when the customer dropped out unseen, and R what the touches since speak for it. What remains is
a sum over k and a grid of rates, for each customer where their posterior is. That a customer will be active at T + v is
G(T + v) / G(T), whatever the rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial

import numpy as np
from scipy.special import gammaincinv
from scipy.stats import binom

from clv.data.world.customers import MOST_REGULAR
from clv.data.world.params import ShopParams
from clv.data.world.timing import Timing

NODES = 32  # of the grid of rates
TAILS = (1e-5, 1e-8)  # of the posteriors of the rate that would be lowest and highest, beyond the grid
LEAST = 1e-5  # events so far at the lowest rate of the grid, where tails are too long for it


@dataclass(frozen=True)
class Grid:
    """The posterior of n customers at one regularity k, up to a factor that a customer's grids have in common.

    rate: orders per day, (n, NODES). log_weight: of each node. active: probability to be active now given the node.
    phase: given that, probabilities that j of the k events of the gap that is open have been, (k, n, NODES).
    """

    k: int
    rate: np.ndarray
    log_weight: np.ndarray
    active: np.ndarray
    phase: np.ndarray


def grids(params: ShopParams, timing: Timing) -> Iterator[Grid]:
    """The posterior on a grid of rates for each regularity that can be."""
    for k in range(1, MOST_REGULAR + 1):
        prior = binom.pmf(k - 1, MOST_REGULAR - 1, (params.regularity - 1) / (MOST_REGULAR - 1))
        if prior > 0:
            yield _grid(params, timing, k, prior)


def _grid(params: ShopParams, timing: Timing, k: int, prior: float) -> Grid:
    rate, step = _rates(params, timing, k)
    unseen, quiet, phase = _silence(k, rate, timing)
    still = timing.active[:, None] * quiet
    likelihood = np.maximum(still + unseen, np.finfo("float64").tiny)
    power = params.rate_shape + k * timing.repeats
    log_weight = (
        power[:, None] * np.log(rate / timing.rate_scale[:, None])
        - rate / timing.rate_scale[:, None]
        - rate * (k * timing.span)[:, None]
        + np.log(likelihood)
    )
    of_gaps = timing.log_gaps[:, k - 1] + timing.repeats * (
        k * np.log(k * timing.rate_scale) - np.log(factorial(k - 1))
    )
    log_weight += (of_gaps + np.log(prior * step))[:, None]
    log_weight[:, 0] += np.log(0.5 + 1 / (power * step))  # for all rates below, at which nothing happens either
    return Grid(k, rate, log_weight, still / likelihood, phase)


def _rates(params: ShopParams, timing: Timing, k: int) -> tuple[np.ndarray, np.ndarray]:
    """A grid of rates, (n, NODES), even in their logs, and its steps, (n,).

    It reaches from where the posterior would be of a customer known to be active to where it would be had they dropped
    out with the last order: gamma distributions both. A trapezoid rule on it errs by less than the tails.
    """
    shape, row = np.unique(params.rate_shape + k * timing.repeats, return_inverse=True)
    least = np.maximum(gammaincinv(shape, TAILS[0]), LEAST)[row]
    most = gammaincinv(shape, 1 - TAILS[1])[row]
    low = np.log(least / (1 / timing.rate_scale + k * (timing.span + timing.open[:, -1])))
    high = np.log(most / (1 / timing.rate_scale + k * timing.span))
    step = (high - low) / (NODES - 1)
    return np.exp(low[:, None] + step[:, None] * np.arange(NODES)), step


def _silence(k: int, rate: np.ndarray, timing: Timing) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How probable it is that no order has come since the last.

    For dropping out, (n, NODES); had the customer stayed, (n, NODES); and given the latter, the probabilities that j =
    0 to k - 1 of the k events of the gap have been, (k, n, NODES).
    """
    events = (k * rate)[:, :, None] * timing.open[:, None, :]
    none = np.exp(-events)
    # The integral of S_k from 0 is k - exp(-y) * sum of (k - i) y**i / i!, of whose differences means are made.
    integral = np.full_like(events, 1 / factorial(k - 1))
    for i in range(k - 2, -1, -1):
        integral *= events
        integral += (k - i) / factorial(i)
    integral *= -none
    mean = np.diff(integral, axis=2) / np.diff(events, axis=2)
    phase = np.stack([events[:, :, -1] ** j / factorial(j) for j in range(k)])
    total = phase.sum(axis=0)
    return np.einsum("nqc,nc->nq", mean, timing.dropped), none[:, :, -1] * total, phase / total
