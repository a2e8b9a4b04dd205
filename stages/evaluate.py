"""Evaluate the backtest on a window, or on customers, that it never saw, and measure the drift since then.

Reads: the snapshots of data/snapshots/, models/backtest/, models/today/, reports/tables/rolling.csv; for a synthetic
shop also data/raw/truth.parquet, and data/clean/ for what can be known from history; reports/tables/findings.csv.
Writes: data/test_forecasts/ (one row per test customer, a part per block), reports/metrics/evaluate.json (the
headline), drift.json and verdict.json; reports/tables/: every metric of every forecast with confidence intervals, the
ensemble against the baselines and against the achievable, slices, fairness, columns of the forecast by group, drift and
recalibration; reports/plots/: gain, deciles, residuals, coverage and PIT; reports/model_card.md. If no window has
ended, the outputs of a backtest are empty. Fails, once all is written, if a check of `evaluate.fail_on` fails.
"""

from dataclasses import dataclass
from typing import Annotated

from clv import paths, storage
from clv.data.input_finding import sentences
from clv.data.world.params import SyntheticParams
from clv.errors import run_stage
from clv.evaluation import store
from clv.evaluation.baselines import RIVALS
from clv.evaluation.drift import drift_table, recommendation
from clv.evaluation.drift_samples import drift_samples
from clv.evaluation.held_out import forecast_holdout
from clv.evaluation.judgement import judge
from clv.evaluation.latent import CEILINGS
from clv.evaluation.params import EvaluateParams
from clv.evaluation.recalibration import Factor, window_coverage
from clv.evaluation.verdict import stop_on, verdict, without_backtest
from clv.features.params import CustomerShares
from clv.features.store import n_customers, read_plan
from clv.features.timeline import Plan
from clv.machine import Device, Machine
from clv.models.btyd.basis import in_words
from clv.models.calibration.intervals import LEVELS
from clv.models.forecaster import Forecaster
from clv.models.samples import fold_of
from clv.models.versions import library_versions
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
    """Write empty outputs, and a check of whether it is known at all who comes back."""
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


def main() -> None:
    p = load(Params)
    shop, plan, machine = load(SyntheticParams, paths.SYNTHETIC), read_plan(), Machine.here(p.device)
    today, recipe = Forecaster.load(paths.TODAY_MODEL, machine), plan.backtest
    if recipe is None:
        write_nothing(p, plan, shop, today)
        return
    shares, most = p.customer_shares, p.evaluate.drawn_customers
    holdout, samples = forecast_holdout(plan, recipe, shares, paths.TRUTH, shop, most, machine, p.seed)
    ceilings = [name for name in CEILINGS if name in holdout.beside]
    judgement = judge(holdout, RIVALS, ceilings, p.evaluate, p.min_group_customers, p.seed, machine.threads)

    drift = drift_table(drift_samples(today, samples), p.evaluate.drift)
    factor = Factor.of_bias(judgement.metrics)
    advice = recommendation(drift, factor, p.evaluate.limits.bias)
    halves = fold_of(holdout.ids.to_numpy(), 2, "recalibration")
    recalibration = window_coverage(holdout.y, holdout.predictions, LEVELS, halves)
    rolling = storage.read_csv(paths.ROLLING)
    checks = verdict(judgement, holdout.predictions, rolling, drift, factor, p.evaluate.limits)
    customers = len(holdout.ids)
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
