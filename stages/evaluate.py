"""Judge the backtest on a window, or on customers, that it never saw, and say whether times have changed since.

Reads: the snapshots of data/snapshots/, models/backtest/, models/today/, reports/tables/rolling.csv; of a synthetic
shop also data/raw/truth.parquet, and data/clean/ for what can be known from history; reports/tables/findings.csv.
Writes: data/test_forecasts/ (one row per test customer, a part per block), reports/metrics/evaluate.json (the
headline), drift.json and verdict.json; reports/tables/: every metric of every forecast with confidence intervals, the
ensemble against the baselines and against what can be known, slices, fairness, columns of the forecast by group, drift
and recalibration; reports/plots/: gain, deciles, residuals, coverage and PIT; reports/model_card.md. Where no window is
over, what a backtest would fill is empty. Fails, when all is written, where a check of `evaluate.fail_on` does.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

import pandas as pd

from clv import paths, storage
from clv.compute import Input, mapper, within_reach
from clv.data.input_finding import sentences
from clv.data.schema import TABLES
from clv.data.world.params import SyntheticParams
from clv.errors import run_stage
from clv.evaluation import store
from clv.evaluation.baselines import RIVALS, plain_btyd
from clv.evaluation.chosen_rows import read_chosen, read_ids
from clv.evaluation.drift import drift_table, recommendation
from clv.evaluation.drift_samples import drift_samples, read_samples
from clv.evaluation.holdout import Holdout
from clv.evaluation.holdout_blocks import HoldoutBlocks, KnownWorld
from clv.evaluation.judgement import judge
from clv.evaluation.latent import CEILINGS, with_ceilings
from clv.evaluation.params import EvaluateParams
from clv.evaluation.recalibration import Factor, window_coverage
from clv.evaluation.verdict import stop_on, verdict, without_backtest
from clv.features.labelled_window import HISTORY
from clv.features.params import CustomerShares
from clv.features.store import n_blocks, n_customers, read_plan, read_snapshot
from clv.features.timeline import Plan, Recipe, cutoffs_of
from clv.machine import Device, Machine
from clv.models.btyd.basis import in_words
from clv.models.calibration.intervals import LEVELS
from clv.models.forecaster import Forecaster
from clv.models.samples import fold_of
from clv.models.store import read_btyd
from clv.models.versions import library_versions
from clv.replacing import replacing
from clv.reporting.model_card.card import Card, Findings, shop_name
from clv.shared_params import Currency, MinGroupCustomers, Seed
from clv.strict import At, load


@dataclass(frozen=True)
class Params:
    seed: Seed
    device: Device
    currency: Currency
    min_group_customers: MinGroupCustomers
    customer_shares: Annotated[CustomerShares, At("time.customer_shares")]
    evaluate: EvaluateParams


def write_nothing(p: Params, plan: Plan, shop: SyntheticParams, today: Forecaster) -> None:
    """Every output, empty, and whether it is known at all who comes back."""
    checks, gaps = without_backtest(today.btyd.gaps), today.btyd.gaps
    store.write_unjudged(plan.why, checks)
    storage.write_text(card(p, plan, shop, today, None), paths.MODEL_CARD)
    print(f"evaluate: nothing to judge by: {plan.why}" + (f"; {in_words(gaps)}" if gaps else ""))
    stop_on(checks, p.evaluate.fail_on)


def card(p: Params, plan: Plan, shop: SyntheticParams, today: Forecaster, findings: Findings | None) -> str:
    """The model card."""
    where = shop_name(storage.read_json(paths.SOURCE), shop.world)
    data, gaps, versions = storage.read_json(paths.PREPROCESS_METRICS), today.btyd.gaps, library_versions()
    rhythm = sentences(storage.read_csv(paths.FINDINGS, text=["remedy"]), "rhythm")
    made = Card(plan, where, p.currency, data, today.weights, versions, p.evaluate, findings, gaps, rhythm)
    return made.to_markdown()


def forecast(
    p: Params, plan: Plan, recipe: Recipe, shop: SyntheticParams, machine: Machine
) -> tuple[Holdout, dict[str, pd.DataFrame]]:
    """Forecast the test customers block by block, and write it; give what they are judged by, and samples for drift."""
    rows, shares = recipe.forecast, p.customer_shares
    latent = store.read_latent(paths.TRUTH, read_ids(rows, shares), recipe.as_of)
    plain = plain_btyd(read_btyd(paths.BACKTEST_MODEL), read_snapshot(rows, HISTORY))
    cutoffs = sorted({rows.cutoff, *cutoffs_of([plan.today])})
    inputs: list[Input] = [(paths.SNAPSHOTS, list(map(str, cutoffs))), paths.BACKTEST_MODEL]
    inputs += [] if latent is None else [(paths.CLEAN, list(TABLES))]
    with replacing(paths.TEST_FORECASTS) as folder:
        folder.mkdir()
        with mapper(machine) as each, within_reach(machine, inputs, folder) as places:
            snapshots = places.of(paths.SNAPSHOTS)
            world = None if latent is None else KnownWorld(shop, p.seed, places.of(paths.CLEAN))
            where = snapshots, places.of(paths.BACKTEST_MODEL), places.output
            blocks = HoldoutBlocks(*where, rows, shares, plain, world, p.device)
            holdout = Holdout.together(each(blocks.judged, n_blocks(rows)))
            read = partial(read_chosen, each, snapshots)
            samples = read_samples(read, plan.today, rows, shares, p.evaluate.drawn_customers, p.seed)
    return holdout if latent is None else with_ceilings(holdout, latent), samples


def main() -> None:
    p = load(Params)
    shop, plan, machine = load(SyntheticParams, paths.SYNTHETIC), read_plan(), Machine.here(p.device)
    today, recipe = Forecaster.load(paths.TODAY_MODEL, machine), plan.backtest
    if recipe is None:
        write_nothing(p, plan, shop, today)
        return
    holdout, samples = forecast(p, plan, recipe, shop, machine)
    ceilings = [name for name in CEILINGS if name in holdout.beside]
    judgement = judge(holdout, RIVALS, ceilings, p.evaluate, p.min_group_customers, p.seed, machine.threads)

    drift = drift_table(drift_samples(today, samples), p.evaluate.drift)
    factor = Factor.of_bias(judgement.metrics)
    advice = recommendation(drift, factor, p.evaluate.limits.bias)
    halves = fold_of(holdout.ids.to_numpy(), 2, "recalibration")
    recalibration = window_coverage(holdout.y, holdout.predictions, LEVELS, halves)
    rolling = storage.read_csv(paths.ROLLING)
    checks = verdict(judgement, holdout.predictions, rolling, drift, factor, p.evaluate.limits)
    customers, most = len(holdout.ids), p.evaluate.drawn_customers
    headline = {**judgement.headline(), "customers": customers, **store.drawn(customers, most)}

    store.write_judgement(judgement, drift=drift, recalibration=recalibration)
    storage.write_json(headline, paths.EVALUATE_METRICS)
    store.write_drift(drift, factor, advice, store.drawn(max(customers, n_customers(plan.today.forecast)), most))
    store.write_verdict(checks)
    storage.write_text(card(p, plan, shop, today, Findings(customers, judgement, checks, advice)), paths.MODEL_CARD)
    print(
        f"evaluate: {customers:,} customers, Gini {headline['gini']:.3f}, bias {headline['bias']:+.1%}, "
        f"95% intervals cover {headline['coverage_95']:.1%}"
    )
    stop_on(checks, p.evaluate.fail_on)


if __name__ == "__main__":
    run_stage(main)
