"""The modified BG/NBD model: how many purchases a customer will make, and whether the customer is still active.

Purchases are Poisson with a gamma distributed rate; after every purchase, the first included, a customer drops out
with a beta distributed probability. Source: Batislam, Denizel and Filiztekin (2007), "Empirical validation and
comparison of models for customer base analysis", International Journal of Research in Marketing 24, 201-209;
symbols as in Fader, Hardie and Lee (2005): x repeat purchases, the last at t_x, over an observed time T.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, digamma, expit, gammaln, hyp2f1

from clv.models.likelihood import fit_counts
from clv.models.rounding import significant


@dataclass(frozen=True)
class MbgNbd:
    """Fitted parameters: rates are gamma(r, alpha), dropout probabilities beta(a, b). alpha has the unit of T."""

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def fit(cls, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> "MbgNbd":
        """Maximum likelihood on (n,) arrays. Parameters carry 6 significant digits, the same on every CPU."""
        return cls(*(significant(v, 6) for v in fit_counts(_log_likelihood, x, t_x, T)))

    def log_likelihood(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Log-likelihood of each customer, (n,), without the x! term."""
        value, _ = _log_likelihood(np.array([self.r, self.alpha, self.a, self.b]), x, t_x, T)
        return value

    def p_alive(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Probability of being active at T, (n,)."""
        log_odds_dead = np.log(self.a / (self.b + x)) + (self.r + x) * np.log((self.alpha + T) / (self.alpha + t_x))
        return expit(-log_odds_dead)

    def p_purchase(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, t: float) -> np.ndarray:
        """Probability of at least one purchase in (T, T + t], (n,).

        An active customer's rate is gamma(r + x, alpha + T), so none comes with the probability
        ((alpha + T) / (alpha + T + t)) ** (r + x).
        """
        none = np.exp((self.r + x) * np.log((self.alpha + T) / (self.alpha + T + t)))
        return self.p_alive(x, t_x, T) * (1 - none)

    def expected_purchases(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, t: float) -> np.ndarray:
        """Expected purchases in (T, T + t], (n,).

        Wagner and Hoppe (2008), "Erratum on the MBG/NBD model", which corrects Batislam et al. The Gaussian
        hypergeometric function is taken through Euler's transformation, which leaves a small argument a - 1; where
        that overflows (a in the hundreds), as published. Never more than a customer who cannot drop out would buy.
        """
        r, alpha, b = self.r, self.alpha, self.b
        a = self.a if abs(self.a - 1) > 1e-5 else 1 + 1e-5  # the formula is 0 / 0 at a = 1, and continuous there
        z = t / (alpha + T + t)
        with np.errstate(over="ignore", invalid="ignore"):
            rest = np.exp((a - 1) * np.log1p(-z)) * hyp2f1(a - 1, a + b - r, a + b + x, z)
            published = np.exp((r + x) * np.log1p(-z)) * hyp2f1(r + x, b + x + 1, a + b + x, z)
        rest = np.where(np.isfinite(rest), rest, published)
        most = (r + x) / (alpha + T) * t
        return np.clip((a + b + x) / (a - 1) * (1 - rest), 0, most) * self.p_alive(x, t_x, T)


def _log_likelihood(params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log-likelihood per customer, (n,), and its gradient by r, alpha, a, b, (4, n)."""
    r, alpha, a, b = params
    log_T, log_t_x = np.log(alpha + T), np.log(alpha + t_x)
    active = -(r + x) * log_T
    dropped = np.log(a) - np.log(b + x) - (r + x) * log_t_x
    value = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x + 1) - betaln(a, b)
    value = value + np.logaddexp(active, dropped)
    w = expit(dropped - active)  # probability of having dropped out
    total = digamma(a + b) - digamma(a + b + x + 1)
    gradient = np.stack(
        [
            digamma(r + x) - digamma(r) + np.log(alpha) - (1 - w) * log_T - w * log_t_x,
            r / alpha - (r + x) * ((1 - w) / (alpha + T) + w / (alpha + t_x)),
            total + w / a,
            total + digamma(b + x + 1) - digamma(b) - w / (b + x),
        ]
    )
    return value, gradient
