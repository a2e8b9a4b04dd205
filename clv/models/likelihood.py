"""Maximum likelihood over positive parameters, to the same digits on every CPU."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

Loss = Callable[[np.ndarray], tuple[float, np.ndarray]]

NEWTON_STEPS = 4
STEP = 1e-4  # of the central differences, in logs


def minimise_in_logs(loss: Loss, start: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    """The positive parameters (k,) that minimise a smooth loss of them, which gives its value and gradient (k,).

    The search is over log parameters within `bounds`, which keep degenerate data from running away. L-BFGS stops where
    the loss no longer changes in its last bits, and so at a place that depends on the CPU by some 1e-8; Newton steps
    on the gradient go on to its root.
    """

    def in_logs(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = loss(np.exp(theta))
        return value, gradient * np.exp(theta)

    options = {"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-9}
    theta = minimize(in_logs, start, jac=True, method="L-BFGS-B", bounds=[bounds] * len(start), options=options).x
    for _ in range(NEWTON_STEPS):
        gradient = in_logs(theta)[1]
        shifts = np.eye(len(theta)) * STEP
        hessian = np.array([in_logs(theta + s)[1] - in_logs(theta - s)[1] for s in shifts]) / (2 * STEP)
        try:
            np.linalg.cholesky((hessian + hessian.T) / 2)
        except np.linalg.LinAlgError:  # flat or at a bound: there is no root to go to
            break
        moved = theta - np.linalg.solve((hessian + hessian.T) / 2, gradient)
        if moved.min() < bounds[0] or moved.max() > bounds[1]:
            break
        if np.abs(in_logs(moved)[1]).max() >= np.abs(gradient).max():
            break
        theta = moved
    return np.exp(theta)
