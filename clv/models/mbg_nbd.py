"""The modified BG/NBD model: how many purchases a customer will make, and whether the customer is still active.

Purchases are Poisson with a gamma distributed rate; after every purchase, the first included, a customer drops out
with a beta distributed probability. Source: Batislam, Denizel and Filiztekin (2007), "Empirical validation and
comparison of models for customer base analysis", International Journal of Research in Marketing 24, 201-209, and
Wagner and Hoppe (2008), "Erratum on the MBG/NBD model", in the same journal 25, 225-226.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import betaln, digamma, expit, gammaln

from clv.models.beta_geometric import BetaGeometric
from clv.models.purchase_model import PurchaseModel


@dataclass(frozen=True)
class MbgNbd(PurchaseModel):
    """Fitted parameters: rates are gamma(r, alpha), dropout probabilities beta(a, b). alpha has the unit of T."""

    TIMES: ClassVar[tuple[bool, ...]] = (False, True, False, False)

    r: float
    alpha: float
    a: float
    b: float

    def p_alive(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Probability of being active at T, (n,)."""
        log_odds_dead = np.log(self.a / (self.b + x)) + (self.r + x) * np.log((self.alpha + T) / (self.alpha + t_x))
        return expit(-log_odds_dead)

    def active(self, x: np.ndarray, T: np.ndarray) -> BetaGeometric:
        """Survivors of x + 1 chances to drop out: rates gamma(r + x, alpha + T), dropout beta(a, b + x + 1)."""
        return BetaGeometric(self.r + x, self.alpha + T, np.full(np.shape(x), self.a), self.b + x + 1)

    @staticmethod
    def likelihood(params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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
