"""Search for the best parameters of each learner that has a search space.

Reads: data/snapshots/ (training and calibration of the backtest; only features of the test snapshot, for the season).
Writes: models/best_params.json with every learner's parameters, reports/plots/trials.csv and
reports/plots/importance.csv.
"""

from dataclasses import asdict, dataclass
from functools import partial
from typing import Annotated

import pandas as pd

from clv import paths, storage
from clv.errors import run_stage
from clv.features.params import CustomerShares
from clv.features.store import Snapshots, read_base, read_plan
from clv.machine import Device, Machine
from clv.models.learners.xgboost import require_device
from clv.models.params import TrainParams, TuneParams, require_searchable
from clv.models.samples import samples_of
from clv.models.tuning import make_origins, progress, tune_learner
from clv.processes import side_by_side
from clv.shared_params import Seed
from clv.strict import At, load


@dataclass(frozen=True)
class Params:
    seed: Seed
    device: Device
    customer_shares: Annotated[CustomerShares, At("time.customer_shares")]
    train: TrainParams
    tune: TuneParams


TRIALS = ["learner", "trial", "loss", "best_loss", "state", "params"]
IMPORTANCE = ["learner", "parameter", "importance"]


def main() -> None:
    p = load(Params)
    require_device(p.device)
    require_searchable(p.train, p.tune)
    machine = Machine.here(p.device)
    plan = read_plan()
    best = {name: asdict(p.train.section(name)) for name in p.train.learners}
    trials, importance = pd.DataFrame(columns=TRIALS), pd.DataFrame(columns=IMPORTANCE)
    searched = [name for name in best if name in p.tune.space] if p.tune.trials and plan.backtest else []
    if plan.backtest and searched:
        samples = samples_of(plan.backtest, plan, read_base(), Snapshots(), p.customer_shares, p.train)
        assert samples.calibration is not None, "a backtest has labels"
        origins = make_origins(samples.training, samples.calibration)
        del samples  # the origins hold the rows in the form that learners use
        if not origins:
            print("tune: too few customers to judge by, so the given parameters stay")
            searched = []
        # One thread per search: the result is the same, and searches side by side keep every thread busy. The neural
        # network, named last, takes longest: started last, it would run alone at the end.
        alone, order = machine.alone(), searched[::-1]
        searches = [partial(tune_learner, name, origins, p.train, p.tune, alone, p.seed) for name in order]
        results = side_by_side(searches, machine.threads)
        found = {}
        for name, tuned in zip(order, progress(results, len(searches)), strict=True):
            found[name] = tuned
            best[name] = tuned.best
            losses = tuned.trials["loss"]
            print(
                f"tune: {name}: loss {losses.iloc[0]:.4f} as given, {losses.min():.4f} at best; "
                f"{len(losses)} trials, {losses.isna().sum()} pruned"
            )
            if len(losses) < p.tune.trials:
                print(f"tune: {name}: stopped by tune.max_seconds; another machine may find other parameters")
        trials = pd.concat([trials, *(found[name].trials for name in searched)], ignore_index=True)
        importance = pd.concat([importance, *(found[name].importance for name in searched)], ignore_index=True)

    storage.write_json(best, paths.BEST_PARAMS, digits=12)
    storage.write_csv(trials, paths.TRIALS)
    storage.write_csv(importance, paths.IMPORTANCE)
    print(f"tune: {len(trials)} trials of {len(searched)} learners")


if __name__ == "__main__":
    run_stage(main)
