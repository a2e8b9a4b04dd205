"""The shop and its forecast in a few numbers: the total, its interval, the last horizon, and the best segment."""

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from clv.evaluation.forecast_names import ENSEMBLE
from clv.marketing.interval_of_mean import interval_of_mean, level_error
from clv.marketing.tiers import UNKNOWN

FIRST = 100  # customers that identify a shop


def shop_digest(values: pd.DataFrame, last_day: str) -> str:
    """16 hex digits that do not change while the same shop grows: a hash of its first customers.

    `values` has customer_id and tenure_days (days from the first purchase to `last_day`, YYYY-MM-DD), one row per
    customer. They are ordered by date and id, so later purchases and customers change nothing once there are FIRST
    customers; a history that is cut off at its beginning is another shop.
    """
    first_day = pd.Timestamp(last_day) - pd.to_timedelta(values["tenure_days"], unit="D")
    rows = pd.DataFrame({"day": first_day.dt.strftime("%Y-%m-%d"), "customer": values["customer_id"].astype("str")})
    first = rows.sort_values(["day", "customer"]).head(FIRST)
    text = "\n".join(f"{row.day} {row.customer}" for row in first.itertuples())
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def forecast(values: pd.DataFrame, rolling: pd.DataFrame, level_sd: float | None) -> dict[str, Any]:
    """The total of the horizon (money), its 95% interval, and how many customers are expected to buy.

    `values` is the table of customer values, `rolling` the judged rolling origins, `level_sd` the standard deviation of
    the log of the total, as labelled windows show it. `level_error` is how far totals of earlier forecasts were off,
    relative, None where none was judged. Without labelled windows it is not known how far the total may be off, and the
    interval is None: one from the errors of single customers alone would be far too narrow. All are None where it is
    not known who comes back, so that nobody has a tier.
    """
    if (values["tier"] == UNKNOWN).all():
        return dict.fromkeys(("total", "lower_95", "upper_95", "level_error", "expected_buyers"))
    error = level_error(rolling) if _judged(rolling) else None
    low, high = (None, None) if level_sd is None else interval_of_mean(values, level_sd)
    return {
        "total": round(float(values["predicted_clv"].sum()), 2),
        "lower_95": None if low is None else round(len(values) * low, 2),
        "upper_95": None if high is None else round(len(values) * high, 2),
        "level_error": error,
        "expected_buyers": round(float(values["p_purchase"].sum()), 1),
    }


def last_horizon(spent: pd.DataFrame, horizon_days: int, history_days: int) -> dict[str, Any] | None:
    """Net revenue (money) of the last horizon: from the customers known when it began, and from those who came in it.

    `spent` has tenure_days and net_revenue_last_horizon, one row per customer of today. Only `of_known` compares with a
    forecast, which does not include customers still to come. None where the history (days) is not longer than the
    horizon, or nobody was known.
    """
    known = spent["tenure_days"] >= horizon_days
    if history_days <= horizon_days or not known.any():
        return None
    revenue = spent["net_revenue_last_horizon"]
    return {
        "known_customers": int(known.sum()),
        "of_known": round(float(revenue[known].sum()), 2),
        "new_customers": int((~known).sum()),
        "of_new": round(float(revenue[~known].sum()), 2),
    }


def best_of(profiles: pd.DataFrame, dimension: str) -> dict[str, Any] | None:
    """The segment of a dimension, such as tier, with most of the forecast, among those large enough to be shown.

    `profiles` is the table of segments. Keys: name, customers, customer_share, total (money), share of the forecast,
    mean (money per customer); None where no segment is shown, or nothing is forecast.
    """
    rows = profiles[(profiles["dimension"] == dimension) & (profiles["predicted_total"] > 0)]
    if rows.empty:
        return None
    best = rows.iloc[int(np.argmax(rows["predicted_total"].to_numpy()))]
    return {
        "name": str(best["segment"]),
        "customers": int(best["customers"]),
        "customer_share": float(best["customer_share"]),
        "total": float(best["predicted_total"]),
        "share": float(best["predicted_share"]),
        "mean": float(best["predicted_mean"]),
    }


def _judged(rolling: pd.DataFrame) -> bool:
    return bool(rolling.loc[rolling["forecast"] == ENSEMBLE, "bias"].notna().any())
