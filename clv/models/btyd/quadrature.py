"""Quadrature over gamma and beta distributions, row by row, and over an interval.

The trapezoidal rule over log(rate) or logit(probability) converges geometrically, because the densities are analytic
there and decay exponentially on both sides: Trefethen and Weideman (2014), "The exponentially convergent trapezoidal
rule", SIAM Review 56, 385-458. Unlike Gaussian rules it needs no eigenvalues per row, and unlike hypergeometric
functions it neither overflows nor cancels.
"""

import numpy as np
from scipy.special import betaincinv, expit, gammainccinv, gammaincinv, log_expit, logit

N_NODES = 96
TAIL = 1e-11  # of the distribution outside the nodes


def legendre(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights, both (n, 1), of the Gauss-Legendre rule on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(n)
    return (nodes[:, None] + 1) / 2, weights[:, None] / 2


def gamma_nodes(shape: np.ndarray, least: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights, (N_NODES, n), over gamma(shape, 1), shape (n,). The weights of a row sum to 1.

    Integrands must be nearly constant below `least` (n,): the first node represents everything below it.
    """
    with np.errstate(divide="ignore"):
        low = np.maximum(np.log(gammaincinv(shape, TAIL)), np.log(least))
    high = np.maximum(np.log(gammainccinv(shape, TAIL)), low + 1e-3)
    u, h = _grid(low, high)
    log_weight = shape * u - np.exp(u)
    return np.exp(u), _normalised(log_weight, shape * h, np.inf)


def beta_nodes(a: np.ndarray, b: np.ndarray, least: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights, (N_NODES, n), over beta(a, b), both (n,). The weights of a row sum to 1.

    Integrands must be nearly constant below `least` (n,), and within 1e-16 of 1.
    """
    with np.errstate(divide="ignore"):
        low = np.clip(logit(betaincinv(a, b, TAIL)), logit(least), 36)
        high = np.clip(-logit(betaincinv(b, a, TAIL)), low + 1e-3, 37)
    u, h = _grid(low, high)
    return expit(u), _normalised(a * log_expit(u) + b * log_expit(-u), a * h, b * h)


def _grid(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    h = (high - low) / (N_NODES - 1)
    return low + h * np.arange(N_NODES)[:, None], h


def _normalised(log_weight: np.ndarray, left: np.ndarray, right: np.ndarray | float) -> np.ndarray:
    """Weights from their logs; the end nodes include geometric tails that fall by `left` and `right` per step."""
    weight = np.exp(log_weight - log_weight.max(axis=0))
    weight[0] /= -np.expm1(-left)
    weight[-1] /= -np.expm1(-right)
    return weight / weight.sum(axis=0)
