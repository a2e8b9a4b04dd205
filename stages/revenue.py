"""Forecast the revenue of the shop by month: for customers known today, by tier and cohort, and for those to come.

Reads: data/customer_values/, data/snapshots/ (purchases and revenue of the base by day), models/today/manifest.json
(when customers buy, and how far totals may be off); for earlier dates data/test_forecasts/,
models/backtest/manifest.json and reports/tables/revenue_origins.csv.
Writes: reports/tables/revenue_months.csv, revenue_tiers.csv and revenue_cohorts.csv; revenue_past.csv, forecast and
realised revenue of past months, and revenue_judged.csv, their errors; reports/plots/revenue.csv, the coming months
beside those of the year before; reports/metrics/revenue.json.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv import paths, storage
from clv.data.types import MINOR_PER_UNIT
from clv.errors import run_stage
from clv.evaluation.forecast_parts import read_test_forecasts
from clv.evaluation.months_interval import uncertainty
from clv.evaluation.months_judged import COLUMNS, KNOWN, NEW, judged, months_of
from clv.evaluation.rolling import together
from clv.features.columns import CUSTOMER
from clv.features.span import calendar_months
from clv.features.store import read_base, read_plan, read_revenue, read_snapshot
from clv.features.timeline import Plan
from clv.marketing.revenue.figures import figures_in_words, revenue_figures
from clv.marketing.revenue.groups_by_month import cohort_of, groups_by_month
from clv.marketing.revenue.shop_months import curve, shop_months
from clv.marketing.store import read_values
from clv.marketing.tiers import TIERS
from clv.models.btyd.basis import in_words, knows_returns
from clv.models.newcomers import newcomers
from clv.models.store import read_btyd, read_level_sd
from clv.models.value_over_time import by_month
from clv.shared_params import Currency, MinGroupCustomers
from clv.strict import load


@dataclass(frozen=True)
class Params:
    currency: Currency
    min_group_customers: MinGroupCustomers


HISTORY = ["tenure_days", "recency_days", "frequency"]
VALUES = ["predicted_clv", "lower_95", "upper_95", "tier", *HISTORY]


def past_months(plan: Plan, base: pd.DataFrame, revenue: pd.DataFrame) -> pd.DataFrame:
    """Months forecast at the rolling origins and in the backtest, as `clv.evaluation.months_judged` returns them.

    An origin at the backtest's date replaces the backtest: the windows it learned from had ended by then.
    """
    origins = storage.read_csv(paths.REVENUE_ORIGINS)
    if plan.backtest is None or (origins["as_of"] == str(plan.backtest.as_of)).any():
        return origins
    rows = plan.backtest.forecast
    forecasts = read_test_forecasts([CUSTOMER, "predicted_clv"])
    customers = forecasts.merge(read_snapshot(rows, HISTORY), on=CUSTOMER, validate="one_to_one")
    backtest = months_of(read_btyd(paths.BACKTEST_MODEL), customers, base, revenue, rows, plan)
    return together([origins, backtest], COLUMNS)


def main() -> None:
    p = load(Params)
    plan, base, revenue = read_plan(), read_base(), read_revenue()
    values = read_values(VALUES)
    btyd, least = read_btyd(paths.TODAY_MODEL), p.min_group_customers
    spans, gaps = calendar_months(plan.last_day), btyd.gaps
    told = knows_returns(gaps)
    past = past_months(plan, base, revenue)
    uncertain = {
        KNOWN: uncertainty(past[past["kind"] == KNOWN], read_level_sd(paths.TODAY_MODEL)),
        NEW: uncertainty(past[past["kind"] == NEW], None),
    }

    cents = by_month(btyd, values, values["predicted_clv"].to_numpy(), plan.last_day, spans)
    known = cents.sum(axis=0) / MINOR_PER_UNIT * (1.0 if told else np.nan)
    new = newcomers(base, revenue, btyd.season, plan.last_day, spans)
    forecasts = {KNOWN: known, NEW: np.full(len(spans), np.nan) if new is None else new}
    months = shop_months(forecasts, uncertain, revenue, plan, spans)
    cohort = cohort_of(values["tenure_days"], plan.last_day)
    orders = {"tier": TIERS, "cohort": sorted(set(cohort))} if told else {"tier": (), "cohort": ()}
    by_tier, by_cohort = (
        groups_by_month(values, cents, names, orders[str(names.name)], uncertain[KNOWN], plan, spans, least)
        for names in (values["tier"], cohort)
    )
    how_good = judged(past)
    metrics = revenue_figures(months, how_good, uncertain, plan, gaps)

    storage.write_csv(months, paths.REVENUE_MONTHS)
    storage.write_csv(by_tier, paths.REVENUE_TIERS)
    storage.write_csv(by_cohort, paths.REVENUE_COHORTS)
    storage.write_csv(how_good, paths.REVENUE_JUDGED)
    storage.write_csv(curve(months), paths.REVENUE_CURVE)
    storage.write_csv(past, paths.REVENUE_PAST)
    storage.write_json(metrics, paths.REVENUE_JSON)
    print(f"revenue: {figures_in_words(metrics, p.currency)}" + (f"; {in_words(gaps)}" if gaps else ""))


if __name__ == "__main__":
    run_stage(main)
