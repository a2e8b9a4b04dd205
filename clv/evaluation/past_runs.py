"""The forecasts of past runs beside realised revenue, to monitor the forecaster in use."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.features.revenue_days import of_known
from clv.features.span import Span
from clv.features.timeline import Plan

TEXT = (
    "as_of",
    "ran_at",
    "why",
    "shop",
    "currency",
    "failed",
    "warned",
    "data",
    "forecasts",
    "code",
    "params",
    "data_from",
)
HISTORY = (  # the columns of reports/history.csv, one row per release
    *("as_of", "ran_at", "seconds", "why", "shop", "data_from", "horizon_days", "currency", "customers"),
    *("forecast", "lower_95", "upper_95", "gini", "bias", "coverage_90", "coverage_95", "drifted"),
    *("failed", "warned", "data", "forecasts", "code", "params"),
)
REALISED = ("over_on", "realised", "error", "inside_95")


def judge_past_runs(history: pd.DataFrame, revenue: pd.DataFrame, shop: str, plan: Plan) -> pd.DataFrame:
    """The rows of a shop in the history, in order, with the columns REALISED.

    `over_on` is the last day of the horizon of the run. `realised` is the net revenue (money) in this horizon of the
    customers known as of the run, by the `revenue` that `clv.features.revenue_days` describes. `error` is forecast over
    realised, minus 1, NaN where nothing was realised; `inside_95` is 1 or 0. All three are NaN where the horizon ends
    after the last day of the `plan`, or where the data begin later than they did for the run, because it is no longer
    known which customers were known then.
    """
    rows = history[history["shop"] == shop].reset_index(drop=True)
    spans = zip(rows["as_of"], rows["horizon_days"], strict=True)
    judged = [_realised(as_of, int(days), revenue, plan.last_day) for as_of, days in spans]
    over_on, realised = zip(*judged, strict=True) if judged else ((), ())
    came = pd.Series(realised, dtype="float64").where(rows["data_from"] >= str(plan.first_day))
    known = came.notna()
    inside = (rows["lower_95"] <= came) & (came <= rows["upper_95"])
    return rows.assign(
        over_on=pd.Series(over_on, dtype="str"),
        realised=came,
        error=(rows["forecast"] / came.where(came > 0) - 1).astype("float64"),
        inside_95=inside.astype("float64").where(known & rows["lower_95"].notna()),
    )


def _realised(as_of: str, horizon_days: int, revenue: pd.DataFrame, last_day: date) -> tuple[str, float]:
    known_by = date.fromisoformat(as_of)
    over_on = known_by + timedelta(days=horizon_days)
    if over_on > last_day:
        return str(over_on), np.nan
    (cents,) = of_known(revenue, known_by, [Span(known_by + timedelta(days=1), over_on, 1)])
    return str(over_on), float(cents) / MINOR_PER_UNIT
