"""The revenue of groups of today's customers by month: of tiers, and of customers who came in the same year."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.evaluation.months_interval import Uncertainty, bounds
from clv.features.span import Span
from clv.features.timeline import Plan
from clv.marketing.interval_of_mean import own_sd
from clv.marketing.revenue.shop_months import calendar
from clv.suppression import hidden

SHOWN = ("customers", "forecast", "cumulative", "cumulative_lower_95", "cumulative_upper_95")
COLUMNS = ("month", "months_ahead", "first_day", "last_day", "is_extrapolated", *SHOWN, "suppressed")


def groups_by_month(
    values: pd.DataFrame,
    cents: np.ndarray,
    groups: pd.Series,
    order: Sequence[str],
    uncertain: Uncertainty,
    plan: Plan,
    spans: Sequence[Span],
    minimum: int,
) -> pd.DataFrame:
    """One row per group and month, first the name of the group, then COLUMNS; the groups in their order.

    `groups` (n,) has the group of each customer of `values`, under the name that its column will have; `cents` (n, k)
    are the forecasts of these customers by month, in minor units. The error of the shop is common to all customers; the
    errors of single customers, with their 95% interval of the horizon, average out. SHOWN are NaN, and `suppressed`
    True, for groups that `hidden` suppresses at `minimum`.
    """
    names = [name for name in order if (groups == name).any()]
    counts = np.array([(groups == name).sum() for name in names])
    days = [(span.last - plan.last_day).days for span in spans]
    tables = []
    for name, count, unseen in zip(names, counts, hidden(counts, minimum), strict=True):
        theirs = (groups == name).to_numpy()
        forecast = cents[theirs].sum(axis=0) / MINOR_PER_UNIT
        so_far = np.round(np.cumsum(forecast), 2)
        _, of_shop = uncertain.of(forecast, days, plan.horizon_days)
        own = _own(values[theirs]) * np.sqrt(np.maximum(plan.horizon_days / np.asarray(days), 1.0))
        limits = bounds(so_far, np.hypot(of_shop, own))
        figures = {
            "customers": float(count),
            "forecast": forecast,
            "cumulative": so_far,
            "cumulative_lower_95": limits["lower_95"],
            "cumulative_upper_95": limits["upper_95"],
        }
        table = pd.DataFrame(calendar(spans, plan.last_day, plan.horizon_days)).assign(
            **figures, suppressed=bool(unseen)
        )
        if unseen:
            table[list(SHOWN)] = np.nan
        table.insert(0, str(groups.name), name)
        tables.append(table)
    whole = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=[str(groups.name), *COLUMNS])
    return whole[[str(groups.name), *COLUMNS]]


def cohort_of(tenure_days: pd.Series, today: date) -> pd.Series:
    """The year of the first purchase of each customer, (n,) text, from the days since then."""
    days = pd.Timestamp(today) - pd.to_timedelta(tenure_days, unit="D")
    return days.dt.year.astype("str").rename("cohort")


def _own(values: pd.DataFrame) -> float:
    """Relative standard deviation of the total of the horizon of some customers, whose errors are independent."""
    total = float(values["predicted_clv"].sum())
    return own_sd(values) / total if total > 0 else 0.0
