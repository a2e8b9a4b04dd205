"""Judge finished randomised tests, and plan the next.

Reads: data/clean/, data/test_forecasts.parquet.
Writes: data/outcomes.parquet (one row per test and participant).
"""

import pandas as pd

from clv import params, paths, storage
from clv.errors import run_stage
from clv.features.store import read_plan
from clv.marketing.experiments.outcomes import outcomes


def main() -> None:
    p = params.load()
    plan = read_plan()
    seen, still_open = outcomes(
        storage.read_table(paths.clean("experiments")),
        storage.read_table(paths.clean("transactions"), ["customer_id", "order_ts", "amount_minor"]),
        p.experiment.window_days,
        pd.Timestamp(plan.last_day),
        p.segment.tiers,
        p.train.btyd.purchases,
    )
    storage.write_table(seen, paths.OUTCOMES)
    print(f"experiment: {len(seen):,} participants, {still_open:,} more whose window is not over")


if __name__ == "__main__":
    run_stage(main)
