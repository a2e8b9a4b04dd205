"""The BG/BB model: purchases at regular opportunities, such as yearly donations, until the customer drops out.

At each opportunity an active customer buys with a beta(alpha, beta) distributed probability; before each, the customer
drops out with a beta(gamma, delta) distributed probability. Source: Fader, Hardie and Shang (2010), "Customer-base
analysis in a discrete-time noncontractual setting", Marketing Science 29, 1086-1108. The symbols are the same: x
purchases, the last at opportunity t_x (0 without one), out of n opportunities after the first purchase.
"""

from dataclasses import astuple, dataclass

import numpy as np
from scipy.special import betaln, digamma

from clv.models.btyd.counts import Rows, once_per_row, unique_rows
from clv.models.btyd.likelihood import maximise, standard_errors
from clv.models.rounding import significant

BOUNDS = (-7.0, 7.0)  # of log parameters


@dataclass(frozen=True)
class BgBb:
    """Fitted parameters: purchase probabilities are beta(alpha, beta), dropout probabilities beta(gamma, delta)."""

    alpha: float
    beta: float
    gamma: float
    delta: float

    @classmethod
    def fit(cls, x: np.ndarray, t_x: np.ndarray, n: np.ndarray, weight: np.ndarray | None = None) -> "BgBb":
        """Fit by maximum likelihood to (k,) arrays of whole numbers, with optional row weights, to six digits."""
        rows, weights = _distinct(x, t_x, n, weight)
        params = maximise(_log_likelihood, rows, weights, (rows, weights), 4, BOUNDS)
        return cls(*(significant(v, 6) for v in params))

    def log_likelihood(self, x: np.ndarray, t_x: np.ndarray, n: np.ndarray) -> np.ndarray:
        """Log-likelihood of each customer, (k,): eq. 7."""
        params = np.array(astuple(self))
        return once_per_row(lambda *rows: _log_likelihood(params, *rows)[0], x, t_x, n)

    def standard_errors(
        self, x: np.ndarray, t_x: np.ndarray, n: np.ndarray, weight: np.ndarray | None = None
    ) -> np.ndarray:
        """Standard errors of alpha, beta, gamma and delta, (4,), given the rows to which they were fitted."""
        return standard_errors(_log_likelihood, np.array(astuple(self)), *_distinct(x, t_x, n, weight))

    def p_alive(self, x: np.ndarray, t_x: np.ndarray, n: np.ndarray) -> np.ndarray:
        """Probability of having been active at opportunity n, (k,). The paper gives it for opportunity n + 1."""
        params = np.array(astuple(self))
        return once_per_row(lambda *rows: np.exp(_log_terms(params, *rows)[0] - self.log_likelihood(*rows)), x, t_x, n)

    def expected_purchases(self, x: np.ndarray, t_x: np.ndarray, n: np.ndarray, periods: int) -> np.ndarray:
        """Expected purchases at the next `periods` opportunities, (k,): eq. 13, as a sum, which holds at gamma = 1."""
        survival, total = np.ones(np.shape(x)), np.zeros(np.shape(x))
        for period in range(periods):
            survival = survival * (self.delta + n + period) / (self.gamma + self.delta + n + period)
            total = total + survival
        return self.p_alive(x, t_x, n) * (self.alpha + x) / (self.alpha + self.beta + n) * total


def _distinct(x: np.ndarray, t_x: np.ndarray, n: np.ndarray, weight: np.ndarray | None) -> tuple[Rows, np.ndarray]:
    """The distinct rows with positive weight, and their weights."""
    rows, weights, _ = unique_rows(tuple(np.asarray(column, dtype="float64") for column in (x, t_x, n)), weight)
    return tuple(column[weights > 0] for column in rows), weights[weights > 0]


def _log_terms(params: np.ndarray, x: np.ndarray, t_x: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Logs of the likelihood's terms, (1 + most, k): active at n, then dropped out right after t_x + i; -inf past n."""
    alpha, beta, gamma, delta = params
    i = np.arange(max(int((n - t_x).max()), 0))[:, None]
    active = betaln(alpha + x, beta + n - x) + betaln(gamma, delta + n)
    dropped = betaln(alpha + x, beta + t_x - x + i) + betaln(gamma + 1, delta + t_x + i)
    dropped = np.where(i < n - t_x, dropped, -np.inf)
    return np.vstack([active[None], dropped]) - betaln(alpha, beta) - betaln(gamma, delta)


def _log_likelihood(params: np.ndarray, x: np.ndarray, t_x: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log-likelihood per customer, (k,), and its gradient by alpha, beta, gamma, delta, (4, k)."""
    alpha, beta, gamma, delta = params
    terms = _log_terms(params, x, t_x, n)
    value = np.logaddexp.reduce(terms, axis=0)
    share = np.exp(terms - value)
    seen = np.vstack(
        [n[None], t_x + np.arange(len(terms) - 1)[:, None]]
    )  # number of opportunities while active, used or not
    chose, chances = digamma(alpha + beta + seen), gamma + delta + seen + (np.arange(len(terms)) > 0)[:, None]
    gradient = np.stack(
        [
            digamma(alpha + x) - digamma(alpha) + digamma(alpha + beta) - (share * chose).sum(axis=0),
            (share * (digamma(beta + seen - x) - chose)).sum(axis=0) - digamma(beta) + digamma(alpha + beta),
            share[1:].sum(axis=0) / gamma + digamma(gamma + delta) - (share * digamma(chances)).sum(axis=0),
            (share * (digamma(delta + seen) - digamma(chances))).sum(axis=0) - digamma(delta) + digamma(gamma + delta),
        ]
    )
    return value, gradient
