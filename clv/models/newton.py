"""The loop of Newton's method; the caller defines the steps and when they end."""

from collections.abc import Callable

import numpy as np
from scipy.linalg import solve

STEPS = 25  # at most, for penalised likelihoods; a handful is usual
CLOSE = 1e-10  # a step this small ends them
LONGEST = 1.0  # of a step in one parameter; far from the root, Newton's method would overshoot

Parameters = np.ndarray  # (k,)


def follow(
    step_from: Callable[[Parameters], np.ndarray | None], start: Parameters, most: int, close: float = 0.0
) -> Parameters:
    """Follow the steps from `start`, at most `most`; return the end.

    They end earlier if there is no step (None) or if all components of one are below `close`.
    """
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
    """The parameters that maximise a concave penalised log-likelihood.

    `slope` returns its gradient (k,) and the negative of its Hessian (k, k), which is positive definite.
    """

    def step_from(found: Parameters) -> np.ndarray:
        gradient, curvature = slope(found)
        return np.clip(solve(curvature, gradient, assume_a="pos"), -LONGEST, LONGEST)

    return follow(step_from, start, STEPS, CLOSE)
