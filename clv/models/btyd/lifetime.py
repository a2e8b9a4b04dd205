"""Active customers of the Pareto/NBD model.

They purchase at a gamma distributed rate over an exponential lifetime, whose own rate is gamma distributed.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, exprel, gammaincinv, log_expit, logit

from clv.models.btyd.draws import Draws
from clv.models.btyd.quadrature import TAIL, gamma_nodes, legendre

SILENCE, REACH = legendre(40), legendre(64)


@dataclass(frozen=True)
class Silence:
    """The ways in which customers (n,) may buy nothing for a while: by a lifetime that ends at a node, or at no end.

    Each array is (nodes + 1, n); the last row is for customers who stay active throughout.
    """

    end: np.ndarray  # of the time in which the customer could buy, since the silence began
    log_rate: np.ndarray  # log(1 + end / rate)
    log_decay: np.ndarray  # log(1 + end / decay)
    probability: np.ndarray  # of no purchase and this end

    @property
    def p_none(self) -> np.ndarray:
        """Probability of no purchase, (n,)."""
        return self.probability.sum(axis=0)

    @property
    def p_active(self) -> np.ndarray:
        """Probability of being active afterwards, given no purchase, (n,)."""
        return self.probability[-1] / self.p_none


@dataclass(frozen=True)
class Lifetime:
    """Customers (n,) with purchase rates gamma(shape, rate) and dropout rates gamma(s, decay)."""

    shape: np.ndarray
    rate: np.ndarray
    s: float
    decay: np.ndarray

    def expected(self, t: np.ndarray) -> np.ndarray:
        """Expected purchases within t, (n,): Fader and Hardie (2005), eq. 41 without P(alive); continuous at s = 1."""
        log_decay = np.log1p(t / self.decay)
        return self.shape / self.rate * self.decay * log_decay * exprel((1 - self.s) * log_decay)

    def silence(self, t: np.ndarray) -> Silence:
        """No purchase within t, (n,): the integral over the end of the lifetime, by Gauss-Legendre quadrature.

        The variable is log(1 + end / scale), in which the integrand starts level. The published hypergeometric
        functions have two cases, alpha below and above beta, and their derivatives would also be needed.
        """
        scale = 1 / (self.shape / self.rate + (self.s + 1) / self.decay)
        span = np.log1p(t / scale)
        steps = span * SILENCE[0]
        end = np.concatenate([scale * np.expm1(steps), t[None]])
        log_rate, log_decay = np.log1p(end / self.rate), np.log1p(end / self.decay)
        log_p = -self.shape * log_rate - self.s * log_decay
        log_p[:-1] += steps - log_decay[:-1]
        probability = np.exp(log_p)
        probability[:-1] *= (self.s / self.decay * scale * span) * SILENCE[1]
        return Silence(end, log_rate, log_decay, probability)

    def probability(self, n: int, t: np.ndarray) -> np.ndarray:
        """Probability of n purchases within t, (n,): the n-th occurs in time and the next does not.

        Fader and Hardie (2020), http://brucehardie.com/notes/012/, give a closed form of n terms for new customers.
        """
        if n == 0:
            return np.minimum(self.silence(t).p_none, 1.0)
        return np.maximum(self._reach(n, t) - self._reach(n + 1, t), 0)

    def discounted(self, rate: float, after: float = 0.0) -> np.ndarray:
        """Discounted purchases later than `after`, (n,): the mean of lambda exp(-(rate + mu) after) / (rate + mu).

        Fader, Hardie and Lee (2005), "RFM and CLV", Journal of Marketing Research 42, 415-430, appendix, before the
        integral over mu becomes Tricomi's function.
        """
        mu, weight = gamma_nodes(np.full_like(self.decay, self.s), TAIL * self.decay * rate)
        ends = rate + mu / self.decay
        return self.shape / self.rate * (weight * np.exp(-ends * after) / ends).sum(axis=0)

    def draw(self, t: np.ndarray, draws: Draws) -> np.ndarray:
        """Draws of the number of purchases within t, (n_draws, n) int64."""
        pace = draws.pace.gamma(self.shape)
        life = draws.life / np.maximum(gammaincinv(self.s, draws.dropout), 1e-300)
        return draws.arrivals.count(pace * (np.minimum(life * self.decay, t) / self.rate))

    def _reach(self, n: int, t: np.ndarray) -> np.ndarray:
        """Probability that the n-th purchase occurs within t, (n,): the mean survival to its time.

        For an endless lifetime, time / (rate + time) of the n-th purchase is beta(n, shape).
        """
        share = t / (self.rate + t)
        within = betainc(n, self.shape, share)
        with np.errstate(divide="ignore"):
            most = np.minimum(logit(share), -logit(betaincinv(self.shape, n, 1e-15)))
            least = logit(betaincinv(n, self.shape, 1e-15 * within))
        high = np.clip(most, -700, 36)
        low = np.clip(least, -700, high)
        u = low + (high - low) * REACH[0]
        log_density = n * log_expit(u) + self.shape * log_expit(-u)
        weight = np.exp(log_density - log_density.max(axis=0)) * REACH[1]
        survival = np.exp(-self.s * np.log1p(np.exp(u) * self.rate / self.decay))
        return within * (weight * survival).sum(axis=0) / weight.sum(axis=0)
