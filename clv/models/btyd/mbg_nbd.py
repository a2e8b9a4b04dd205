"""The modified BG/NBD model: the number of future purchases of a customer, and whether the customer is still active.

Purchases are Poisson with a gamma distributed rate; after every purchase, the first included, a customer drops out with
a beta distributed probability. Sources: Batislam, Denizel and Filiztekin (2007), "Empirical validation and comparison
of models for customer base analysis", International Journal of Research in Marketing 24, 201-209, and Wagner and Hoppe
(2008), "Erratum on the MBG/NBD model", in the same journal 25, 225-226.
"""

from dataclasses import astuple, dataclass
from typing import ClassVar

import numpy as np
from scipy.special import expit

from clv.models.btyd.beta_geometric import BetaGeometric, likelihood, log_odds_dropped
from clv.models.btyd.purchase_model import PurchaseModel


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
        return expit(-log_odds_dropped(np.array(astuple(self)), x, t_x, T, x + 1))

    def active(self, x: np.ndarray, T: np.ndarray) -> BetaGeometric:
        """Survivors of x + 1 chances to drop out: rates gamma(r + x, alpha + T), dropout beta(a, b + x + 1)."""
        return BetaGeometric(self.r + x, self.alpha + T, np.full(np.shape(x), self.a), self.b + x + 1)

    @staticmethod
    def likelihood(params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood per customer, (n,), and its gradient by r, alpha, a, b, (4, n)."""
        return likelihood(params, x, t_x, T, first=1)
