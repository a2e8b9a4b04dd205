"""A small neural network whose training gives the same numbers on every machine.

Matrix products sum in an order that differs between kinds of CPU, and training magnifies the last bit. So everything
that enters a product is rounded to multiples of a power of 2, coarse enough that its sums are exact in float64, in any
order. What remains is elementwise: IEEE arithmetic and square roots are exact too, and exp is rounded at once.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

# Bits after the binary point, and bounds. The largest product, error times weight, has 39 bits: float64, of 53, holds
# sums of 2**14 of them, one for each unit of a layer. Products summed over the rows of a batch have 36 bits.
INPUT_BITS, INPUT_LIMIT = 8, 8.0
WEIGHT_BITS, WEIGHT_LIMIT = 16, 4.0
UNIT_BITS, UNIT_LIMIT = 10, 32.0
ERROR_BITS, ERROR_LIMIT = 16, 32.0
LOG_LIMIT = 6.0  # no forecast beyond exp(6) times the training mean, or below exp(-6)
MOMENTS = 0.9, 0.999  # decay of Adam's moving means of the gradient and of its square
TINY = 1e-8

Layers = list[tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Training:
    """How to train: at most `epochs` passes over the rows in batches; steps of `rate`, weights shrunk by `decay`."""

    epochs: int
    batch_rows: int
    rate: float
    decay: float


def on_grid(values: np.ndarray, bits: int, limit: float) -> np.ndarray:
    """Values rounded to multiples of 2**-bits, within plus and minus `limit`."""
    return np.minimum(np.maximum(np.rint(values * 2.0**bits) * 2.0**-bits, -limit), limit)


def rounded(Z: np.ndarray) -> np.ndarray:
    """Scaled features as the network takes them."""
    return on_grid(Z, INPUT_BITS, INPUT_LIMIT)


def start(sizes: list[int], rng: np.random.Generator) -> Layers:
    """Weights (inputs, outputs) and offsets of each layer, uniform after He et al. (2015); the last layer all zero."""
    layers = []
    for inputs, outputs in pairwise(sizes):
        bound = math.sqrt(6 / inputs)
        weights = on_grid(rng.uniform(-bound, bound, (inputs, outputs)), WEIGHT_BITS, WEIGHT_LIMIT)
        layers.append((weights, np.zeros(outputs)))
    layers[-1] = (np.zeros_like(layers[-1][0]), layers[-1][1])
    return layers


def forward(layers: Layers, Z: np.ndarray) -> list[np.ndarray]:
    """The inputs of each layer for rows Z (n, k) from `rounded`, and last the logs of the forecasts (n, 1)."""
    inputs = [Z]
    for weights, offset in layers[:-1]:
        inputs.append(np.maximum(on_grid(inputs[-1] @ weights + offset, UNIT_BITS, UNIT_LIMIT), 0))
    weights, offset = layers[-1]
    return [*inputs, np.clip(inputs[-1] @ weights + offset, -LOG_LIMIT, LOG_LIMIT)]


def train(
    layers: Layers, rows: tuple[np.ndarray, ...], held: tuple[np.ndarray, ...], how: Training, rng: np.random.Generator
) -> Layers:
    """The layers after the epoch that did best on the held-out rows: each of inputs, values (mean 1) and weights.

    AdamW: Loshchilov & Hutter (2019), "Decoupled weight decay regularization", ICLR.
    """
    adam = Adam(layers, how)
    best, least = layers, deviance(layers, *held)
    for _ in range(how.epochs):
        for batch in _batches(len(rows[0]), how.batch_rows, rng):
            layers = adam.step(layers, _gradients(layers, *(part[batch] for part in rows)))
        loss = deviance(layers, *held)
        if loss < least:
            best, least = layers, loss
    return best


def deviance(layers: Layers, Z: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    """Mean Tweedie deviance of power 1.5 of the forecasts for Z (n, k), up to a constant, to 9 decimals."""
    root = np.exp(forward(layers, Z)[-1][:, 0] / 2)
    return round(float(np.average(2 * root + 2 * y / root, weights=weight)), 9)


def _batches(n: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    order = rng.permutation(n)
    return (order[first : first + size] for first in range(0, n, size))


def _gradients(layers: Layers, Z: np.ndarray, y: np.ndarray, weight: np.ndarray) -> Layers:
    inputs = forward(layers, Z)
    root = np.exp(inputs.pop()[:, 0] / 2)
    error = on_grid(weight * (root - y / root), ERROR_BITS, ERROR_LIMIT)[:, None]
    gradients = []
    for (weights, _), came in zip(reversed(layers), reversed(inputs), strict=True):
        gradients.append((came.T @ error / len(y), error.sum(axis=0) / len(y)))
        error = on_grid((error @ weights.T) * (came > 0), ERROR_BITS, ERROR_LIMIT)
    return gradients[::-1]


class Adam:
    """Steps by moving means of the gradient and of its square: Kingma & Ba (2015), "Adam", ICLR."""

    def __init__(self, layers: Layers, how: Training):
        self.how = how
        self.powers = [1.0, 1.0]
        self.means = [[[np.zeros_like(part) for part in layer] for layer in layers] for _ in MOMENTS]

    def step(self, layers: Layers, gradients: Layers) -> Layers:
        """New layers, back on the grid."""
        # By repeated products: pow differs between kinds of CPU.
        self.powers = [power * decay for power, decay in zip(self.powers, MOMENTS, strict=True)]
        moved = []
        for i, (layer, gradient) in enumerate(zip(layers, gradients, strict=True)):
            weights, offset = (self._moved(part, gradient[j], i, j) for j, part in enumerate(layer))
            moved.append((weights, offset))
        return moved

    def _moved(self, part: np.ndarray, gradient: np.ndarray, i: int, j: int) -> np.ndarray:
        for mean, decay, value in zip(self.means, MOMENTS, (gradient, gradient * gradient), strict=True):
            mean[i][j] = decay * mean[i][j] + (1 - decay) * value
        first, second = (mean[i][j] / (1 - power) for mean, power in zip(self.means, self.powers, strict=True))
        shrunk = part * (1 - self.how.rate * self.how.decay * (part.ndim == 2))
        return on_grid(shrunk - self.how.rate * first / (np.sqrt(second) + TINY), WEIGHT_BITS, WEIGHT_LIMIT)
