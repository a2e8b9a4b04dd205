"""Judge the runs of the past whose horizon is over: what was forecast beside what came.

Reads: reports/history.csv, to which `make retrain` adds a row for each run; data/snapshots/plan.json and
revenue.parquet, net revenue by day; reports/metrics/summary.json, which says what shop this is.
Writes: reports/tables/runs.csv, a row for each run of this shop.
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
    print(f"runs: {len(runs)} of this shop in the history, of {runs['realised'].notna().sum()} the horizon is over")


if __name__ == "__main__":
    run_stage(main)
