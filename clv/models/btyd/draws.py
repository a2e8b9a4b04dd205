"""Standard draws shared by all customers, which the models transform into draws for each customer.

With common random numbers, the draws for a customer depend on that customer alone, not on which others are drawn or in
which order, and the costly inverse distribution functions are computed once per count. In return, the Monte Carlo
errors of similar customers are similar.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammaincinv, ndtri

N_SUMS = 300  # sums kept per draw; longer ones are approximated by a normal distribution
MOST = 200.0  # expected count above which this holds too: 300 are reached with a probability of 1e-11


@dataclass(frozen=True)
class Sums:
    """Cumulative sums of independent gamma(shape) variables, from 0 of them upwards, per draw."""

    shape: float
    first: np.ndarray  # (n_draws, N_SUMS + 1)
    z: np.ndarray  # (n_draws, 1) standard normal

    @classmethod
    def make(cls, shape: float, n_draws: int, rng: np.random.Generator) -> "Sums":
        """Draw the sums; the first variable and z are stratified."""
        u, u_of_z = stratified(2, n_draws, rng)
        steps = rng.standard_gamma(shape, (n_draws, N_SUMS))
        steps[:, :1] = gammaincinv(shape, u)
        return cls(shape, np.insert(np.cumsum(steps, axis=1), 0, 0.0, axis=1), ndtri(u_of_z))

    def total(self, count: np.ndarray) -> np.ndarray:
        """Sum of the first `count`, (n_draws, n) int64; same shape. Long sums follow Wilson and Hilferty (1931)."""
        total = np.take_along_axis(self.first, np.minimum(count, N_SUMS), axis=1)
        long = count > N_SUMS
        if long.any():
            shape, z = self.shape * count[long], np.broadcast_to(self.z, count.shape)[long]
            variance = 1 / (9 * shape)
            root = np.maximum(1 - variance + z * np.sqrt(variance), 0)
            total[long] = shape * root * root * root
        return total

    def count(self, time: np.ndarray) -> np.ndarray:
        """The number of sums that are at most `time`, (n_draws, n); same shape, int64.

        With shape 1 they are Poisson arrivals. Large counts are normal, with the first term of Cornish and Fisher
        (1938) for the skewness.
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
        """Gamma draws of unit rate at the same probabilities, for shapes (n,): (n_draws, n)."""
        shapes, place = np.unique(shape, return_inverse=True)
        return np.concatenate([_gamma(self, float(one)) for one in shapes], axis=1)[:, place]


@lru_cache(maxsize=256)
def _gamma(uniform: Uniform, shape: float) -> np.ndarray:
    """Cached, because customers of the next block have the same counts and therefore the same shapes."""
    return np.asarray(gammaincinv(shape, uniform.u))


@dataclass(frozen=True)
class Draws:
    """Standard draws, each (n_draws, 1), stratified and mutually independent."""

    pace: Uniform
    worth: Uniform
    dropout: np.ndarray  # uniform
    life: np.ndarray  # exponential
    arrivals: Sums  # of exponentials
    values: Sums  # of gamma(order_shape)

    @classmethod
    def make(cls, n_draws: int, seed: int, order_shape: float) -> "Draws":
        """Make the draws; `order_shape` is the p of Gamma-Gamma."""
        scalars, arrivals, values = np.random.default_rng(seed).spawn(3)
        pace, dropout, worth, u = stratified(4, n_draws, scalars)
        life = -np.log1p(-u)
        in_time, in_value = Sums.make(1.0, n_draws, arrivals), Sums.make(order_shape, n_draws, values)
        return cls(Uniform(pace), Uniform(worth), dropout, life, in_time, in_value)


def stratified(k: int, n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform draws (k, n_draws, 1): k independent sets, each with one draw per 1 / n_draws (a Latin hypercube)."""
    strata = rng.permuted(np.tile(np.arange(n_draws), (k, 1)), axis=1)
    return ((strata + rng.random((k, n_draws))) / n_draws)[:, :, None]
