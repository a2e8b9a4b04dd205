"""Whether a night refits, by the new data and by how the last forecast did so far, and why."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from clv.data.profiling.data_comparison import Comparison
from clv.data.profiling.shop_profile import EPOCH
from clv.data.types import MINOR_PER_UNIT
from clv.evaluation.months_judged import ALL
from clv.retraining.params import RetrainParams

LEAST_DAYS = 7  # of new data that say whether revenue leaves its interval: a week has all weekdays


@dataclass(frozen=True)
class Due:
    """Whether to refit, and why, or why not."""

    refit: bool
    why: str


def whether_due(compared: Comparison | None, months: pd.DataFrame, p: RetrainParams, asked: bool) -> Due:
    """By what was asked, by the days since the last run, and by revenue that left the interval of its forecast.

    `months` is reports/tables/revenue_months.csv of the last run; `compared` is None where none is known.
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
        False, f"the data are {_days(compared.new_days)} newer than the last run, retrain.every_days is {p.every_days}"
    )


def revenue_off(compared: Comparison, months: pd.DataFrame) -> str:
    """In words, how far net revenue since the last run is out of the 95% interval that it had forecast; "" if not.

    Between the ends of months the forecast is taken to grow by the day. Up to the first one the interval grows with the
    root of the days, as the chance of single days does. A few days say nothing.
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
    return f"from {then} to {now} {came:,.0f} came, where {forecast:,.0f} were forecast, {lower:,.0f} to {upper:,.0f}"


def _days(n: int) -> str:
    return "1 day" if n == 1 else f"{n} days"
