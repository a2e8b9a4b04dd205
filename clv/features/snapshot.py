"""Snapshots: one row per customer who had bought by a cutoff, with the features as of then and the target after it."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.features.columns import CUSTOMER, TARGET, TARGET_ORDERS
from clv.features.history import Clean, History, net_revenue_minor, purchase_days
from clv.features.table import FEATURES, Feature

DECIMALS = {"money": 4, "days": 4, "share": 6, "ratio": 6, "count": 0}


def available_features(clean: Clean) -> tuple[list[Feature], list[Feature]]:
    """The features whose columns the data has, and those that are absent for want of a column."""
    columns = set(clean.transactions.columns) | set(clean.customers.columns)
    if len(clean.touches):
        columns |= set(clean.touches.columns)
    present = [feature for feature in FEATURES if columns.issuperset(feature.needs)]
    return present, [feature for feature in FEATURES if feature not in present]


def make_snapshot(clean: Clean, cutoff: date, last_day: date, horizon_days: int) -> pd.DataFrame:
    """One row per customer, sorted by `customer_id`: features as of `cutoff`, then the targets.

    `target_net_revenue` (money) and `target_orders` (purchase days) cover (cutoff, cutoff + horizon_days]; they are
    NaN where that window is not over on `last_day`. Features see only events up to and including the cutoff's day.
    """
    history = History(clean, cutoff, horizon_days)
    present, _ = available_features(clean)
    columns = {CUSTOMER: pd.Series(history.ids, dtype="str")}
    columns |= {feature.name: _column(feature, feature.compute(history)) for feature in present}
    until = cutoff + timedelta(days=horizon_days)
    if until <= last_day:
        columns[TARGET] = pd.Series(net_revenue_minor(clean, history.ids, cutoff, until) / MINOR_PER_UNIT)
        columns[TARGET_ORDERS] = pd.Series(purchase_days(clean, history.ids, cutoff, until).astype("float64"))
    else:
        columns[TARGET] = columns[TARGET_ORDERS] = pd.Series(np.full(history.n, np.nan))
    return pd.DataFrame(columns)


def _column(feature: Feature, values: np.ndarray) -> pd.Series:
    """Text stays text; numbers are rounded, because their last bit differs between kinds of CPU."""
    if feature.unit == "text":
        return pd.Series(values).astype("str")
    number = np.asarray(values, dtype="float64")
    if feature.unit in DECIMALS:
        number = np.round(number, DECIMALS[feature.unit]) + 0.0
    return pd.Series(number)
