"""Split the marketing budget over tiers and channels, and compute what a new customer of each tier may cost.

Reads: data/customer_values/, data/outcomes.parquet (what participants of randomised tests did),
reports/metrics/experiments.json (which of these tests have an alarm), models/today/manifest.json (when in the horizon
customers buy, and how far totals may be off), data/clean/customers (where customers came from and what they cost).
Writes: reports/tables/budget.csv (by tier and channel), budget_tiers.csv, budget_sensitivity.csv, budget_regret.csv;
reports/plots/budget_return.csv and response.csv; reports/metrics/budget.json.
"""

from dataclasses import dataclass

from clv import paths, storage
from clv.errors import run_stage
from clv.marketing.budget.decision import decide
from clv.marketing.budget.params import BudgetParams
from clv.marketing.budget.store import read_facts
from clv.marketing.budget.table_files import TABLES
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


def main() -> None:
    p = load(Params)
    decision = decide(read_facts(), p.budget, p.margin_rate, p.test_window_days, p.min_group_customers, p.seed)
    tables, metrics = decision.tables, decision.figures

    for name, path in TABLES.items():
        storage.write_csv(tables[name], path)
    storage.write_json(metrics, paths.BUDGET_JSON)
    split = ", ".join(f"{row.tier} {row.budget:,.0f}" for row in tables["tiers"].itertuples())
    warning = f"; {metrics['warning']}" if metrics["warning"] else ""
    print(
        f"budget: {metrics['mode']} by {metrics['source']}, {metrics['allocated']:,.2f} {p.currency}: {split}{warning}"
    )


if __name__ == "__main__":
    run_stage(main)
