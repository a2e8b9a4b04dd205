"""Standard draws that all customers share, and which the models turn into draws for each customer.

Common random numbers make what is drawn for a customer a function of that customer alone, whoever else is drawn for and
in whatever order; and the costly inverses of distribution functions are computed once per count. In return the Monte
Carlo errors of similar customers are alike.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import gammaincinv, ndtri

N_SUMS = 300  # of a draw that are kept; the normal distribution stands for longer ones
MOST = 200.0  # expected count above which it does so too: 300 come with a probability of 1e-11


@dataclass(frozen=True)
class Sums:
    """Sums of the first 0, 1, 2 and so on of independent gamma(shape) variables, per draw."""

    shape: float
    first: np.ndarray  # (n_draws, N_SUMS + 1)
    z: np.ndarray  # (n_draws, 1) standard normal

    @classmethod
    def make(cls, shape: float, n_draws: int, rng: np.random.Generator) -> "Sums":
        """Draw them; the first variable and z are stratified."""
        u, u_of_z = stratified(2, n_draws, rng)
        steps = rng.standard_gamma(shape, (n_draws, N_SUMS))
        steps[:, :1] = gammaincinv(shape, u)
        return cls(shape, np.insert(np.cumsum(steps, axis=1), 0, 0.0, axis=1), ndtri(u_of_z))

    def total(self, count: np.ndarray) -> np.ndarray:
        """Sum of the first `count`, (n_draws, n) int64; same shape. The long ones by Wilson and Hilferty (1931)."""
        total = np.take_along_axis(self.first, np.minimum(count, N_SUMS), axis=1)
        long = count > N_SUMS
        if long.any():
            shape, z = self.shape * count[long], np.broadcast_to(self.z, count.shape)[long]
            variance = 1 / (9 * shape)
            root = np.maximum(1 - variance + z * np.sqrt(variance), 0)
            total[long] = shape * root * root * root
        return total

    def count(self, time: np.ndarray) -> np.ndarray:
        """How many sums are at most `time`, (n_draws, n); same shape, int64. Of shape 1 they are Poisson arrivals.

        Long ones are normal with the first term of Cornish and Fisher (1938) for the skewness.
        """
        rows = zip(self.first[:, 1:], time, strict=True)
        count = np.stack([np.searchsorted(first, row, side="right") for first, row in rows])
        long = time > MOST
        if long.any():
            z, mean = np.broadcast_to(self.z, time.shape)[long], time[long]
            count[long] = np.floor(mean + np.sqrt(mean) * z + (z * z - 1) / 6 + 0.5)
        return count


@dataclass(frozen=True)
class Draws:
    """Standard draws, each (n_draws, 1), stratified, and independent of the others."""

    alive: np.ndarray  # uniform, as are the next
    pace: np.ndarray
    dropout: np.ndarray
    worth: np.ndarray
    life: np.ndarray  # exponential
    arrivals: Sums  # of exponentials
    values: Sums  # of gamma(order_shape)

    @classmethod
    def make(cls, n_draws: int, seed: int, order_shape: float) -> "Draws":
        """Draw them; `order_shape` is the p of Gamma-Gamma."""
        scalars, arrivals, values = np.random.default_rng(seed).spawn(3)
        alive, pace, dropout, worth, u = stratified(5, n_draws, scalars)
        life = -np.log1p(-u)
        in_time, in_value = Sums.make(1.0, n_draws, arrivals), Sums.make(order_shape, n_draws, values)
        return cls(alive, pace, dropout, worth, life, in_time, in_value)

    def by_alive(self) -> "Draws":
        """The same draws in ascending order of `alive`."""
        return self._rows(np.argsort(self.alive[:, 0], kind="stable"))

    def below(self, p_alive: float) -> "Draws":
        """Of draws `by_alive` those in which a customer of this chance of being active is so, one at least."""
        return self._rows(slice(0, max(int(np.searchsorted(self.alive[:, 0], p_alive)), 1)))

    def _rows(self, rows: Any) -> "Draws":
        arrivals, values = (replace(s, first=s.first[rows], z=s.z[rows]) for s in (self.arrivals, self.values))
        scalars = {name: getattr(self, name)[rows] for name in ("alive", "pace", "dropout", "worth", "life")}
        return replace(self, arrivals=arrivals, values=values, **scalars)


def stratified(k: int, n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform draws (k, n_draws, 1), the k independent, each with one draw per 1 / n_draws (a Latin hypercube)."""
    strata = rng.permuted(np.tile(np.arange(n_draws), (k, 1)), axis=1)
    return ((strata + rng.random((k, n_draws))) / n_draws)[:, :, None]
