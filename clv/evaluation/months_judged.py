"""Forecasts of revenue by month, made at earlier dates, beside realised revenue and simpler forecasts.

A month is a span of 30 days after the date, so that all have the same length. The simpler forecasts use the same
history: the revenue of the last 30 days, and that of the same days a year before.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.features.revenue_days import of_known, of_new
from clv.features.span import AHEAD, MONTH_DAYS, Span, equal_months
from clv.features.timeline import PARTS, Plan, Rows
from clv.models.btyd.value import Btyd
from clv.models.newcomers import YEAR, newcomers
from clv.models.value_over_time import by_month

KNOWN, NEW, ALL = "known", "new", "all"  # customers known at the date, those still to come, both
KINDS = (KNOWN, NEW, ALL)
FORECAST, LAST_MONTH, LAST_YEAR = "forecast", "last_month", "same_month_last_year"
COLUMNS = (
    *("as_of", "kind", "months_ahead", "first_day", "last_day", "is_extrapolated"),
    *("realised", FORECAST, LAST_MONTH, LAST_YEAR),
)
JUDGED = ("as_of", "kind", "is_extrapolated", "forecast", "months", "realised", "wape", "bias", "wape_of_forecast")


def months_of(
    btyd: Btyd, customers: pd.DataFrame, base: pd.DataFrame, revenue: pd.DataFrame, rows: Rows, plan: Plan
) -> pd.DataFrame:
    """One row per kind and month after the cutoff of `rows` that is over by the last day, in COLUMNS; amounts in money.

    `customers` are those of `rows`: predicted_clv, frequency, recency_days and tenure_days; `base` and `revenue` are as
    featurize wrote them. `is_extrapolated` marks months beyond the horizon. Where `rows` has only some of the
    customers, these are the known ones, and there are no rows of the kind ALL. A forecast that has no basis is NaN.
    """
    as_of, horizon_ends = rows.cutoff, rows.cutoff + timedelta(days=plan.horizon_days)
    n = max(AHEAD, plan.horizon_days // MONTH_DAYS)
    spans = [span for span in equal_months(as_of, n) if span.last <= plan.last_day]
    if not spans:
        return pd.DataFrame(columns=list(COLUMNS))
    known = by_month(btyd, customers, customers["predicted_clv"].to_numpy(), as_of, spans).sum(axis=0) / MINOR_PER_UNIT
    new = newcomers(base, revenue, btyd.season, as_of, spans)
    tables = [
        _of_known(known, revenue, rows, spans, plan.first_day),
        _of_new(np.full(len(spans), np.nan) if new is None else new, revenue, as_of, spans, plan.first_day),
    ]
    if set(rows.parts) == set(PARTS):
        amounts = ["realised", FORECAST, LAST_YEAR]
        tables.append(tables[0].assign(kind=ALL, **(tables[0][amounts] + tables[1][amounts])))
        tables[2][LAST_YEAR] = tables[0][LAST_YEAR]  # revenue of the known before the cutoff is that of the whole shop
    table = pd.concat(tables, ignore_index=True)
    columns: dict[str, Any] = {
        "as_of": str(as_of),
        "months_ahead": [span.months_ahead for span in spans] * len(tables),
        "first_day": [str(span.first) for span in spans] * len(tables),
        "last_day": [str(span.last) for span in spans] * len(tables),
        "is_extrapolated": [span.last > horizon_ends for span in spans] * len(tables),
    }
    return table.assign(**columns)[list(COLUMNS)]


def judged(months: pd.DataFrame) -> pd.DataFrame:
    """One row per date ("all" for all of them), kind, whether within the horizon, and forecast, in JUDGED.

    `months` are the rows of all dates. The simpler forecasts are judged on the months for which they exist, and
    `wape_of_forecast` is ours on the same months. `bias` is the total forecast over the total realised, minus 1.
    """
    found = []
    for as_of in (*dict.fromkeys(months["as_of"]), "all"):
        of_date = months if as_of == "all" else months[months["as_of"] == as_of]
        for (kind, beyond), rows in of_date.groupby(["kind", "is_extrapolated"], sort=False):
            for name in (FORECAST, LAST_MONTH, LAST_YEAR):
                some = rows[rows[[name, FORECAST]].notna().all(axis=1)]
                if some.empty:
                    continue
                y, theirs, ours = (some[column].to_numpy() for column in ("realised", name, FORECAST))
                bias = theirs.sum() / y.sum() - 1 if y.sum() > 0 else np.nan
                values = (len(some), y.sum(), wape(y, theirs), bias, wape(y, ours))
                found.append((as_of, kind, beyond, name, *values))
    return pd.DataFrame(found, columns=list(JUDGED))


def wape(realised: np.ndarray, forecast: np.ndarray) -> float:
    """Weighted absolute percentage error: the sum of the absolute errors over that of what was realised, (n,) each.

    NaN where nothing was realised. Source: Kolassa and Schuetz (2007), "Advantages of the MAD/mean ratio over the
    MAPE", Foresight 6, 40-43.
    """
    total = float(np.abs(realised).sum())
    return float(np.abs(forecast - realised).sum()) / total if total > 0 else float("nan")


def _of_known(
    forecast: np.ndarray, revenue: pd.DataFrame, rows: Rows, spans: Sequence[Span], first_day: date
) -> pd.DataFrame:
    """The amounts (k rows) of the customers known at the cutoff of `rows`; before it their revenue is that of all."""

    def brought(spans: Sequence[Span]) -> np.ndarray:
        return of_known(revenue, rows.cutoff, spans, rows.parts) / MINOR_PER_UNIT

    last_month = Span(rows.cutoff - timedelta(days=MONTH_DAYS - 1), rows.cutoff, 0)
    is_seen = last_month.first >= first_day
    before = [_a_year_before(span) for span in spans]
    return pd.DataFrame(
        {
            "kind": KNOWN,
            "realised": brought(spans),
            FORECAST: forecast,
            LAST_MONTH: brought([last_month])[0] if is_seen else np.nan,
            LAST_YEAR: np.where(
                [span.first >= first_day and span.last <= rows.cutoff for span in before], brought(before), np.nan
            ),
        }
    )


def _of_new(
    forecast: np.ndarray, revenue: pd.DataFrame, as_of: date, spans: Sequence[Span], first_day: date
) -> pd.DataFrame:
    """The same for customers who came after the cutoff, of whom there were none a month before."""
    then, before = as_of - timedelta(days=YEAR), [_a_year_before(span) for span in spans]
    year_ago = of_new(revenue, then, before) / MINOR_PER_UNIT
    return pd.DataFrame(
        {
            "kind": NEW,
            "realised": of_new(revenue, as_of, spans) / MINOR_PER_UNIT,
            FORECAST: forecast,
            LAST_MONTH: np.nan,
            LAST_YEAR: np.where([span.first >= first_day and span.last <= as_of for span in before], year_ago, np.nan),
        }
    )


def _a_year_before(span: Span) -> Span:
    """The same number of days, 365 days earlier."""
    year = timedelta(days=YEAR)
    return Span(span.first - year, span.last - year, span.months_ahead)
