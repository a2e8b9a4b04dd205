"""Judge the backtest on a window, or on customers, that it never saw, and say whether times have changed since.

Reads: the snapshots of data/snapshots/, models/backtest/, models/today/, reports/tables/rolling.csv; of a synthetic
shop also data/raw/truth.parquet, and data/clean/ for what can be known from history.
Writes: data/test_forecasts.parquet (one row per test customer), reports/metrics/evaluate.json (the headline),
drift.json and verdict.json; reports/tables/: every metric of every forecast with confidence intervals, the ensemble
against the baselines and against what can be known, slices, fairness, drift and recalibration; reports/plots/: gain,
deciles, residuals, coverage and PIT; reports/model_card.md. Where no window is over there is no backtest, and what it
would fill is empty. Fails, when all is written, where a check of `evaluate.fail_on` does.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd

from clv import paths, storage
from clv.data.schema import TABLES, expected_column
from clv.data.world.params import SyntheticParams
from clv.errors import run_stage
from clv.evaluation.baselines import RIVALS, others
from clv.evaluation.bayes import bayes_forecast
from clv.evaluation.drift import drift_table, recommendation
from clv.evaluation.drift_samples import drawn, drift_samples
from clv.evaluation.forecast_names import BAYES, LATENT_TRUTH
from clv.evaluation.judgement import Holdout, judge
from clv.evaluation.latent import latent_forecast
from clv.evaluation.params import CheckName, EvaluateParams
from clv.evaluation.recalibration import Factor, window_coverage
from clv.evaluation.verdict import Check, stop_on, verdict, without_backtest
from clv.features.columns import CUSTOMER
from clv.features.params import CustomerShares
from clv.features.store import read_plan, read_rows, read_snapshot
from clv.features.timeline import Plan, Recipe
from clv.machine import Device, Machine
from clv.models.btyd.basis import in_words
from clv.models.calibration.intervals import LEVELS
from clv.models.forecaster import Forecaster
from clv.models.samples import fold_of
from clv.models.versions import library_versions
from clv.reporting.model_card.card import Card, Findings, shop_name
from clv.shared_params import Currency, MinGroupCustomers, Seed
from clv.strict import At, load
from clv.table_shape import Columns


@dataclass(frozen=True)
class Params:
    seed: Seed
    device: Device
    currency: Currency
    min_group_customers: MinGroupCustomers
    customer_shares: Annotated[CustomerShares, At("time.customer_shares")]
    evaluate: EvaluateParams


def write_nothing(p: Params, plan: Plan, today: Forecaster) -> None:
    """Every output, empty."""
    storage.write_table(pd.DataFrame({CUSTOMER: [], "realised": []}), paths.TEST_FORECASTS)
    for path in paths.JUDGEMENT.values():
        storage.write_csv(pd.DataFrame(columns=["customers"]), path)
    storage.write_json({"customers": 0, "why": plan.why}, paths.EVALUATE_METRICS)
    storage.write_json({"recommendation": f"There is no backtest, because {plan.why}."}, paths.DRIFT_METRICS)
    gaps = today.btyd.gaps
    checks = without_backtest(gaps)
    storage.write_json(written(checks), paths.VERDICT)
    storage.write_text(card(p, plan, today, None), paths.MODEL_CARD)
    print(f"evaluate: nothing to judge by: {plan.why}" + (f"; {in_words(gaps)}" if gaps else ""))
    stop_on(checks, p.evaluate.fail_on)


def written(checks: Mapping[CheckName, Check]) -> list[dict[str, Any]]:
    """The checks as plain values for JSON."""
    return [{"name": name} | asdict(check) for name, check in checks.items()]


def ceilings(p: Params, recipe: Recipe, ids: pd.Series, horizon_days: int) -> dict[str, np.ndarray]:
    """What could be known of test customers of a synthetic shop: by who knows the latents, and from their history."""
    if not paths.TRUTH.exists():
        return {}
    truth = latent_forecast(
        storage.read_table(paths.TRUTH, needed=Columns((CUSTOMER,), (), (expected_column(recipe.as_of),))),
        ids,
        recipe.as_of,
    )
    if truth is None:
        return {}
    tables = {name: storage.read_table(paths.clean(name)) for name in TABLES}
    shop = load(SyntheticParams, paths.SYNTHETIC)
    bayes = bayes_forecast(shop, p.seed, tables, ids, recipe.as_of, horizon_days)
    return {LATENT_TRUTH: truth, BAYES: bayes}


def taught(p: Params, today: Recipe) -> pd.DataFrame:
    """Some of the rows that today's model learned from, drawn of one snapshot after the other."""
    customers = sum(len(read_snapshot(rows, [])) for rows in today.training)
    snapshots = (read_rows(rows, p.customer_shares) for rows in today.training)
    return drawn(snapshots, customers, np.random.default_rng(p.seed))


