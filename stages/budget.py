"""Split the marketing budget over tiers and channels, and say what a new customer of each tier may cost.

Reads: data/customer_values.parquet, data/outcomes.parquet (what participants of randomised tests did),
reports/metrics/experiments.json (which of these tests have an alarm),
models/today/manifest.json (when in the horizon customers buy, and how far totals may be off), data/clean/customers (how
they came).
Writes: reports/tables/budget.csv (by tier and channel), budget_tiers.csv, budget_sensitivity.csv, budget_regret.csv;
reports/plots/budget_return.csv and response.csv; reports/metrics/budget.json.
"""

from dataclasses import dataclass

from clv import paths, storage
from clv.errors import run_stage
from clv.marketing.budget.all_tables import all_tables
from clv.marketing.budget.cac import cac_table
from clv.marketing.budget.figures import summary
from clv.marketing.budget.groups import NEEDED, make_groups
from clv.marketing.budget.lifts import fit_lifts
from clv.marketing.budget.params import BudgetParams
from clv.marketing.budget.reach import reach
from clv.marketing.budget.setting import make_setting
from clv.marketing.budget.store import read_acquired
from clv.marketing.budget.window import window_revenue
from clv.models.store import read_btyd, read_level_sd
from clv.shared_params import Currency, MarginRate, MinGroupCustomers, Seed, TestWindowDays
from clv.strict import load


@dataclass(frozen=True)
class Params:
    seed: Seed
    currency: Currency
    margin_rate: MarginRate
    min_group_customers: MinGroupCustomers
    test_window_days: TestWindowDays
    budget: BudgetParams


TABLES = {
    "cells": paths.BUDGET_CSV,
    "tiers": paths.TIER_BUDGET,
    "sensitivity": paths.SENSITIVITY,
    "regret": paths.REGRET,
    "return": paths.RETURN_CURVE,
    "response": paths.RESPONSE_CURVES,
}
VALUES = ["customer_id", "tier", "predicted_clv", "lower_95", "upper_95", "frequency", "recency_days", "tenure_days"]


def main() -> None:
    p = load(Params)
    values = storage.read_table(paths.CUSTOMER_VALUES, VALUES)
    acquired = read_acquired()
    spread = read_level_sd(paths.TODAY_MODEL) or 0.0
    btyd = read_btyd(paths.TODAY_MODEL)
    least, total = p.min_group_customers, round(p.budget.total, 2)

    alarms = {name: test["alarm"] for name, test in storage.read_json(paths.EXPERIMENT_JSON)["tests"].items()}
    groups = make_groups(storage.read_table(paths.OUTCOMES, NEEDED), alarms, p.budget.draws, p.seed)
    lifts = fit_lifts(groups, p.seed)
    values["window_revenue"] = window_revenue(btyd, values, p.test_window_days)
    setting = make_setting(p.budget, p.margin_rate, lifts, values, acquired)
    allocation = setting.allocate(total)
    cac = cac_table(values, p.budget.cac_share, p.margin_rate, spread, btyd.horizon_days, least)
    tables = all_tables(setting, allocation, total, cac, values, acquired, least)
    metrics = summary(setting, allocation, total, groups, lifts) | {"window_days": p.test_window_days}
    metrics |= reach(values, p.margin_rate, total, btyd.horizon_days, btyd.gaps)

    for name, path in TABLES.items():
        storage.write_csv(tables[name], path)
    storage.write_json(metrics, paths.BUDGET_JSON)
    split = ", ".join(f"{row.tier} {row.budget:,.0f}" for row in tables["tiers"].itertuples())
    beware = f"; {metrics['warning']}" if metrics["warning"] else ""
    print(f"budget: {setting.mode} by {setting.source}, {metrics['allocated']:,.2f} {p.currency}: {split}{beware}")


if __name__ == "__main__":
    run_stage(main)
