"""What `train.max_rows` costs: `python -m benchmarks.max_rows 25000 50000 100000`, where `dvc repro` has featurized.

For each bound the recipe of the backtest is fitted, with the learners of params.yaml, and judged on all test customers.
Prints the rows learned from, CPU seconds, MiB at the peak, Gini, R2, MAE, bias, and coverage of 90 and 95%. Another
bound draws other rows, so results differ by chance as well; the same bound with other seeds (--seeds) shows by how
much. With --all XGBoost and LightGBM are fitted to all rows.
"""

import argparse
import resource
import subprocess
import sys
import time
from dataclasses import replace
from typing import Literal

import pandas as pd

from clv import paths
from clv.errors import run_stage
from clv.evaluation.judged_origin import forecast_beside
from clv.evaluation.metrics import evaluate
from clv.evaluation.recalibration import inside_predicted
from clv.features.columns import TARGET
from clv.features.store import Snapshots, n_blocks, read_block, read_plan
from clv.features.timeline import in_parts
from clv.machine import Machine
from clv.params import load
from stages.backtest import Params, refit

SHOWN = ("rows", "cpu_s", "peak_mib", "gini", "r2", "mae", "bias", "coverage_90", "coverage_95")


def measure(max_rows: int, seed: int, rows: Literal["drawn", "all"]) -> list[float]:
    """Fit with a bound and a seed, and judge: the numbers of SHOWN. With `rows` all, some learners ignore the bound."""
    p, plan = load(), read_plan()
    recipe = plan.backtest
    assert recipe is not None, "there are labels"
    given = Params(seed, p.device, p.time.customer_shares, replace(p.train, max_rows=max_rows, rows=rows))
    customers = [len(Snapshots().histories(rows.cutoff)) for rows in recipe.training]
    start = time.process_time()
    model = refit(recipe, plan, given, Machine(1))
    assert model is not None, "there are customers enough"
    cpu = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    of_blocks = []
    for block in range(n_blocks(recipe.forecast)):
        snapshot = read_block(str(paths.SNAPSHOTS), recipe.forecast, block)
        chosen = in_parts(snapshot["customer_id"], recipe.forecast.parts, given.customer_shares)
        of_blocks.append(forecast_beside(model, snapshot[chosen], plan.horizon_days))
    test = pd.concat(of_blocks)
    found = evaluate(y := test[TARGET].to_numpy(), test["predicted_clv"].to_numpy())
    inside = [float(inside_predicted(y, test, level).mean()) for level in (90, 95)]
    return [
        sum(n if rows == "all" else min(n, max_rows) for n in customers),
        cpu,
        peak,
        *(found[name] for name in ("gini", "r2", "mae", "bias")),
        *inside,
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bounds", nargs="+", type=int)
    parser.add_argument("--seeds", nargs="+", type=int, default=[42])
    parser.add_argument("--all", action="store_true", help="with train.rows: all, so that some learners see every row")
    parser.add_argument("--here", action="store_true", help="the first bound and seed, in this process")
    asked = parser.parse_args()
    if asked.here:
        print(*measure(asked.bounds[0], asked.seeds[0], "all" if asked.all else "drawn"))
        return
    print(f"{'bound':>10}{'seed':>6}" + "".join(f"{name:>13}" for name in SHOWN))
    for bound in asked.bounds:
        for seed in asked.seeds:
            # In a process each, so that the memory is that of one fit.
            command = [sys.executable, "-m", "benchmarks.max_rows", f"{bound}", "--seeds", f"{seed}", "--here"]
            command += ["--all"] if asked.all else []
            numbers = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            shown = [f"{float(n):>13,.0f}" if float(n) > 100 else f"{float(n):>13.4f}" for n in numbers]
            print(f"{bound:>10,}{seed:>6}" + "".join(shown), flush=True)


if __name__ == "__main__":
    run_stage(main)
