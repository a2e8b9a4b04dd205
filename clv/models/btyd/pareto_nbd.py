"""The Pareto/NBD model: the number of future purchases of a customer, and whether the customer is still active.

Purchases are Poisson with a gamma distributed rate, over a lifetime that is exponential with a gamma distributed rate.
Sources: Schmittlein, Morrison and Colombo (1987), "Counting your customers: who are they and what will they do next?",
Management Science 33, 1-24; Fader and Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions",
http://www.brucehardie.com/notes/009/.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import digamma, gammaln

from clv.models.btyd.counts import once_per_count, once_per_row
from clv.models.btyd.lifetime import Lifetime
from clv.models.btyd.purchase_model import PurchaseModel

AT_ONCE = 1_024  # customers whose nodes are held in memory, as many as fit into the cache


@dataclass(frozen=True)
class ParetoNbd(PurchaseModel):
    """Fitted parameters: purchase rates are gamma(r, alpha), dropout rates gamma(s, beta).

    alpha and beta have the unit of T.
    """

    TIMES: ClassVar[tuple[bool, ...]] = (False, True, False, True)

    r: float
    alpha: float
    s: float
    beta: float

    def p_alive(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Probability of being active at T, (n,): eq. 36 and 37 of the note."""
        return once_per_row(lambda x, t_x, T: self.active(x, t_x).silence(T - t_x).p_active, x, t_x, T)

    def active(self, x: np.ndarray, T: np.ndarray) -> Lifetime:
        """Survivors of T: purchase rates gamma(r + x, alpha + T), dropout rates gamma(s, beta + T)."""
        return Lifetime(self.r + x, self.alpha + T, self.s, self.beta + T)

    @staticmethod
    def likelihood(params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood per customer, (n,), and its gradient by r, alpha, s, beta, (4, n): eq. 18 of the note.

        It is the likelihood of being active at t_x times that of silence since. The gradient is the mean, over the end
        of the lifetime or T, of the gradient given that end.
        """
        parts = [slice(start, start + AT_ONCE) for start in range(0, len(x), AT_ONCE)]
        both = [_likelihood(params, x[part], t_x[part], T[part]) for part in parts]
        return np.concatenate([value for value, _ in both]), np.concatenate([slope for _, slope in both], axis=1)


def _likelihood(params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r, alpha, s, beta = params
    rate, decay = alpha + t_x, beta + t_x
    silence = Lifetime(r + x, rate, s, decay).silence(T - t_x)
    value, by_r = once_per_count(lambda x: np.stack([gammaln(r + x) - gammaln(r), digamma(r + x) - digamma(r)]), x)
    value = value + r * np.log(alpha) - (r + x) * np.log(rate)
    value = value + s * (np.log(beta) - np.log(decay)) + np.log(silence.p_none)
    weight = silence.probability / silence.p_none
    dropped = 1 - weight[-1]
    per_decay = weight / (decay + silence.end)
    gradient = np.stack(
        [
            by_r + np.log(alpha / rate) - (weight * silence.log_rate).sum(axis=0),
            r / alpha - (r + x) * (weight / (rate + silence.end)).sum(axis=0),
            np.log(beta / decay) - (weight * silence.log_decay).sum(axis=0) + dropped / s,
            s / beta - (s + 1) * per_decay.sum(axis=0) + per_decay[-1],
        ]
    )
    return value, gradient
