"""Split the acquisition budget over the tiers and say what a new customer of each may cost.

Reads: data/customer_values.parquet.
Writes: reports/tables/budget.csv and reports/metrics/budget.json.
"""

from clv import params, paths, storage
from clv.errors import run_stage
from clv.marketing.budget.rule import allocate


def main() -> None:
    p = params.load()
    values = storage.read_table(paths.CUSTOMER_VALUES, columns=["tier", "predicted_clv"])
    table = allocate(values, p.budget)
    metrics = {
        "total": p.budget.total,
        "allocated": table["budget"].sum(),
        "tiers": table.set_index("tier").to_dict("index"),
    }

    storage.write_csv(table, paths.BUDGET_CSV)
    storage.write_json(metrics, paths.BUDGET_JSON)
    split = ", ".join(f"{row.tier} {row.budget:,.2f}" for row in table.itertuples())
    print(f"budget: {metrics['allocated']:,.2f} {p.currency}: {split}")


if __name__ == "__main__":
    run_stage(main)
