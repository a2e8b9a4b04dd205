"""Each customer's value within a span of days, as forecast at an earlier date, beside what the customer spent.

What a customer spent between two cutoffs is the net revenue so far in the later snapshot minus that in the earlier one.
So each later snapshot judges the curve of values at its own distance, within the horizon and beyond it.
"""

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.evaluation.metrics import evaluate
from clv.features.columns import CUSTOMER
from clv.features.timeline import Plan, Rows
from clv.models.btyd.value import Btyd
from clv.models.value_over_time import cumulative

SHOWN = ("bias", "gini", "spearman", "mae", "decile_mape")
COLUMNS = ("as_of", "days", "is_extrapolated", "customers", "forecast", "realised", *SHOWN)
SO_FAR = "net_revenue"


def judged_spans(
    btyd: Btyd,
    customers: pd.DataFrame,
    as_of: date,
    plan: Plan,
    read_snapshot: Callable[[Rows, list[str]], pd.DataFrame],
) -> pd.DataFrame:
    """One row per snapshot of the plan with a cutoff after `as_of`, the nearest first, in COLUMNS; totals in money.

    `customers` are those known at `as_of`: customer_id, net_revenue so far, the columns that the curve reads, and
    predicted_clv.
    """
    rows = []
    forecast = customers["predicted_clv"].to_numpy()
    for cutoff in (cutoff for cutoff in plan.cutoffs if cutoff > as_of):
        later = read_snapshot(Rows(cutoff), [CUSTOMER, SO_FAR]).set_index(CUSTOMER)[SO_FAR]
        now = later.reindex(customers[CUSTOMER]).to_numpy()
        realised = np.round(now - customers[SO_FAR].to_numpy(), 2)
        days = (cutoff - as_of).days
        value = cumulative(btyd, customers, forecast, [days])[:, 0] / MINOR_PER_UNIT
        metrics = evaluate(realised, value)
        known = (str(as_of), days, days > plan.horizon_days, len(customers), value.sum(), realised.sum())
        rows.append((*known, *(metrics[name] for name in SHOWN)))
    return pd.DataFrame(rows, columns=list(COLUMNS))
