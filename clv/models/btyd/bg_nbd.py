"""The BG/NBD model: the number of future purchases of a customer, and whether the customer is still active.

Purchases are Poisson with a gamma distributed rate; after every repeat purchase a customer drops out with a beta
distributed probability. Source: Fader, Hardie and Lee (2005), "Counting your customers the easy way: an alternative to
the Pareto/NBD model", Marketing Science 24, 275-284.
"""

from dataclasses import astuple, dataclass
from typing import ClassVar

import numpy as np
from scipy.special import expit

from clv.models.btyd.beta_geometric import BetaGeometric, likelihood, log_odds_dropped
from clv.models.btyd.purchase_model import PurchaseModel


@dataclass(frozen=True)
class BgNbd(PurchaseModel):
    """Fitted parameters: rates are gamma(r, alpha), dropout probabilities beta(a, b). alpha has the unit of T."""

    TIMES: ClassVar[tuple[bool, ...]] = (False, True, False, False)

    r: float
    alpha: float
    a: float
    b: float

    def p_alive(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Probability of being active at T, (n,); 1 if x is 0, because only a repeat purchase can be the last.

        Fader, Hardie and Lee (2008), "Computing P(alive) using the BG/NBD model", http://brucehardie.com/notes/021/.
        """
        return expit(-log_odds_dropped(np.array(astuple(self)), x, t_x, T, x))

    def active(self, x: np.ndarray, T: np.ndarray) -> BetaGeometric:
        """Survivors of x chances to drop out: rates gamma(r + x, alpha + T), dropout beta(a, b + x)."""
        return BetaGeometric(self.r + x, self.alpha + T, np.full(np.shape(x), self.a), self.b + x)

    @staticmethod
    def likelihood(params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood per customer, (n,): eq. 6; and its gradient by r, alpha, a, b, (4, n)."""
        return likelihood(params, x, t_x, T, first=0)
