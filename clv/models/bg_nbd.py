"""The BG/NBD model: how many purchases a customer will make, and whether the customer is still active.

Purchases are Poisson with a gamma distributed rate; after every repeat purchase a customer drops out with a beta
distributed probability. Source: Fader, Hardie and Lee (2005), "Counting your customers the easy way: an alternative to
the Pareto/NBD model", Marketing Science 24, 275-284.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import betaln, digamma, expit, gammaln

from clv.models.beta_geometric import BetaGeometric
from clv.models.purchase_model import PurchaseModel


@dataclass(frozen=True)
class BgNbd(PurchaseModel):
    """Fitted parameters: rates are gamma(r, alpha), dropout probabilities beta(a, b). alpha has the unit of T."""

    TIMES: ClassVar[tuple[bool, ...]] = (False, True, False, False)

    r: float
    alpha: float
    a: float
    b: float

    def p_alive(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Probability of being active at T, (n,); 1 where x is 0, as only a repeat purchase can be the last.

        Fader, Hardie and Lee (2008), "Computing P(alive) using the BG/NBD model", http://brucehardie.com/notes/021/.
        """
        b_x = np.where(x > 0, self.b + x - 1, 1.0)
        log_odds_dead = np.log(self.a / b_x) + (self.r + x) * np.log((self.alpha + T) / (self.alpha + t_x))
        return np.where(x > 0, expit(-log_odds_dead), 1.0)

    def active(self, x: np.ndarray, T: np.ndarray) -> BetaGeometric:
        """Survivors of x chances to drop out: rates gamma(r + x, alpha + T), dropout beta(a, b + x)."""
        return BetaGeometric(self.r + x, self.alpha + T, np.full(np.shape(x), self.a), self.b + x)

    @staticmethod
    def likelihood(params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood per customer, (n,): eq. 6; and its gradient by r, alpha, a, b, (4, n)."""
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
