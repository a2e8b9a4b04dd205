"""Refit the recipe as of earlier dates, the rolling origins, and evaluate each on the horizon after it.

Reads: data/snapshots/.
Writes: reports/tables/rolling.csv, one row per origin and forecast: the ensemble, the buy-till-you-die forecast and the
baselines; reports/plots/origins.csv, the points of the DVC plot; reports/tables/revenue_origins.csv, forecast and
realised revenue by month after each origin; and value_spans.csv, the value of customers within several numbers of days.
Learners use the parameters of params.yaml, because tune chose its own on labels later than these dates. If there is no
origin, the tables have no rows, and the log gives the reason.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from clv import paths, storage
from clv.errors import run_stage
from clv.evaluation import months_judged, spans_judged
from clv.evaluation.judged_origin import JudgedOrigin, forecast_beside, in_words
from clv.evaluation.rolling import by_origin, together
from clv.features.by_id import by_id
from clv.features.params import CustomerShares
from clv.features.store import Snapshots, n_blocks, read_base, read_block, read_plan, read_revenue, read_snapshot
from clv.features.timeline import Plan, Recipe
from clv.machine import Device, Machine
from clv.models.forecaster import Forecaster
from clv.models.learners.xgboost import require_device
from clv.models.params import TrainParams
from clv.models.samples import samples_of, too_few
from clv.models.windows import windows_of
from clv.processes import side_by_side
from clv.shared_params import Seed
from clv.strict import At, load


@dataclass(frozen=True)
class Params:
    seed: Seed
    device: Device
    customer_shares: Annotated[CustomerShares, At("time.customer_shares")]
    train: TrainParams


def refit(recipe: Recipe, plan: Plan, p: Params, machine: Machine) -> Forecaster | None:
    """Fit the forecaster of a recipe with the given parameters; None if there are too few customers to learn from."""
    samples = samples_of(recipe, plan, read_base(), Snapshots(), p.customer_shares, p.train)
    if samples.calibration is None or too_few(samples.training) or too_few([samples.calibration]):
        return None
    return Forecaster.fit(
        samples, windows_of(recipe, plan, samples, Snapshots(), p.customer_shares), p.train, machine, p.seed
    )


def judge(recipe: Recipe, plan: Plan, p: Params, machine: Machine) -> JudgedOrigin:
    """The rows of one origin: neither model nor forecasts outlive the call; features are held one block at a time."""
    model = refit(recipe, plan, p, machine)
    if model is None:
        return JudgedOrigin.unjudged()
    rows, days = recipe.forecast, plan.horizon_days
    blocks = [forecast_beside(model, read_block(str(paths.SNAPSHOTS), rows, n), days) for n in range(n_blocks(rows))]
    return JudgedOrigin.of(model, recipe, plan, by_id(blocks), read_base(), read_revenue(), read_snapshot)


def main() -> None:
    p = load(Params)
    require_device(p.device)
    plan = read_plan()
    machine = Machine.here(p.device)
    # One thread per fit: the result is the same, and fits side by side keep every thread busy.
    fits = [partial(judge, recipe, plan, p, machine.alone()) for recipe in plan.rolling]
    origins = list(side_by_side(fits, machine.threads))
    rolling = together(origin.forecasts for origin in origins)
    storage.write_csv(rolling, paths.ROLLING)
    storage.write_csv(by_origin(rolling, plan.last_day), paths.ORIGINS)
    storage.write_csv(together((origin.months for origin in origins), months_judged.COLUMNS), paths.REVENUE_ORIGINS)
    storage.write_csv(together((origin.spans for origin in origins), spans_judged.COLUMNS), paths.VALUE_SPANS)
    print(f"backtest: {in_words(rolling, plan)}")


if __name__ == "__main__":
    run_stage(main)
