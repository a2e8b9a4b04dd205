"""The Gamma-Gamma model of spend per order.

An order's value is gamma(p, nu), and nu is gamma(q, v) over customers. Source: Fader and Hardie (2013), "The
Gamma-Gamma model of monetary value", http://www.brucehardie.com/notes/025/.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from clv.models.likelihood import minimise_in_logs, standard_errors
from clv.models.rounding import significant

BOUNDS = (-8.0, 12.0)  # of log p, q - 1 and v, v in units of the mean value


@dataclass(frozen=True)
class GammaGamma:
    """Fitted parameters. v has the unit of money; q > 1, so that mean spend exists."""

    p: float
    q: float
    v: float

    @classmethod
    def fit(cls, x: np.ndarray, mean: np.ndarray) -> "GammaGamma":
        """Maximum likelihood on customers with x >= 1 orders of a positive mean value, both (n,)."""
        scale = float(mean.mean())
        m = mean / scale

        def loss(params: np.ndarray) -> tuple[float, np.ndarray]:
            p, q_less_1, v = params
            value, gradient = _log_likelihood(p, 1 + q_less_1, v, x, m)
            return -value.mean(), -gradient.mean(axis=1)

        p, q_less_1, v = minimise_in_logs(loss, np.zeros(3), BOUNDS)
        return cls(significant(p, 6), significant(1 + q_less_1, 6), significant(v * scale, 6))

    def log_likelihood(self, x: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """Log-likelihood of each customer's mean value, (n,): eq. 1a of the note."""
        value, _ = _log_likelihood(self.p, self.q, self.v, x, mean)
        return value

    def standard_errors(self, x: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """Standard errors of p, q and v, (3,), given the orders that they were fitted to."""

        def gradient(params: np.ndarray) -> np.ndarray:
            p, q, v = params
            return _log_likelihood(p, q, v, x, mean)[1].sum(axis=1)

        return standard_errors(gradient, np.array([self.p, self.q, self.v]))

    def expected_spend(self, x: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """Expected value of a further order given x orders of a mean value, (n,): eq. 5; x may be 0."""
        observed = np.where(x > 0, x * mean, 0.0)
        return self.p * (self.v + observed) / (self.p * x + self.q - 1)


def _log_likelihood(p: float, q: float, v: float, x: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log-likelihood per customer, (n,), and its gradient by p, q, v, (3, n)."""
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