def card(p: Params, plan: Plan, today: Forecaster, findings: Findings | None) -> str:
    """The model card."""
    where = shop_name(storage.read_json(paths.SOURCE), load(SyntheticParams, paths.SYNTHETIC).world)
    data = storage.read_json(paths.PREPROCESS_METRICS)
    gaps, versions = today.btyd.gaps, library_versions()
    return Card(plan, where, p.currency, data, today.weights, versions, p.evaluate, findings, gaps).to_markdown()


def main() -> None:
    p = load(Params)
    plan, machine = read_plan(), Machine.here(p.device)
    today, recipe, days = Forecaster.load(paths.TODAY_MODEL, machine), plan.backtest, plan.horizon_days
    if recipe is None:
        write_nothing(p, plan, today)
        return
    model = Forecaster.load(paths.BACKTEST_MODEL, machine)
    test = read_rows(recipe.forecast, p.customer_shares)
    features, ids = model.features_of(test), test[CUSTOMER]
    holdout = Holdout.of(model, test, features, recipe.as_of)
    beside = others(model, read_snapshot(recipe.forecast), features, days)
    known = ceilings(p, recipe, ids, days)
    judgement = judge(holdout, beside, RIVALS, known, p.evaluate, p.min_group_customers, p.seed, machine.threads)

    current = read_rows(plan.today.forecast, p.customer_shares)
    samples = {"training": taught(p, plan.today), "test": test, "current": current}
    drift = drift_table(drift_samples(today, samples), p.evaluate.drift)
    factor = Factor.of_bias(judgement.metrics)
    advice = recommendation(drift, factor, p.evaluate.limits.bias)
    halves = fold_of(ids.to_numpy(), 2, "recalibration")
    recalibration = window_coverage(holdout.y, holdout.predictions, LEVELS, halves)
    checks = verdict(judgement, storage.read_csv(paths.ROLLING), drift, factor, p.evaluate.limits)
    headline = {**judgement.headline(), "customers": len(test)}

    forecasts = test[[CUSTOMER]].join(holdout.predictions).assign(realised=holdout.y)
    storage.write_table(forecasts, paths.TEST_FORECASTS)
    for name, path in paths.JUDGEMENT.items():
        storage.write_csv({**vars(judgement), "drift": drift, "recalibration": recalibration}[name], path)
    storage.write_json(headline, paths.EVALUATE_METRICS)
    counts = drift["status"].value_counts().to_dict()
    storage.write_json({"columns": counts, "factor": asdict(factor), "recommendation": advice}, paths.DRIFT_METRICS)
    storage.write_json(written(checks), paths.VERDICT)
    storage.write_text(card(p, plan, today, Findings(len(test), judgement, checks, advice)), paths.MODEL_CARD)
    print(
        f"evaluate: {len(test):,} customers, Gini {headline['gini']:.3f}, bias {headline['bias']:+.1%}, "
        f"95% intervals cover {headline['coverage_95']:.1%}"
    )
    stop_on(checks, p.evaluate.fail_on)


if __name__ == "__main__":
    run_stage(main)
