"""Search the parameters of each learner that has a search space.

Reads: data/snapshots/ (training and calibration of the backtest; never the test snapshot).
Writes: models/best_params.json with every learner's parameters, and reports/plots/trials.csv.
"""

from dataclasses import asdict

import pandas as pd

from clv import params, paths, storage
from clv.errors import run_stage
from clv.features.store import read_plan
from clv.models.store import read_sample, read_samples
from clv.models.tuning import tune_learner

COLUMNS = ["learner", "trial", "loss", "state", "params"]


def main() -> None:
    p = params.load()
    plan = read_plan()
    shares = p.time.customer_shares
    best = {name: asdict(getattr(p.train, name)) for name in p.train.learners if hasattr(p.train, name)}
    tables = [pd.DataFrame(columns=COLUMNS)]
    searched = {name: p.tune.space[name] for name in best if name in p.tune.space} if p.tune.trials else {}
    if searched:
        training = read_samples(plan.backtest.training, plan, shares)
        calibration = read_sample(plan.backtest.calibration, plan, shares)
        for name, space in searched.items():
            best[name], table = tune_learner(
                name, space, p.tune.trials, training, calibration, p.train, p.compute, p.seed
            )
            tables.append(table)
            print(f"tune: {name}: loss {table['loss'].iloc[0]:.5g} as given, {table['loss'].min():.5g} at best")
    trials = pd.concat(tables[1:] or tables, ignore_index=True)

    storage.write_json(best, paths.BEST_PARAMS, digits=12)
    storage.write_csv(trials, paths.TRIALS)
    print(f"tune: {len(trials)} trials of {len(searched)} learners")


if __name__ == "__main__":
    run_stage(main)
