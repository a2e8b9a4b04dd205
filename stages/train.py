"""Fit two forecasters by the same recipe: the backtest, as of one horizon ago, and today's.

Reads: data/snapshots/, data/clean/bounds.json, models/best_params.json.
Writes: models/backtest/ and models/today/, each with the shop.json that forecasts of single customers need; weights
and levels to reports/metrics/train.json.
"""

from dataclasses import asdict, replace

from clv import params, paths, storage
from clv.data.bounds import Bounds
from clv.errors import run_stage
from clv.features.shop import Shop
from clv.features.store import read_plan, read_sources
from clv.models.forecaster import Forecaster
from clv.models.store import read_samples
from clv.params import Params, TrainParams
from clv.strict import build
from clv.timeline import Plan, Recipe


def tuned(p: Params) -> TrainParams:
    """The parameters of the learners as tune left them, checked like those of params.yaml."""
    best = storage.read_json(paths.BEST_PARAMS)
    sections = {name: build(type(getattr(p.train, name)), values, f"train.{name}") for name, values in best.items()}
    return replace(p.train, **sections)


def fit(recipe: Recipe, plan: Plan, p: Params) -> Forecaster:
    """The forecaster of a recipe."""
    known = tuned(p)
    samples = read_samples(recipe, plan, p.time.customer_shares, known.btyd)
    return Forecaster.fit(samples.training, samples.calibration, samples.forecast, known, p.compute, p.seed)


def main() -> None:
    p = params.load()
    plan, bounds = read_plan(), Bounds.from_dict(storage.read_json(paths.BOUNDS))
    models = {name: fit(recipe, plan, p) for name, recipe in plan.recipes.items()}
    metrics = {
        name: {
            "btyd": model.btyd.to_dict(),
            "level": asdict(model.level),
            "scales": model.scales,
            "season_by_month": model.btyd.season.by_month(),
            "season_index": model.btyd.season_index,
            "weights": model.weights,
        }
        for name, model in models.items()
    }

    for name, path in (("backtest", paths.BACKTEST_MODEL), ("today", paths.TODAY_MODEL)):
        with storage.replacing(path) as folder:
            folder.mkdir()
            if name in models:
                models[name].save(folder, {str(c): storage.fingerprint(paths.snapshot(str(c))) for c in plan.cutoffs})
                Shop(bounds, read_sources(models[name].btyd.cutoff)).save(folder)
            else:
                storage.write_text(f"There is no backtest: {plan.why}.\n", folder / "none.txt")
    storage.write_json(metrics, paths.TRAIN_METRICS)
    weights = ", ".join(f"{name} {weight:.2f}" for name, weight in models["today"].weights.items())
    print(f"train: {plan.split} split; weights today: {weights}")


if __name__ == "__main__":
    run_stage(main)
