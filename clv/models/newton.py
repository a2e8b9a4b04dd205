"""The one loop of Newton's method: the caller decides what a step is, and when there is none."""

from collections.abc import Callable

import numpy as np
from scipy.linalg import solve

STEPS = 25  # at most, for penalised likelihoods; a handful is the rule
CLOSE = 1e-10  # a step that ends them
LONGEST = 1.0  # of a step in one parameter: far from the root, Newton's method would jump beyond it

Parameters = np.ndarray  # (k,)


def follow(
    step_from: Callable[[Parameters], np.ndarray | None], start: Parameters, most: int, close: float = 0.0
) -> Parameters:
    """Where the steps lead: at most so many, until there is none (None) or one is shorter than `close` everywhere."""
    found = start
    for _ in range(most):
        step = step_from(found)
        if step is None:
            break
        found = found + step
        if np.abs(step).max() < close:
            break
    return found


def penalised_maximum(slope: Callable[[Parameters], tuple[np.ndarray, np.ndarray]], start: Parameters) -> Parameters:
    """The parameters of the greatest penalised log-likelihood, which is concave.

    `slope` gives its gradient (k,) and the negative of its Hessian (k, k), positive definite.
    """

    def step_from(found: Parameters) -> np.ndarray:
        gradient, curvature = slope(found)
        return np.clip(solve(curvature, gradient, assume_a="pos"), -LONGEST, LONGEST)

    return follow(step_from, start, STEPS, CLOSE)
