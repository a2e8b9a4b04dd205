"""The response to spending: concave curves per cell, a cell being a tier in a channel.

The expected additional margin of a cell at budget B is V B / (K + B), a Hill curve with exponent 1.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clv.marketing.budget.lifts import Lifts
from clv.marketing.budget.params import Elasticity


@dataclass(frozen=True)
class Response:
    """`top` V and `half` K, (cells, draws) money each, 0 or more; a single draw shows no uncertainty.

    `highest` (cells,) is the budget beyond which nothing is known, money.
    """

    top: np.ndarray
    half: np.ndarray
    highest: np.ndarray

    @property
    def is_sure(self) -> bool:
        """Whether there is one curve per cell, and so no interval."""
        return self.top.shape[1] == 1

    def of_cells(self, budgets: np.ndarray) -> np.ndarray:
        """Expected margin of each cell at budgets (cells,), money, (cells, draws)."""
        return self.top * (budgets[:, None] / (self.half + budgets[:, None]))

    def margin(self, budgets: np.ndarray) -> np.ndarray:
        """Expected margin of all cells together, money, (draws,)."""
        return self.of_cells(budgets).sum(axis=0)

    def slope(self, budgets: np.ndarray) -> np.ndarray:
        """Margin of the next unit of money in each cell, (cells, draws)."""
        return self.top * self.half / (self.half + budgets[:, None]) ** 2

    def times(self, factor: float) -> "Response":
        """The same curves, multiplied by a factor."""
        return replace(self, top=self.top * factor)


def of_tests(lifts: Lifts, cells: pd.DataFrame, margin_rate: float) -> Response:
    """Curves of today's customers from the relative lifts of tests; a cell that was not tested has none, and highest 0.

    `cells` has tier, channel, customers and window_revenue (expected of the tier's customers without this spending, in
    the window of a test; money), one row per cell.
    """
    known = pd.MultiIndex.from_frame(lifts.cells[["tier", "channel"]])
    at = known.get_indexer(pd.MultiIndex.from_frame(cells[["tier", "channel"]]))
    tested = (at >= 0) & (cells["customers"] > 0).to_numpy()
    customers = cells["customers"].to_numpy(dtype="float64")
    revenue = cells["window_revenue"].to_numpy()
    top = np.where(tested[:, None], lifts.top[at] * (margin_rate * revenue)[:, None], 0.0)
    half = np.where(tested[:, None], lifts.half[at] * customers[:, None], 1.0)
    return Response(top, half, np.where(tested, lifts.cells["highest"].to_numpy()[at] * customers, 0.0))


def of_elasticities(
    given: dict[str, Elasticity], cells: pd.DataFrame, share: np.ndarray, margin_clv: np.ndarray
) -> Response:
    """Curves of new customers by the user's assumptions, one per cell, without a highest budget.

    `share` (cells,) is the share of a channel's customers who are in the tier, `margin_clv` (cells,) the margin of one
    of them, money. With n new customers and elasticity e at the reference spend s, a Hill curve has K = s e / (1 - e).
    """
    chosen = [given[channel] for channel in cells["channel"]]
    spend = np.array([c.spend for c in chosen])
    elasticity = np.array([c.elasticity for c in chosen])
    half = spend * elasticity / (1 - elasticity)
    top = np.array([c.new_customers for c in chosen]) * (spend + half) / spend * margin_clv * share
    # A cell gets its share of the customers for its share of the spend, so that cells together are the channel's curve.
    half = np.where(share > 0, half * share, 1.0)
    return Response(top[:, None], half[:, None], np.where(share > 0, np.inf, 0.0))
