"""Decide whether a night refits, from the new data and the accuracy of the last forecast so far, and why."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from clv.data.profiling.data_comparison import Comparison
from clv.data.profiling.shop_profile import EPOCH
from clv.data.types import MINOR_PER_UNIT
from clv.evaluation.months_judged import ALL
from clv.retraining.params import RetrainParams

LEAST_DAYS = 7  # days of new data before revenue is compared with its interval: a week has all weekdays


@dataclass(frozen=True)
class Due:
    """Whether to refit, and why."""

    refit: bool
    why: str


def whether_due(compared: Comparison | None, months: pd.DataFrame, p: RetrainParams, asked: bool) -> Due:
    """Decide by the request, the days since the last run, and whether revenue left its forecast interval.

    `months` is reports/tables/revenue_months.csv of the last run; `compared` is None if there is no last run.
    """
    if compared is None:
        return Due(True, "no run is in the history")
    then = compared.then.profile.last_day
    if asked:
        return Due(True, "it was asked for")
    if compared.new_days <= 0:
        return Due(False, f"no order is newer than {then}, the date of the last run")
    if compared.new_days >= p.every_days:
        return Due(True, f"the data are {_days(compared.new_days)} newer than the last run, of {then}")
    off = revenue_off(compared, months) if p.when_off else ""
    if off:
        return Due(True, off)
    return Due(
        False,
        f"the data are {_days(compared.new_days)} newer than the last run, but retrain.every_days is {p.every_days}",
    )


def revenue_off(compared: Comparison, months: pd.DataFrame) -> str:
    """How far net revenue since the last run is outside its forecast 95% interval, in words; "" if it is not.

    Between the ends of months the forecast is interpolated by day. Up to the first one the interval grows with the root
    of the number of days, as for independent daily deviations. Fewer than LEAST_DAYS days are not compared.
    """
    then, now = compared.then.profile.last_day, compared.now.profile.last_day
    whole = months[months["kind"] == ALL]
    if compared.new_days < LEAST_DAYS or whole.empty:
        return ""
    ends = np.array([(date.fromisoformat(day) - then).days for day in whole["last_day"]], dtype="float64")
    whole, ends = whole[ends > 0], ends[ends > 0]
    at = float(compared.new_days)
    forecast = float(np.interp(at, [0.0, *ends], [0.0, *whole["cumulative"]]))
    lower, upper = (
        forecast
        + float(np.interp(max(at, ends[0]), ends, whole[name] - whole["cumulative"])) * min(at / ends[0], 1) ** 0.5
        for name in ("cumulative_lower_95", "cumulative_upper_95")
    )
    days = compared.now.profile.days
    came = float(days.loc[days["day"] > (then - EPOCH).days, "net_minor"].sum()) / MINOR_PER_UNIT
    if not np.isfinite([forecast, lower, upper]).all() or lower <= came <= upper:
        return ""
    return (
        f"net revenue from {then} to {now} was {came:,.0f}, but {forecast:,.0f} was forecast, "
        f"{lower:,.0f} to {upper:,.0f}"
    )


def _days(n: int) -> str:
    return "1 day" if n == 1 else f"{n} days"
