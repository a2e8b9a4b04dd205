"""The expected yield of an allocation, with its interval."""

import numpy as np

from clv.marketing.budget.optimal import cvar
from clv.marketing.budget.setting import Setting

INTERVAL = (0.025, 0.975)
NOTHING_KNOWN = dict.fromkeys(("expected_margin", "lower_95", "upper_95", "expected_profit", "cvar"), float("nan"))


def interval(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper bound, (n,) each, of values (n, draws); NaN where there is one draw only."""
    if draws.shape[-1] == 1:
        nothing = np.full(draws.shape[:-1], np.nan)
        return nothing, nothing
    lower, upper = np.quantile(draws, INTERVAL, axis=-1)
    return lower, upper


def expected(setting: Setting, budgets: np.ndarray) -> dict[str, float]:
    """Expected margin of budgets (cells,), its 95% interval, profit (margin minus spend) and the CVaR of profit, money.

    All are NaN where the response to spending is not known; interval and CVaR also where its uncertainty is not known.
    """
    if setting.response is None:
        return dict(NOTHING_KNOWN)
    margin = setting.response.margin(budgets)
    lower, upper = interval(margin)
    profit = margin - budgets.sum()
    return {
        "expected_margin": float(margin.mean()),
        "lower_95": float(lower),
        "upper_95": float(upper),
        "expected_profit": float(profit.mean()),
        "cvar": float("nan") if setting.response.is_sure else cvar(profit, setting.params.worst_share),
    }
