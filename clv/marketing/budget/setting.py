"""The inputs of a decision on a budget: its cells, their response to spending where it is known, the parameters."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from clv.errors import InputError
from clv.marketing.budget.cells import channels_of, make_cells, tier_shares
from clv.marketing.budget.cents import CENT, WHOLE, settle
from clv.marketing.budget.groups import ANY_CHANNEL
from clv.marketing.budget.lifts import Lifts
from clv.marketing.budget.limits import Limits, limits_of
from clv.marketing.budget.optimal import optimise
from clv.marketing.budget.params import BudgetParams
from clv.marketing.budget.response import Response, of_elasticities, of_tests
from clv.marketing.budget.rule import equal_shares, nearest, rule_shares

Source = Literal["tests", "elasticities", "none"]
WHY: dict[Source, str] = {
    "tests": "randomised tests with a control arm and costs show how customers respond to spending",
    "elasticities": "no randomised test can be used; budget.elasticities state, as an assumption, what spending yields",
    "none": "neither a randomised test nor budget.elasticities show what spending yields",
}


@dataclass(frozen=True)
class Allocation:
    """A split of a total.

    `budgets` (cells,) are money, to the cent; `weights` (draws,) are those of the draws of the curves, summing to 1;
    `shadow` is what the next unit of the total would add to the objective (NaN by rule).
    """

    budgets: np.ndarray
    weights: np.ndarray
    shadow: float


@dataclass(frozen=True)
class Setting:
    """`cells` has one row per tier and channel (see `make_cells`), `response` their curves in that order, if any."""

    mode: Literal["rule", "optimal"]
    source: Source
    cells: pd.DataFrame
    response: Response | None
    params: BudgetParams

    @property
    def known(self) -> np.ndarray:
        """The highest budget of each cell for which anything is known, (cells,) money."""
        nobody = np.where(self.cells["customers"] > 0, np.inf, 0.0)
        return nobody if self.response is None else np.minimum(nobody, self.response.highest)

    def limits(self, total: float) -> Limits:
        """The limits of a total. Raises `InputError` where no budget meets them."""
        return limits_of(self.cells, self.params, self.known, total)

    def allocate(self, total: float) -> Allocation:
        """Split a total according to the mode."""
        if self.mode == "rule":
            return self.by_rule(total)
        assert self.response is not None
        limits = self.limits(total)
        found = optimise(self.response, limits, total, self.params.worst_share, self.params.risk_aversion)
        return Allocation(settle(found.budgets, limits, total), found.weights, found.shadow)

    def by_rule(self, total: float) -> Allocation:
        """Split a total by the shares of the tiers."""
        return self._nearest(rule_shares(self._within_reach(), self.params.rule), total)

    def equally(self, total: float) -> Allocation:
        """Split a total into equal parts."""
        return self._nearest(equal_shares(self._within_reach()), total)

    def cautious(self, risk_aversion: float) -> "Setting":
        """The same decision with another aversion to risk."""
        return replace(self, params=replace(self.params, risk_aversion=risk_aversion))

    def responding(self, factor: float) -> "Setting":
        """The same decision if the response to spending were multiplied by a factor."""
        return self if self.response is None else replace(self, response=self.response.times(factor))

    def _within_reach(self) -> pd.DataFrame:
        return self.cells.assign(open=self.cells["open"] & (self.known > 0))

    def _nearest(self, shares: np.ndarray, total: float) -> Allocation:
        limits = self.limits(total)
        draws = 1 if self.response is None else self.response.top.shape[1]
        found = nearest(shares, limits, total)
        unbound = np.allclose(found, shares * total, rtol=0, atol=1e-6)
        budgets = settle(found, limits, total, CENT if unbound else WHOLE)
        return Allocation(budgets, np.full(draws, 1 / draws), float("nan"))


def make_setting(
    params: BudgetParams, margin_rate: float, lifts: Lifts | None, values: pd.DataFrame, acquired: pd.DataFrame
) -> Setting:
    """Choose the basis of the decision: tests where they were fitted (`lifts`), else elasticities, else the rule.

    `margin_rate` is the gross margin as a share of net revenue. `values` has customer_id, tier, predicted_clv and
    window_revenue of today's customers, `acquired` customer_id and, where the shop records it, channel. Raises
    `InputError` where `budget.mode` is optimal and the response to spending is not known.
    """
    source: Source = "tests" if lifts is not None else "elasticities" if params.elasticities else "none"
    if params.mode == "optimal" and source == "none":
        raise InputError(
            "budget.mode optimal needs to know what spending yields, got no randomised test with a control arm, costs "
            "and enough participants, and no budget.elasticities; give one of them, or set budget.mode to auto or rule"
        )
    mode: Literal["rule", "optimal"] = "rule" if params.mode == "rule" or source == "none" else "optimal"
    if lifts is not None:
        cells = make_cells(values, tuple(sorted(lifts.cells["channel"].unique())))
        return Setting(mode, source, cells, of_tests(lifts, cells, margin_rate), params)
    if params.elasticities:
        cells = make_cells(values, tuple(sorted(params.elasticities)))
        share = tier_shares(cells, values, acquired)
        margin_clv = margin_rate * np.maximum(cells["mean_clv"].fillna(0.0).to_numpy(), 0.0)
        return Setting(mode, source, cells, of_elasticities(params.elasticities, cells, share, margin_clv), params)
    return Setting(mode, source, make_cells(values, channels_of(acquired) or (ANY_CHANNEL,)), None, params)
