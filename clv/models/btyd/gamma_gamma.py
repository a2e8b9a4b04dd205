"""The Gamma-Gamma model of spend per order.

An order's value is gamma(p, nu), and nu is gamma(q, v) over customers. Source: Fader and Hardie (2013), "The
Gamma-Gamma model of monetary value", http://www.brucehardie.com/notes/025/.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from clv.models.btyd.counts import mean_rows, unique_rows
from clv.models.btyd.draws import Draws
from clv.models.btyd.histories import require_spend
from clv.models.btyd.likelihood import maximise, standard_errors
from clv.models.rounding import significant

BOUNDS = (-8.0, 12.0)  # of the logs of p, q - 1 and v, with v in units of the mean value
COARSE = 32  # buckets of the mean value per factor of e, in the first search of a fit


@dataclass(frozen=True)
class GammaGamma:
    """Fitted parameters. v has the unit of money; q > 1, so the mean spend exists."""

    p: float
    q: float
    v: float

    @classmethod
    def fit(cls, x: np.ndarray, mean: np.ndarray, weight: np.ndarray | None = None) -> "GammaGamma":
        """Fit by maximum likelihood to customers with x >= 1 orders of a positive mean value, both (n,).

        Rows have optional weights. Parameters have six significant digits, the same on every CPU. Raises `InputError`
        for customers without orders or with a mean value that is not positive.
        """
        columns = np.asarray(x, dtype="float64"), np.asarray(mean, dtype="float64")
        require_spend(*columns)
        (x_, m), weights, _ = unique_rows(columns, weight)
        x_, m, weights = x_[weights > 0], m[weights > 0], weights[weights > 0]
        scale = float(np.average(m, weights=weights))
        rows = x_, m / scale
        coarse = mean_rows(rows, weights, (x_, np.floor(COARSE * np.log(rows[1]))))
        p, q_less_1, v = maximise(_log_likelihood_of_excess, rows, weights, coarse, 3, BOUNDS)
        return cls(significant(p, 6), significant(1 + q_less_1, 6), significant(v * scale, 6))

    def log_likelihood(self, x: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """Log-likelihood of each customer's mean value, (n,): eq. 1a of the note."""
        value, _ = _log_likelihood(np.array([self.p, self.q, self.v]), x, mean)
        return value

    def standard_errors(self, x: np.ndarray, mean: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
        """Standard errors of p, q and v, (3,), given the orders to which they were fitted."""
        weights = np.ones(len(x)) if weight is None else weight
        return standard_errors(_log_likelihood, np.array([self.p, self.q, self.v]), (x, mean), weights)

    def expected_spend(self, x: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """Expected value of a further order given x orders of a mean value, (n,): eq. 5; x may be 0."""
        return self.p * self.unit(x, mean) / (self.p * x + self.q - 1)

    def mean_of_new(self) -> float:
        """Expected value of an order of a new customer: eq. 5 at x = 0."""
        return self.p * self.v / (self.q - 1)

    def unit(self, x: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """The unit of `draw_spend`, (n,) money: v plus the total of x orders of a mean value, 0 without orders."""
        return self.v + np.where(x > 0, x * mean, 0.0)

    def draw_spend(self, x: np.ndarray, orders: np.ndarray, draws: Draws) -> np.ndarray:
        """Draws of the total value of further `orders` (n_draws, n) int64, 0 for no orders; same shape.

        It is in units of `unit`: given x orders of a mean value, nu is gamma(q + p x, v + x mean), and the sum of k
        orders is gamma(p k, nu).
        """
        return draws.values.total(orders) / draws.worth.gamma(self.q + self.p * x)


def _log_likelihood_of_excess(params: np.ndarray, x: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The log-likelihood by p, q - 1 and v, all of which are positive."""
    return _log_likelihood(np.add(params, [0, 1, 0]), x, m)


def _log_likelihood(params: np.ndarray, x: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log-likelihood per customer, (n,), and its gradient by p, q, v, (3, n)."""
    p, q, v = params
    px = p * x
    total = np.log(v + x * m)
    value = (
        gammaln(px + q)
        - gammaln(px)
        - gammaln(q)
        + q * np.log(v)
        + (px - 1) * np.log(m)
        + px * np.log(x)
        - (px + q) * total
    )
    both = digamma(px + q)
    gradient = np.stack(
        [
            x * (both - digamma(px) + np.log(m) + np.log(x) - total),
            both - digamma(q) + np.log(v) - total,
            q / v - (px + q) / (v + x * m),
        ]
    )
    return value, gradient
