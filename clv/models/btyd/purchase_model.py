"""The interface of all buy-till-you-die models of purchases.

A customer makes x repeat purchases, the last at t_x, over an observed time T; both times are since the first purchase,
in any one unit. Symbols are as in Fader, Hardie and Lee (2005). A customer's purchase rate and propensity to drop out
are independent given that the customer is active at T. The future of an active customer therefore depends only on x and
T, and every forecast is P(alive) times that for an active customer.
"""

from abc import ABC, abstractmethod
from dataclasses import astuple, dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from clv.models.btyd.counts import Rows, mean_rows, once_per_row, unique_rows
from clv.models.btyd.draws import Draws
from clv.models.btyd.histories import require_purchases
from clv.models.btyd.likelihood import maximise, standard_errors
from clv.models.rounding import significant

BOUNDS = (-7.0, 7.0)  # of log parameters, with times in units of the mean T
COARSE = 32  # buckets of t_x and T in the first search of a fit


class Active(Protocol):
    """Customers (n,) who are active now, with purchase rates gamma(shape, rate)."""

    @property
    def shape(self) -> np.ndarray: ...
    @property
    def rate(self) -> np.ndarray: ...

    def expected(self, t: np.ndarray) -> np.ndarray:
        """Expected purchases within t, (n,)."""

    def probability(self, n: int, t: np.ndarray) -> np.ndarray:
        """Probability of n purchases within t, (n,)."""

    def discounted(self, rate: float, after: float = 0.0) -> np.ndarray:
        """Expected purchases later than `after`, each multiplied by exp(-rate * its time), (n,)."""

    def draw(self, t: np.ndarray, draws: Draws) -> np.ndarray:
        """Draws of the number of purchases within t, (n_draws, n) int64."""


@dataclass(frozen=True)
class PurchaseModel(ABC):
    """A fitted model. Arrays x, t_x and T are (n,); a horizon `t` is a number or an array that broadcasts with x."""

    TIMES: ClassVar[tuple[bool, ...]]  # which parameters have the unit of T

    @staticmethod
    @abstractmethod
    def likelihood(params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood per customer, (n,), without the x! term, and its gradient by the parameters, (k, n)."""

    @abstractmethod
    def p_alive(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Probability of being active at T, (n,)."""

    @abstractmethod
    def active(self, x: np.ndarray, T: np.ndarray) -> Active:
        """The customers as of T, given that they are active."""

    @classmethod
    def fit(cls, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, weight: np.ndarray | None = None) -> Self:
        """Fit by maximum likelihood to (n,) arrays, with optional row weights.

        Parameters have six significant digits, the same on every CPU. Raises `InputError` for invalid histories.
        """
        rows, weights = _histories(x, t_x, T, weight)
        x_, t_x_, T_ = rows
        scale = max(float(np.average(T_, weights=weights)), 1e-9)
        scaled = (x_, t_x_ / scale, T_ / scale)
        width = max(float(scaled[2].max()), 1e-9) / COARSE
        keys = (x_, np.ceil(scaled[1] / width), np.ceil(scaled[2] / width))
        coarse = mean_rows(scaled, weights, keys)
        params = maximise(cls.likelihood, scaled, weights, coarse, len(cls.TIMES), BOUNDS)
        return cls(*(significant(v, 6) for v in params * np.where(cls.TIMES, scale, 1.0)))

    def log_likelihood(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Log-likelihood of each customer, (n,), without the x! term."""
        params = np.array(astuple(self))
        return once_per_row(lambda *history: self.likelihood(params, *history)[0], x, t_x, T)

    def standard_errors(
        self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, weight: np.ndarray | None = None
    ) -> np.ndarray:
        """Standard errors of the parameters, (k,), given the histories (n,) to which they were fitted."""
        rows, weights = _histories(x, t_x, T, weight)
        return standard_errors(self.likelihood, np.array(astuple(self)), rows, weights)

    def expected_purchases(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, t: Any) -> np.ndarray:
        """Expected purchases in (T, T + t], (n,)."""
        later = once_per_row(lambda x, T, t: self.active(x, T).expected(t), x, T, t)
        return self.p_alive(x, t_x, T) * later

    def p_purchase(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, t: Any) -> np.ndarray:
        """Probability of at least one purchase in (T, T + t], (n,)."""
        return self.p_alive(x, t_x, T) * (1 - self._p_if_active(0, x, T, t))

    def p_purchases(self, n: int, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, t: Any) -> np.ndarray:
        """Probability of exactly n purchases in (T, T + t], (n,)."""
        alive = self.p_alive(x, t_x, T)
        return alive * self._p_if_active(n, x, T, t) + (1 - alive if n == 0 else 0.0)

    def expected_purchases_of_new(self, t: Any) -> np.ndarray:
        """Expected repeat purchases of a new customer within t of the first purchase, shaped like t."""
        zero = np.zeros(np.shape(t))
        return self.expected_purchases(zero, zero, zero, t)

    def p_purchases_of_new(self, n: int, t: Any) -> np.ndarray:
        """Probability of exactly n repeat purchases of a new customer within t of the first purchase, shaped like t."""
        zero = np.zeros(np.shape(t))
        return self.p_purchases(n, zero, zero, zero, t)

    def discounted_purchases(
        self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, rate: float, after: float = 0.0
    ) -> np.ndarray:
        """Discounted expected residual transactions, (n,): purchases after T, each times exp(-rate * its time since T).

        `rate` > 0 is continuous, per unit of T: log(1 + yearly rate) / 365 if T is in days. Only purchases later than T
        + `after` count.
        """
        if not rate > 0:
            raise ValueError(f"the discount rate must be above 0, got {rate}")
        return self.p_alive(x, t_x, T) * once_per_row(lambda x, T: self.active(x, T).discounted(rate, after), x, T)

    def _p_if_active(self, n: int, x: np.ndarray, T: np.ndarray, t: Any) -> np.ndarray:
        return once_per_row(lambda x, T, t: self.active(x, T).probability(n, t), x, T, t)


def _histories(x: np.ndarray, t_x: np.ndarray, T: np.ndarray, weight: np.ndarray | None) -> tuple[Rows, np.ndarray]:
    """The distinct histories with positive weight, and their weights."""
    columns = tuple(np.asarray(column, dtype="float64") for column in (x, t_x, T))
    require_purchases(*columns)
    rows, weights, _ = unique_rows(columns, weight)
    return tuple(column[weights > 0] for column in rows), weights[weights > 0]
