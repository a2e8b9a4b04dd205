"""A budget compared with the forecast: a warning where it exceeds the margin forecast for all customers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from clv.models.btyd.basis import Gap, knows_returns


def reach(
    values: pd.DataFrame, margin_rate: float, total: float, horizon_days: int, gaps: Sequence[Gap]
) -> dict[str, Any]:
    """The margin that is forecast for all customers of today, and a warning where the budget exceeds it.

    forecast_margin is that within the horizon (money, before the cost of marketing; None where it is not known),
    beyond_forecast is whether the total exceeds it, and warning is the warning or "". `values` has predicted_clv, one
    row per customer; a missing forecast counts as 0. `gaps` are what today's model does not know.
    """
    if not knows_returns(gaps):
        warning = "no money is split over customers, because it is not known who comes back"
        return {"forecast_margin": None, "beyond_forecast": None, "warning": warning}
    margin = round(margin_rate * float(np.maximum(values["predicted_clv"].fillna(0.0), 0.0).sum()), 2)
    warning = ""
    if total > margin:
        times = f"{total / margin:,.1f} times that on top" if margin > 0 else "more than that"
        warning = (
            f"budget.total, {total:,.0f}, is more than the margin that is forecast for all {len(values):,} customers "
            f"known today in {horizon_days} days, {margin:,.0f}: spent on them it pays back by then only if it "
            f"yields {times}"
        )
    return {"forecast_margin": margin, "beyond_forecast": total > margin, "warning": warning}
