"""Standard draws that all customers share, and which the models turn into draws for each customer.

Common random numbers make what is drawn for a customer a function of that customer alone, whoever else is drawn for and
in whatever order; and the costly inverses of distribution functions are computed once per count. In return the Monte
Carlo errors of similar customers are alike.
"""

from dataclasses import dataclass
from functools import lru_cache

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


@dataclass(frozen=True, eq=False)
class Uniform:
    """Uniform draws, `u` (n_draws, 1)."""

    u: np.ndarray

    def gamma(self, shape: np.ndarray) -> np.ndarray:
        """The draws of gamma variables of unit rate at the same probabilities, for shapes (n,): (n_draws, n)."""
        shapes, place = np.unique(shape, return_inverse=True)
        return np.concatenate([_gamma(self, float(one)) for one in shapes], axis=1)[:, place]


@lru_cache(maxsize=256)
def _gamma(uniform: Uniform, shape: float) -> np.ndarray:
    """Kept, for customers of the next block have the same counts and so the same shapes."""
    return np.asarray(gammaincinv(shape, uniform.u))


@dataclass(frozen=True)
class Draws:
    """Standard draws, each (n_draws, 1), stratified, and independent of the others."""

    pace: Uniform
    worth: Uniform
    dropout: np.ndarray  # uniform
    life: np.ndarray  # exponential
    arrivals: Sums  # of exponentials
    values: Sums  # of gamma(order_shape)

    @classmethod
    def make(cls, n_draws: int, seed: int, order_shape: float) -> "Draws":
        """Draw them; `order_shape` is the p of Gamma-Gamma."""
        scalars, arrivals, values = np.random.default_rng(seed).spawn(3)
        pace, dropout, worth, u = stratified(4, n_draws, scalars)
        life = -np.log1p(-u)
        in_time, in_value = Sums.make(1.0, n_draws, arrivals), Sums.make(order_shape, n_draws, values)
        return cls(Uniform(pace), Uniform(worth), dropout, life, in_time, in_value)


def stratified(k: int, n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform draws (k, n_draws, 1), the k independent, each with one draw per 1 / n_draws (a Latin hypercube)."""
    strata = rng.permuted(np.tile(np.arange(n_draws), (k, 1)), axis=1)
    return ((strata + rng.random((k, n_draws))) / n_draws)[:, :, None]
