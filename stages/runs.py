"""Evaluate past runs whose horizon is over: forecast against realised revenue.

Reads: reports/history.csv, to which `make retrain` adds a row for each run; data/snapshots/plan.json and
revenue.parquet, net revenue by day; reports/metrics/summary.json, which identifies the shop.
Writes: reports/tables/runs.csv, one row per run of this shop.
"""

from clv import paths, storage
from clv.errors import run_stage
from clv.evaluation.past_runs import TEXT, judge_past_runs
from clv.features.store import read_plan, read_revenue


def main() -> None:
    history = storage.read_csv(paths.HISTORY, text=TEXT)
    shop = storage.read_json(paths.SUMMARY)["shop"]
    runs = judge_past_runs(history, read_revenue(), shop, read_plan())
    storage.write_csv(runs, paths.RUNS)
    print(
        f"runs: {len(runs)} of this shop in the history, {runs['realised'].notna().sum()} of them with a completed "
        f"horizon"
    )


if __name__ == "__main__":
    run_stage(main)
