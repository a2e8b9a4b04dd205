"""The posterior of a customer's order rate, regularity and activity, given the history.

Given the rate and the regularity k, orders are a renewal process with Erlang-k gaps in operational time. The dropout
rate is gamma distributed, so the time from acquisition to dropout is Lomax, with survival function G. The likelihood is

    product of f_k(gaps) * (G(T) S_k(open gap) + integral over u of g(u) R(u) S_k(gap open at u))

where u in (t_x, T) is the unobserved time of dropout, and R is the likelihood ratio for it from the touches since. What
remains is a sum over k and over a grid of rates that covers each customer's posterior. The probability of still being
active at T + v is G(T + v) / G(T), whatever the rate.
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
TAILS = (1e-5, 1e-8)  # of the lowest and the highest possible posterior of the rate, beyond the grid
LEAST = 1e-5  # events so far at the lowest rate of the grid, if the tail is too long for it


@dataclass(frozen=True)
class Grid:
    """The posterior of n customers at one regularity k, up to a factor common to all grids of a customer.

    rate: orders per day, (n, NODES). log_weight: of each node. active: probability of being active now, given the node.
    phase: given activity, the probabilities that j of the k events of the open gap have occurred, (k, n, NODES).
    """

    k: int
    rate: np.ndarray
    log_weight: np.ndarray
    active: np.ndarray
    phase: np.ndarray


def grids(params: ShopParams, timing: Timing) -> Iterator[Grid]:
    """The posterior on a grid of rates, for each possible regularity."""
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
    log_weight[:, 0] += np.log(0.5 + 1 / (power * step))  # adds all lower rates, at which nothing happens either
    return Grid(k, rate, log_weight, still / likelihood, phase)


def _rates(params: ShopParams, timing: Timing, k: int) -> tuple[np.ndarray, np.ndarray]:
    """A grid of rates, (n, NODES), equally spaced in their logs, and its steps, (n,).

    It spans the gamma posteriors of two extremes: a customer known to be active, and one who dropped out right after
    the last order. The error of a trapezoid rule on it is smaller than the tails.
    """
    shape, row = np.unique(params.rate_shape + k * timing.repeats, return_inverse=True)
    least = np.maximum(gammaincinv(shape, TAILS[0]), LEAST)[row]
    most = gammaincinv(shape, 1 - TAILS[1])[row]
    low = np.log(least / (1 / timing.rate_scale + k * (timing.span + timing.open[:, -1])))
    high = np.log(most / (1 / timing.rate_scale + k * timing.span))
    step = (high - low) / (NODES - 1)
    return np.exp(low[:, None] + step[:, None] * np.arange(NODES)), step


def _silence(k: int, rate: np.ndarray, timing: Timing) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The probability that no order has come since the last one.

    For dropping out in between, (n, NODES); for staying active, (n, NODES); and, given the latter, the probabilities
    that j = 0 to k - 1 of the k events of the gap have occurred, (k, n, NODES).
    """
    events = (k * rate)[:, :, None] * timing.open[:, None, :]
    none = np.exp(-events)
    # The integral of S_k from 0 is k - exp(-y) * sum of (k - i) y**i / i!; its differences yield the means.
    integral = np.full_like(events, 1 / factorial(k - 1))
    for i in range(k - 2, -1, -1):
        integral *= events
        integral += (k - i) / factorial(i)
    integral *= -none
    mean = np.diff(integral, axis=2) / np.diff(events, axis=2)
    phase = np.stack([events[:, :, -1] ** j / factorial(j) for j in range(k)])
    total = phase.sum(axis=0)
    return np.einsum("nqc,nc->nq", mean, timing.dropped), none[:, :, -1] * total, phase / total
