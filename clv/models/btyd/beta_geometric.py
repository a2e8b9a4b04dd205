"""What the BG/NBD and MBG/NBD models share.

Purchases occur at a gamma distributed rate, and each is the last with a beta distributed probability p: within t an
active customer makes min(N, G) purchases, N Poisson and G geometric. The models differ in the number of chances to drop
out that a customer has had: x or, if the first purchase is one too, x + 1.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, betaln, digamma, expit, gammaln, log_expit

from clv.models.btyd.counts import once_per_count, once_per_value
from clv.models.btyd.draws import Draws
from clv.models.btyd.quadrature import TAIL, beta_nodes, gamma_nodes


@dataclass(frozen=True)
class BetaGeometric:
    """Customers (n,) with rates gamma(shape, rate) and dropout probabilities beta(a, b)."""

    shape: np.ndarray
    rate: np.ndarray
    a: np.ndarray
    b: np.ndarray

    def expected(self, t: np.ndarray) -> np.ndarray:
        """Expected purchases within t, (n,): the mean of (1 - exp(-rate p t)) / p.

        This is eq. 10 of Fader, Hardie and Lee (2005) before the integral over p, which is computed numerically: as a
        hypergeometric function it is 0 / 0 at a = 1 and overflows for a in the hundreds.
        """
        reach = t / self.rate
        p, weight = beta_nodes(self.a, self.b, TAIL / (1 + (1 + self.shape) * reach))
        return (weight * -np.expm1(-self.shape * np.log1p(p * reach)) / p).sum(axis=0)

    def probability(self, n: int, t: np.ndarray) -> np.ndarray:
        """Probability of n purchases within t, (n,): N = n before G, or G = n and N >= n."""
        log_none = -self.shape * np.log1p(t / self.rate)
        if n == 0:
            return np.exp(log_none)
        share = t / (self.rate + t)
        with np.errstate(divide="ignore"):
            log_n = gammaln(self.shape + n) - gammaln(self.shape) - gammaln(n + 1) + log_none + n * np.log(share)
        stays = np.exp(betaln(self.a, self.b + n) - betaln(self.a, self.b))
        drops = np.exp(betaln(self.a + 1, self.b + n - 1) - betaln(self.a, self.b))
        return np.exp(log_n) * stays + betainc(n, self.shape, share) * drops

    def discounted(self, rate: float, after: float = 0.0) -> np.ndarray:
        """Discounted purchases later than `after`, (n,); if it is 0, the mean of lambda / (rate + lambda p) over both.

        A customer's purchases have the intensity lambda exp(-lambda p t) at t, which is multiplied by exp(-rate t) and
        integrated over t. The factor lambda is absorbed into the gamma distribution, which raises its shape by one.
        """
        paces, weight = gamma_nodes(self.shape + 1, np.full_like(self.shape, 1e-300))
        p, p_weight = beta_nodes(self.a, self.b, TAIL / (1 + (1 + self.shape) / (self.rate * rate)))
        mean = np.zeros_like(self.shape)
        for pace, share in zip(paces / self.rate, weight, strict=True):
            ends = rate + pace * p
            mean += share * (p_weight * np.exp(-ends * after) / ends).sum(axis=0)
        return self.shape / self.rate * mean

    def draw(self, t: np.ndarray, draws: Draws) -> np.ndarray:
        """Draws of the number of purchases within t, (n_draws, n) int64."""

        def last(a: np.ndarray, b: np.ndarray) -> np.ndarray:
            p = betaincinv(a, b, draws.dropout)
            with np.errstate(divide="ignore", over="ignore"):
                stays = np.floor(draws.life / -np.log1p(-p))
            return 1 + np.minimum(stays, 2.0**53).astype("int64")

        pace = draws.pace.gamma(self.shape)
        return np.minimum(draws.arrivals.count(pace * (t / self.rate)), once_per_value(last, self.a, self.b))


def log_odds_dropped(
    params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, chances: np.ndarray
) -> np.ndarray:
    """Log odds of having dropped out at t_x against being active at T, (n,); -inf without a chance to drop out."""
    r, alpha, a, b = params
    some = chances > 0
    log_odds = np.log(a / np.where(some, b + chances - 1, 1.0)) + (r + x) * np.log((alpha + T) / (alpha + t_x))
    return np.where(some, log_odds, -np.inf)


def likelihood(
    params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, first: int
) -> tuple[np.ndarray, np.ndarray]:
    """Log-likelihood per customer, (n,), and its gradient by r, alpha, a, b, (4, n).

    `first` is 1 if the first purchase is a chance to drop out, else 0. Fader, Hardie and Lee (2005), eq. 6; Wagner and
    Hoppe (2008).
    """
    r, alpha, a, b = params
    log_odds = log_odds_dropped(params, x, t_x, T, x + first)
    w = expit(log_odds)
    b_x = np.where(x + first > 0, b + x + first - 1, 1.0)
    log_T, log_t_x = np.log(alpha + T), np.log(alpha + t_x)

    def of_counts(x: np.ndarray) -> np.ndarray:
        total = digamma(a + b) - digamma(a + b + x + first)
        return np.stack(
            [
                gammaln(r + x) - gammaln(r) + betaln(a, b + x + first) - betaln(a, b),
                digamma(r + x) - digamma(r),
                total,
                total + digamma(b + x + first) - digamma(b),
            ]
        )

    value, by_r, by_a, by_b = once_per_count(of_counts, x)
    value = value + r * np.log(alpha) - (r + x) * log_T - log_expit(-log_odds)
    gradient = np.stack(
        [
            by_r + np.log(alpha) - (1 - w) * log_T - w * log_t_x,
            r / alpha - (r + x) * ((1 - w) / (alpha + T) + w / (alpha + t_x)),
            by_a + w / a,
            by_b - w / b_x,
        ]
    )
    return value, gradient
