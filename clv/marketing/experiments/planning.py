"""The next test: how many participants and days it needs, and what a shorter test can show."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.marketing.experiments.outcomes import DAY
from clv.marketing.experiments.params import ExperimentParams
from clv.marketing.experiments.power import Aim, Measure

FORECASTS = {"purchased": "p_purchase", "revenue": "predicted_clv"}  # the covariate of each outcome
WEEKS = (2, 4, 8)  # of assigning customers
COLUMNS = (
    "outcome",
    "with_forecast",
    "baseline",
    "sd",
    "variance_reduction",
    "rise",
    "treated",
    "control",
    "participants",
    "duration_days",
    "enough_customers",
    *(f"power_{weeks}_weeks" for weeks in WEEKS),
    f"rise_{WEEKS[-1]}_weeks",
)


def behaviour(customers: pd.Series, transactions: pd.DataFrame, after: date, days: int) -> pd.DataFrame:
    """What customers did in `days` days after a date: `purchased` (flag) and `revenue` (net, money).

    One row per customer in the order of `customers`, distinct ids. `transactions` is the clean table, or its
    customer_id, order_ts and amount_minor.
    """
    begin = pd.Timestamp(after) + DAY
    inside = transactions[(transactions["order_ts"] >= begin) & (transactions["order_ts"] < begin + days * DAY)]
    row = pd.Index(customers).get_indexer(pd.Index(inside["customer_id"]))
    known, cents = row[row >= 0], inside["amount_minor"].to_numpy()[row >= 0]
    n = len(customers)
    return pd.DataFrame(
        {"purchased": np.bincount(known, cents > 0, n) > 0, "revenue": np.bincount(known, cents, n) / MINOR_PER_UNIT}
    )


def recent(transactions: pd.DataFrame, last_day: date, window_days: int) -> pd.DataFrame:
    """What customers known before the last window did in it, on which to plan the next test: one row each, by id.

    Columns: customer_id, and those of `behaviour`.
    """
    after = (pd.Timestamp(last_day) - window_days * DAY).date()
    before = transactions.loc[transactions["order_ts"] < pd.Timestamp(after) + DAY, "customer_id"]
    known = pd.DataFrame({"customer_id": np.sort(before.unique())}, dtype="str")
    return known.join(behaviour(known["customer_id"], transactions, after, window_days))


def explained(seen: pd.DataFrame) -> Mapping[str, float]:
    """By outcome, the share of its variance that an earlier forecast explains: the squared correlation.

    `seen` has one row per customer who was forecast for the backtest: the columns of `behaviour`, for the window after
    its cutoff as far as the data go, and the forecasts. An outcome is left out if it, or its forecast, has no variance;
    without forecasts there are none.
    """
    if len(seen) < 3:
        return {}
    found = {}
    for outcome, name in FORECASTS.items():
        values, forecast = (seen[column].to_numpy(dtype="float64") for column in (outcome, name))
        if values.std() > 0 and forecast.std() > 0:
            found[outcome] = float(np.corrcoef(values, forecast)[0, 1] ** 2)
    return found


def plan_next(
    seen: pd.DataFrame, explains: Mapping[str, float], params: ExperimentParams, window_days: int
) -> pd.DataFrame:
    """One row per outcome, without the forecast as covariate and, where it is known how much it explains, with it.

    `seen` is the result of `recent`, `explains` that of `explained`. There are two arms.
    - baseline, sd: of a participant without treatment, a share or money; variance_reduction: by the forecast.
    - rise: smallest relative rise that is worth finding; treated, control, participants: the numbers needed for it.
    - duration_days: to assign them, plus the window of the last; enough_customers: whether the shop has that many.
    - power_2_weeks, ...: chance of finding it with the customers who can be assigned in 2 weeks, and so on.
    - rise_8_weeks: the smallest rise that the customers assigned in 8 weeks show.
    A figure that cannot be determined is NaN, for example where nobody buys.
    """
    rows = []
    for outcome in FORECASTS:
        values = seen[outcome].to_numpy(dtype="float64")
        mean, sd = (float(values.mean()), float(values.std(ddof=1))) if len(values) > 1 else (np.nan, np.nan)
        versions = [(False, 0.0)] + ([(True, explains[outcome])] if outcome in explains else [])
        for with_forecast, share in versions:
            measure = Measure(mean, sd, outcome == "purchased", share)
            known = {"outcome": outcome, "with_forecast": with_forecast, "baseline": mean, "sd": sd}
            rows.append(known | {"variance_reduction": share} | _size(measure, len(seen), params, window_days))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _size(measure: Measure, customers: int, params: ExperimentParams, window_days: int) -> dict[str, float | bool]:
    """The size of a test of one measure, and what smaller ones show."""
    following = params.next
    aim = Aim(params.confidence, following.power, following.treated_share)
    treated, control = measure.participants(following.lift, aim)
    reach = {weeks: min(following.customers_per_day * 7 * weeks, float(customers)) for weeks in WEEKS}
    row: dict[str, float | bool] = {
        "rise": following.lift,
        "treated": treated,
        "control": control,
        "participants": treated + control,
        "duration_days": float(np.ceil((treated + control) / following.customers_per_day)) + window_days,
        "enough_customers": treated + control <= customers,
        f"rise_{WEEKS[-1]}_weeks": measure.smallest_rise(reach[WEEKS[-1]], aim),
    }
    return row | {f"power_{weeks}_weeks": measure.power(following.lift, reach[weeks], aim) for weeks in WEEKS}
