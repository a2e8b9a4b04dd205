"""Maximum likelihood over positive parameters, to the same digits on every CPU, for any number of rows."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

from clv.models.btyd.counts import Rows
from clv.models.newton import follow

Loss = Callable[[np.ndarray], tuple[float, np.ndarray]]
# Of parameters (k,) and columns (n,): the log-likelihood per row (n,) and its gradient (k, n).
LogLikelihood = Callable[..., tuple[np.ndarray, np.ndarray]]

EXACT, ROUGH = {"ftol": 1e-15, "gtol": 1e-9}, {"ftol": 1e-10, "gtol": 1e-5}  # tolerances that end a search
NEWTON_STEPS = 4
CHORD_STEPS = 20
CLOSE = 1e-9  # steps in logs and gradients that end the chord steps: far below the six digits kept
LONGEST_CHORD = 1.0  # in logs; a longer step means that the Hessian does not fit here
LONG = 0.5  # a Newton step in logs where steps should have ended, which indicates a ridge
STEP = 1e-4  # of the central differences, in logs
AT_ONCE = 32_768  # rows whose likelihood is held in memory


def total(
    log_likelihood: LogLikelihood, params: np.ndarray, rows: Rows, weight: np.ndarray
) -> tuple[float, np.ndarray]:
    """Weighted sums over the rows of the log-likelihood and of its gradient (k,)."""
    value, gradient = 0.0, np.zeros(len(params))
    for start in range(0, len(weight), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        values, gradients = log_likelihood(params, *(column[part] for column in rows))
        value += float((values * weight[part]).sum())
        gradient += (gradients * weight[part]).sum(axis=1)
    return value, gradient


def maximise(
    log_likelihood: LogLikelihood,
    rows: Rows,
    weight: np.ndarray,
    coarse: tuple[Rows, np.ndarray],
    n_params: int,
    bounds: tuple[float, float],
) -> np.ndarray:
    """The positive parameters (k,) that maximise the likelihood; `bounds` are for their logs.

    A rough search uses `coarse`, fewer rows and weights with nearly the same information. From its end, steps along the
    gradient of all rows, with the coarse Hessian, lead to the root of that gradient; if they fail, the search continues
    over all rows.
    """
    theta, loss = np.zeros(n_params), _mean_loss(log_likelihood, rows, weight)
    if len(coarse[1]) < len(weight):
        roughly = _in_logs(_mean_loss(log_likelihood, *coarse))
        theta = _search(roughly, theta, bounds, ROUGH)
        found = _follow_chords(_in_logs(loss), theta, _hessian(roughly, theta))
        if found is not None and bounds[0] < found.min() and found.max() < bounds[1]:
            return np.exp(found)
    theta = minimise_in_logs(loss, theta, bounds)
    return np.exp(_end_of_ridge(_in_logs(loss), theta, bounds))


def standard_errors(log_likelihood: LogLikelihood, params: np.ndarray, rows: Rows, weight: np.ndarray) -> np.ndarray:
    """Standard errors (k,) of maximum likelihood parameters (k,), from the observed information.

    NaN if the likelihood has no peak at `params`.
    """

    def gradient(at: np.ndarray) -> np.ndarray:
        return total(log_likelihood, at, rows, weight)[1]

    steps = np.diag(params * STEP)
    hessian = np.array([(gradient(params + s) - gradient(params - s)) / (2 * s.sum()) for s in steps])
    try:
        variances = np.diag(np.linalg.inv(-(hessian + hessian.T) / 2))
    except np.linalg.LinAlgError:
        return np.full(len(params), np.nan)
    return np.sqrt(np.where(variances > 0, variances, np.nan))


def minimise_in_logs(loss: Loss, start: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    """The log parameters (k,) that minimise a smooth loss of parameters, which returns its value and gradient (k,).

    The search stays within `bounds`, which keep it from diverging on degenerate data. L-BFGS stops when the loss
    changes only in its last bits, and so at a point that varies between CPUs by about 1e-8; Newton steps on the
    gradient then lead to its root.
    """
    in_logs = _in_logs(loss)
    return _follow_newton(in_logs, _search(in_logs, start, bounds, EXACT), bounds)


def _search(loss: Loss, start: np.ndarray, bounds: tuple[float, float], until: dict[str, float]) -> np.ndarray:
    """The point at which L-BFGS ends, from a start (k,), within bounds, given its two tolerances."""
    options = {"maxiter": 2000, **until}
    return np.asarray(
        minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[bounds] * len(start), options=options).x
    )


def _mean_loss(log_likelihood: LogLikelihood, rows: Rows, weight: np.ndarray) -> Loss:
    """The negative mean log-likelihood and its gradient as a function of the parameters."""

    def loss(params: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = total(log_likelihood, params, rows, weight)
        return -value / weight.sum(), -gradient / weight.sum()

    return loss


def _in_logs(loss: Loss) -> Loss:
    """The loss as a function of log parameters."""

    def in_logs(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = loss(np.exp(theta))
        return value, gradient * np.exp(theta)

    return in_logs


def _hessian(loss: Loss, theta: np.ndarray) -> np.ndarray | None:
    """The Hessian (k, k) at theta, or None if it is not positive definite."""
    shifts = np.eye(len(theta)) * STEP
    hessian = np.array([loss(theta + s)[1] - loss(theta - s)[1] for s in shifts]) / (2 * STEP)
    hessian = (hessian + hessian.T) / 2
    try:
        np.linalg.cholesky(hessian)
    except np.linalg.LinAlgError:
        return None
    return hessian


def _follow_newton(loss: Loss, theta: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    """Newton steps from theta towards the root of the gradient, while they stay within bounds and reduce it."""

    def step_from(theta: np.ndarray, gradient: np.ndarray) -> np.ndarray | None:
        hessian = _hessian(loss, theta)
        if hessian is None:  # flat or at a bound: there is no root to approach
            return None
        step = -np.linalg.solve(hessian, gradient)
        moved = theta + step
        return step if bounds[0] <= moved.min() and moved.max() <= bounds[1] else None

    return follow(_while_nearer(loss, theta, step_from), theta, NEWTON_STEPS)


def _follow_chords(loss: Loss, theta: np.ndarray, hessian: np.ndarray | None) -> np.ndarray | None:
    """The root of the gradient near theta by Newton steps with a fixed Hessian; None if they fail."""
    if hessian is None:
        return None

    def step_from(theta: np.ndarray, gradient: np.ndarray) -> np.ndarray | None:
        step = -np.linalg.solve(hessian, gradient)
        return step if np.abs(step).max() <= LONGEST_CHORD else None

    found = follow(_while_nearer(loss, theta, step_from), theta, CHORD_STEPS, CLOSE)
    gradient = loss(found)[1]
    arrived = np.abs(gradient).max() < CLOSE and step_from(found, gradient) is not None
    return found if arrived else None


def _while_nearer(
    loss: Loss, start: np.ndarray, step_from: Callable[[np.ndarray, np.ndarray], np.ndarray | None]
) -> Callable[[np.ndarray], np.ndarray | None]:
    """Steps from theta and its gradient, until one leads to a gradient that is no smaller.

    The gradient at the end of a step is kept for the next one, because it takes a pass over all rows.
    """
    gradient = loss(start)[1]

    def nearer(theta: np.ndarray) -> np.ndarray | None:
        nonlocal gradient
        step = step_from(theta, gradient)
        if step is None:
            return None
        there = loss(theta + step)[1]
        if np.abs(there).max() >= np.abs(gradient).max():
            return None
        gradient = there
        return step

    return nearer


def _end_of_ridge(loss: Loss, theta: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    """Theta, or the end of a ridge, at a bound, if the search stopped on a ridge too flat to climb.

    Where on the ridge the search stops depends on the CPU; the end of the ridge does not. An example is the Pareto/NBD
    model when all customers drop out at one rate, s / beta: s and beta then grow together without limit. The parameter
    that Newton's direction takes out of bounds first is held there, and the others move to the root of their gradient.
    """
    hessian = _hessian(loss, theta)
    if hessian is None or theta.min() <= bounds[0] or theta.max() >= bounds[1]:
        return theta
    value, gradient = loss(theta)
    step = -np.linalg.solve(hessian, gradient)
    if np.abs(step).max() < LONG:
        return theta
    limit = np.where(step > 0, bounds[1], bounds[0])
    room = np.divide(limit - theta, step, out=np.full(len(theta), np.inf), where=step != 0)
    held = int(np.argmin(room))

    def of_others(others: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = loss(np.insert(others, held, limit[held]))
        return value, np.delete(gradient, held)

    others = np.clip(np.delete(theta + room[held] * step, held), *bounds)
    end = np.insert(_follow_newton(of_others, others, bounds), held, limit[held])
    return end if loss(end)[0] < value else theta
