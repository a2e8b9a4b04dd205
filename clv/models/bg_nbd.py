"""The BG/NBD model of purchase counts, which tells whether the synthetic shop `cdnow_like` is what it says.

The pipeline's own forecasts come from the MBG/NBD model (`mbg_nbd.py`).

Purchases are Poisson with a gamma distributed rate; after every repeat purchase a customer drops out with a beta
distributed probability. Source: Fader, Hardie and Lee (2005), "Counting your customers the easy way: an alternative to
the Pareto/NBD model", Marketing Science 24, 275-284; symbols as there: x repeat purchases, the last at t_x, over an
observed time T.
"""

from dataclasses import astuple, dataclass

import numpy as np
from scipy.special import betaln, digamma, expit, gammaln

from clv.models.likelihood import fit_counts, standard_errors
from clv.models.rounding import significant


@dataclass(frozen=True)
class BgNbd:
    """Fitted parameters: rates are gamma(r, alpha), dropout probabilities beta(a, b). alpha has the unit of T."""

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def fit(cls, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> "BgNbd":
        """Maximum likelihood on (n,) arrays. Parameters carry 6 significant digits, the same on every CPU."""
        return cls(*(significant(v, 6) for v in fit_counts(_log_likelihood, x, t_x, T)))

    def log_likelihood(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Log-likelihood of each customer, (n,), without the x! term: eq. 6."""
        value, _ = _log_likelihood(np.array(astuple(self)), x, t_x, T)
        return value

    def standard_errors(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Standard errors of r, alpha, a and b, (4,), given the histories (n,) that they were fitted to."""
        return standard_errors(
            lambda params: _log_likelihood(params, x, t_x, T)[1].sum(axis=1), np.array(astuple(self))
        )


def _log_likelihood(params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log-likelihood per customer, (n,), and its gradient by r, alpha, a, b, (4, n)."""
    r, alpha, a, b = params
    repeat = x > 0
    b_x = np.where(repeat, b + x - 1, 1.0)
    log_T, log_t_x = np.log(alpha + T), np.log(alpha + t_x)
    active = -(r + x) * log_T
    dropped = np.where(repeat, np.log(a) - np.log(b_x) - (r + x) * log_t_x, -np.inf)
    value = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
    value = value + np.logaddexp(active, dropped)
    w = expit(dropped - active)  # probability of having dropped out
    total = digamma(a + b) - digamma(a + b + x)
    gradient = np.stack(
        [
            digamma(r + x) - digamma(r) + np.log(alpha) - (1 - w) * log_T - w * log_t_x,
            r / alpha - (r + x) * ((1 - w) / (alpha + T) + w / (alpha + t_x)),
            total + w / a,
            total + digamma(b + x) - digamma(b) - w / b_x,
        ]
    )
    return value, gradient
