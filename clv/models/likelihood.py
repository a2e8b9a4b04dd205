"""Maximum likelihood over positive parameters, to the same digits on every CPU."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

Loss = Callable[[np.ndarray], tuple[float, np.ndarray]]
# Of parameters (r, alpha, a, b) and x, t_x, T (n,): the log-likelihood per customer (n,) and its gradient (4, n).
CountLikelihood = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]

NEWTON_STEPS = 4
STEP = 1e-4  # of the central differences, in logs
COUNT_BOUNDS = (-7.0, 7.0)  # of log parameters of the models of counts, alpha in units of the mean T


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


def fit_counts(log_likelihood: CountLikelihood, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
    """r, alpha, a and b of a model of purchase counts by maximum likelihood; alpha has the unit of T.

    Customers with the same history are counted once, with their number as weight.
    """
    rows, weight = np.unique(np.column_stack([x, t_x, T]), axis=0, return_counts=True)
    scale = max(float(np.average(rows[:, 2], weights=weight)), 1e-9)
    x_, t_x_, T_ = rows[:, 0], rows[:, 1] / scale, rows[:, 2] / scale

    def loss(params: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = log_likelihood(params, x_, t_x_, T_)
        return -(weight @ value) / weight.sum(), -(gradient @ weight) / weight.sum()

    return minimise_in_logs(loss, np.zeros(4), COUNT_BOUNDS) * [1, scale, 1, 1]


def standard_errors(gradient: Callable[[np.ndarray], np.ndarray], params: np.ndarray) -> np.ndarray:
    """Standard errors (k,) of maximum likelihood parameters (k,), from the observed information.

    `gradient` gives that of the total log-likelihood, (k,). NaN where the likelihood has no peak at `params`.
    """
    steps = np.diag(params * STEP)
    hessian = np.array([(gradient(params + s) - gradient(params - s)) / (2 * s.sum()) for s in steps])
    variances = np.diag(np.linalg.inv(-(hessian + hessian.T) / 2))
    return np.sqrt(np.where(variances > 0, variances, np.nan))
