"""The revenue of the shop by month: of the customers known today, of those still to come, and of both."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.evaluation.months_interval import Uncertainty, bounds, of_sum
from clv.evaluation.months_judged import ALL, KINDS, KNOWN, NEW
from clv.features.revenue_days import of_known, of_new
from clv.features.span import Span, year_before
from clv.features.timeline import Plan

BOUNDS = ("lower_90", "upper_90", "lower_95", "upper_95")
COLUMNS = (
    *("month", "kind", "months_ahead", "first_day", "last_day", "is_extrapolated"),
    *("forecast", *BOUNDS, "cumulative", *(f"cumulative_{name}" for name in BOUNDS), "year_before"),
)


def shop_months(
    forecasts: Mapping[str, np.ndarray],
    uncertain: Mapping[str, Uncertainty],
    revenue: pd.DataFrame,
    plan: Plan,
    spans: Sequence[Span],
) -> pd.DataFrame:
    """One row per kind and month, in COLUMNS; amounts in money, two decimals, that add up to `cumulative`.

    `forecasts` has KNOWN and NEW, (k,) money each, NaN where not known, and `uncertain` the uncertainty of each.
    `is_extrapolated` marks months that end beyond the horizon, and all months of customers still to come. `year_before`
    is what customers known a year before the last day, and those who came after it, spent in the same days of the
    calendar; NaN where the history does not cover all of these.
    """
    today = plan.last_day
    days = [(span.last - today).days for span in spans]
    sds = {kind: uncertain[kind].of(forecasts[kind], days, plan.horizon_days) for kind in (KNOWN, NEW)}
    amounts = dict(forecasts) | {ALL: np.round(forecasts[KNOWN] + forecasts[NEW], 2)}
    sums = {kind: np.round(np.cumsum(values), 2) for kind, values in amounts.items()}
    sds[ALL] = (
        of_sum([amounts[KNOWN], amounts[NEW]], [sds[KNOWN][0], sds[NEW][0]]),
        of_sum([sums[KNOWN], sums[NEW]], [sds[KNOWN][1], sds[NEW][1]]),
    )
    before = _a_year_before(revenue, plan.first_day, today, spans)
    tables = []
    for kind in KINDS:
        of_month, so_far = sds[kind]
        table = pd.DataFrame(calendar(spans, today, plan.horizon_days))
        table = table.assign(kind=kind, forecast=amounts[kind], **bounds(amounts[kind], of_month))
        table["is_extrapolated"] |= kind == NEW
        cumulative = {f"cumulative_{name}": values for name, values in bounds(sums[kind], so_far).items()}
        tables.append(table.assign(cumulative=sums[kind], **cumulative, year_before=before[kind]))
    return pd.concat(tables, ignore_index=True)[list(COLUMNS)]


def curve(months: pd.DataFrame) -> pd.DataFrame:
    """One row per month ahead, 0 for the rest of the current month: the columns of `shop_months` for a chart.

    By kind the forecast, under its name; for known customers its 95% interval; and for all the revenue a year before.
    """
    by_kind = {kind: months[months["kind"] == kind].set_index("months_ahead") for kind in KINDS}
    columns = {kind: by_kind[kind]["forecast"] for kind in KINDS}
    columns |= {f"{KNOWN}_{name}": by_kind[KNOWN][name] for name in ("lower_95", "upper_95")}
    columns["all_year_before"] = by_kind[ALL]["year_before"]
    return pd.DataFrame(columns).reset_index()


def calendar(spans: Sequence[Span], today: date, horizon_days: int) -> dict[str, list[object]]:
    """The columns that identify the months after `today`, (k,) each."""
    return {
        "month": [span.first.strftime("%Y-%m") for span in spans],
        "months_ahead": [span.months_ahead for span in spans],
        "first_day": [str(span.first) for span in spans],
        "last_day": [str(span.last) for span in spans],
        "is_extrapolated": [(span.last - today).days > horizon_days for span in spans],
    }


def _a_year_before(revenue: pd.DataFrame, first_day: date, today: date, spans: Sequence[Span]) -> dict[str, np.ndarray]:
    """Revenue in the same days a year before, (k,) money by kind; known customers are those known a year before."""
    before = [span.a_year_before for span in spans]
    then = year_before(today)
    seen = np.array([first_day <= span.first and span.last <= today for span in before])
    known, new = (np.where(seen, of(revenue, then, before) / MINOR_PER_UNIT, np.nan) for of in (of_known, of_new))
    return {KNOWN: known, NEW: new, ALL: np.round(known + new, 2)}
