"""The optimal budget under risk aversion: convex optimisation of expected profit and of its worst draws.

Source: Rockafellar and Uryasev (2000), "Optimization of conditional value-at-risk", Journal of Risk 2.
"""

import warnings
from dataclasses import dataclass

import cvxpy as cp
import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from clv.marketing.budget.limits import Limits
from clv.marketing.budget.response import Response
from clv.models.rounding import round_significant

PRECISION = 1e-10  # of the solver, relative
DIGITS = 9  # significant, of its inputs: the last bits differ between kinds of CPU and would affect the solution
LEAST_SLACK = 1e-9  # cells that may move by less than this share of the total stay where they are


@dataclass(frozen=True)
class Optimum:
    """The optimal budgets.

    `budgets` (cells,) are money; `weights` (draws,) are those of the draws in the objective, summing to 1; `shadow` is
    what the next unit of money would add to the objective, money.
    """

    budgets: np.ndarray
    weights: np.ndarray
    shadow: float


def optimise(response: Response, limits: Limits, total: float, worst_share: float, risk_aversion: float) -> Optimum:
    """Maximise (1 - a) mean profit + a CVaR under the limits, where profit is expected margin minus spend.

    a is `risk_aversion`; the CVaR is the mean over the worst `worst_share` of the draws. Money that yields less than it
    costs stays unspent. The curves of a cell have few distinct values of K over the draws, so each concave term is
    written once per value, and each draw is linear in these terms.
    """
    n = response.top.shape[1]
    even = np.full(n, 1 / n)
    free = (limits.highest - limits.lowest > LEAST_SLACK * max(total, 1.0)) & (response.top.max(axis=1) > 0)
    if not free.any():
        return Optimum(limits.lowest.copy(), even, 0.0)
    scale = max(total, 1.0)
    x = cp.Variable(int(free.sum()))
    top, half = (round_significant(values[free] / scale, DIGITS) for values in (response.top, response.half))
    curves, margins = _margins(top, half, x)
    fixed = round_significant(response.of_cells(limits.lowest)[~free].sum(axis=0) / scale, DIGITS)
    room = (total - limits.lowest[~free].sum()) / scale
    within = [x >= limits.lowest[free] / scale, x <= limits.highest[free] / scale, cp.sum(x) <= room]
    members = limits.members[:, free].astype("float64")
    left = (limits.caps - limits.members[:, ~free] @ limits.lowest[~free]) / scale
    capped = (members @ limits.highest[free] / scale > left) & (members.sum(axis=1) > 0)
    if capped.any():
        within.append(members[capped] @ x <= left[capped])
    average = round_significant(np.asarray(margins.mean(axis=0)).ravel(), DIGITS)
    mean = average @ curves + float(fixed.mean()) - cp.sum(x)
    if n == 1 or risk_aversion == 0:
        weights = even
        problem = cp.Problem(cp.Maximize(mean), within)
        _solve(problem)
    else:
        level, below = cp.Variable(), cp.Variable(n, nonneg=True)
        short = below >= level - (margins @ curves + fixed - cp.sum(x))
        cvar = level - cp.sum(below) / (worst_share * n)
        problem = cp.Problem(cp.Maximize((1 - risk_aversion) * mean + risk_aversion * cvar), [*within, short])
        _solve(problem)
        weights = (1 - risk_aversion) * even + np.maximum(short.dual_value, 0.0)
    budgets = limits.lowest.copy()
    budgets[free] = np.clip(x.value * scale, limits.lowest[free], limits.highest[free])
    return Optimum(budgets, weights / weights.sum(), float(max(within[2].dual_value, 0.0)))


def cvar(profit: np.ndarray, worst_share: float) -> float:
    """Mean of the worst share of draws of the profit (draws,); a fraction of a draw counts in part."""
    count = worst_share * len(profit)
    counts = np.clip(count - np.arange(len(profit)), 0.0, 1.0)
    return float(np.average(np.sort(profit), weights=counts))


def _margins(top: np.ndarray, half: np.ndarray, x: cp.Variable) -> tuple[cp.Expression, sp.csr_matrix]:
    """Concave shares of the top, one per cell and value of K, and their coefficients in each draw's margin."""
    cell, column, value = [], [], []
    place = 0
    shares = np.empty_like(top, dtype="int64")
    for i, row in enumerate(half):
        values, inverse = np.unique(row, return_inverse=True)
        shares[i] = place + inverse
        cell += [i] * len(values)
        column += list(range(place, place + len(values)))
        value += list(1 / values)
        place += len(values)
    spread = sp.csr_matrix((value, (column, cell)), shape=(place, len(top)))
    draws = np.tile(np.arange(top.shape[1]), (len(top), 1))
    margins = sp.csr_matrix((top.ravel(), (draws.ravel(), shares.ravel())), shape=(top.shape[1], place))
    return 1 - cp.inv_pos(1 + spread @ x), margins


def _solve(problem: cp.Problem) -> None:
    with threadpool_limits(1), warnings.catch_warnings():
        # The solver warns if it stops short of its precision; the error is still less than a unit of money.
        warnings.filterwarnings("ignore", message="Solution may be inaccurate", category=UserWarning)
        problem.solve(
            solver=cp.CLARABEL, tol_gap_abs=PRECISION, tol_gap_rel=PRECISION, tol_feas=PRECISION, max_threads=1
        )
    if problem.status not in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE):
        raise ArithmeticError(f"the budget could not be optimised: {problem.status}")
