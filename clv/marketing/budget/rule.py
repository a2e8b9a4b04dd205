"""Budgets by a rule: shares of tiers, or equal ones, as close as the limits allow."""

from dataclasses import astuple

import cvxpy as cp
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from clv.marketing.budget.limits import Limits
from clv.marketing.budget.params import RuleShares
from clv.marketing.tiers import TIERS


def rule_shares(cells: pd.DataFrame, rule: RuleShares) -> np.ndarray:
    """Shares of cells (tier, open) by the shares of their tiers, equal within a tier, (cells,) summing to 1.

    The share of a tier without an open cell goes to the others; all are 0 where no cell is open.
    """
    of_tier = cells["tier"].map(dict(zip(TIERS, astuple(rule), strict=True))).to_numpy(dtype="float64")
    n_open = cells.groupby("tier")["open"].transform("sum").to_numpy()
    shares = np.where(cells["open"], of_tier / np.maximum(n_open, 1), 0.0)
    return shares / shares.sum() if shares.sum() > 0 else shares


def equal_shares(cells: pd.DataFrame) -> np.ndarray:
    """The same share of every open cell, (cells,) summing to 1."""
    shares = cells["open"].to_numpy(dtype="float64")
    return shares / shares.sum() if shares.sum() > 0 else shares


def nearest(shares: np.ndarray, limits: Limits, total: float) -> np.ndarray:
    """The budgets within the limits that are closest to the shares (cells,) of the total, by least squares.

    As much is spent as the limits allow. A cell without a share gets its minimum.
    """
    highest = np.where(shares > 0, limits.highest, limits.lowest)
    spent = min(total, float(np.minimum(limits.caps, limits.members @ highest).sum()))
    if spent <= 0:
        return limits.lowest.copy()
    target = shares * total
    inside = (target >= limits.lowest - 1e-9) & (target <= highest + 1e-9)
    if inside.all() and (limits.members @ target <= limits.caps + 1e-9).all():
        return np.clip(target, limits.lowest, highest)
    x = cp.Variable(len(shares))
    within = [
        x >= limits.lowest / spent,
        x <= highest / spent,
        cp.sum(x) == 1,
        limits.members.astype("float64") @ x <= limits.caps / spent,
    ]
    problem = cp.Problem(cp.Minimize(cp.sum_squares(x - target / spent)), within)
    with threadpool_limits(1):
        problem.solve(solver=cp.CLARABEL, max_threads=1)
    if problem.status not in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE):
        raise ArithmeticError(f"no budget near the rule could be found: {problem.status}")
    return np.clip(x.value * spent, limits.lowest, highest)
