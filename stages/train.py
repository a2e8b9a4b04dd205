"""Fit two forecasters by the same recipe: the backtest, as of one horizon ago, and today's.

Reads: data/snapshots/, data/clean/bounds.json, models/best_params.json.
Writes: models/backtest/ and models/today/, each with shop.json, which forecasts of single customers need; weights and
levels to reports/metrics/train.json.
"""

from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from clv import paths, storage
from clv.data.bounds import Bounds
from clv.errors import run_stage
from clv.features.params import CustomerShares
from clv.features.shop import Shop
from clv.features.store import Snapshots, read_base, read_plan, read_sources
from clv.features.timeline import Plan, Recipe, cutoffs_of
from clv.machine import Device, Machine
from clv.models.forecaster import Forecaster
from clv.models.learners.xgboost import require_device
from clv.models.params import TrainParams
from clv.models.samples import samples_of
from clv.models.windows import windows_of
from clv.processes import side_by_side
from clv.replacing import replacing
from clv.shared_params import Seed
from clv.strict import At, build, load


@dataclass(frozen=True)
class Params:
    seed: Seed
    device: Device
    customer_shares: Annotated[CustomerShares, At("time.customer_shares")]
    train: TrainParams


def tuned(p: Params) -> TrainParams:
    """The parameters of the learners as tuned, checked like those of params.yaml."""
    best = storage.read_json(paths.BEST_PARAMS)
    sections = {name: build(type(p.train.section(name)), values, f"train.{name}") for name, values in best.items()}
    return replace(p.train, **sections)


def fit(
    recipe: Recipe, plan: Plan, p: Params, known: TrainParams, bounds: Bounds, machine: Machine, folder: Path
) -> dict[str, Any]:
    """Fit the forecaster of a recipe and save it into a new folder; return its entry of train.json."""
    samples = samples_of(recipe, plan, read_base(), Snapshots(), p.customer_shares, known)
    windows = windows_of(recipe, plan, samples, Snapshots(), p.customer_shares)
    model = Forecaster.fit(samples, windows, known, machine, p.seed)
    folder.mkdir()
    Shop(bounds, read_sources(model.btyd.cutoff)).save(folder)
    # Only of the snapshots that the kept models are fitted to: the rolling origins leave no trace in them.
    cutoffs = cutoffs_of(plan.recipes.values())
    model.save(folder, {str(cutoff): storage.fingerprint(paths.snapshot(str(cutoff))) for cutoff in cutoffs})
    return {
        "btyd": model.btyd.to_dict(),
        "level": model.level.to_dict(),
        "scales": model.at_level.learner_scales,
        "season_by_month": model.btyd.season.by_month(),
        "season_index": model.btyd.season_index,
        "weights": model.weights,
        "not_known": [asdict(gap) for gap in model.btyd.gaps],
    }


def main() -> None:
    p = load(Params)
    require_device(p.device)
    plan, bounds = read_plan(), storage.read_as(paths.BOUNDS, Bounds.from_dict)
    known = tuned(p)
    machine = Machine.here(p.device)
    # One thread per fit: the result is the same, and fits side by side keep every thread busy.
    with replacing(paths.BACKTEST_MODEL) as backtest, replacing(paths.TODAY_MODEL) as today:
        folders = {"backtest": backtest, "today": today}
        fits = [
            partial(fit, recipe, plan, p, known, bounds, machine.alone(), folders[name])
            for name, recipe in plan.recipes.items()
        ]
        metrics = dict(zip(plan.recipes, side_by_side(fits, machine.threads), strict=True))
        if plan.backtest is None:
            backtest.mkdir()
            storage.write_text(f"There is no backtest: {plan.why}.\n", backtest / "none.txt")

    storage.write_json(metrics, paths.TRAIN_METRICS)
    weights = ", ".join(f"{name} {weight:.2f}" for name, weight in metrics["today"]["weights"].items())
    missing = "; ".join(f"it is not known {gap['says']}" for gap in metrics["today"]["not_known"])
    print(f"train: {plan.split} split; weights today: {weights}" + (f"; {missing}" if missing else ""))


if __name__ == "__main__":
    run_stage(main)
