"""Judge the backtest on customers and a window that it never saw, and say whether times have changed since.

Reads: the snapshots of data/snapshots/, models/backtest/, models/today/, reports/plots/rolling.csv; of a synthetic shop
also data/raw/truth.parquet, and data/clean/ for what can be known from history.
Writes: data/test_forecasts.parquet (one row per test customer), reports/metrics/evaluate.json (the headline),
drift.json and verdict.json; reports/tables/: every metric of every forecast with confidence intervals, the ensemble
against the baselines and against what can be known, slices, fairness, drift and recalibration; reports/plots/: gain,
deciles, residuals, coverage and PIT; reports/model_card.md. Where no window is over there is no backtest, and what it
would fill is empty. Fails, when all is written, where a check of `evaluate.fail_on` does.
"""

from dataclasses import asdict

import pandas as pd

from clv import params, paths, storage
from clv.errors import run_stage
from clv.evaluation.baselines import BASELINES
from clv.evaluation.distribution import Distribution
from clv.evaluation.drift import drift_table, recommendation
from clv.evaluation.fairness import fairness_table, largest_gaps
from clv.evaluation.judgement import Judgement, judge
from clv.evaluation.recalibration import Factor, window_coverage
from clv.evaluation.slices import groups_of, slice_table
from clv.evaluation.store import read_bayes, read_drift_samples, read_rows
from clv.evaluation.truth import latent_forecast
from clv.evaluation.verdict import stop_on, verdict
from clv.features.columns import CUSTOMER, TARGET
from clv.features.store import read_plan, read_snapshot
from clv.models.forecaster import Forecaster
from clv.models.intervals import LEVELS
from clv.models.samples import fold_of
from clv.models.season import NO_SEASON
from clv.models.versions import library_versions
from clv.params import Params
from clv.reporting.card import Card
from clv.timeline import Plan

TEXTBOOK = "btyd_no_season"  # buy till you die as published: without season and level
EMPTY = (
    paths.METRICS_CSV, paths.WINS, paths.CEILING, paths.SLICES, paths.FAIRNESS, paths.DRIFT, paths.RECALIBRATION,
    paths.GAIN_CURVE, paths.DECILES, paths.RESIDUALS, paths.COVERAGE, paths.PIT,
)  # fmt: skip


def write_nothing(why: str) -> None:
    """Every output, empty."""
    storage.write_table(pd.DataFrame({CUSTOMER: [], "realised": []}), paths.TEST_FORECASTS)
    for path in EMPTY:
        storage.write_csv(pd.DataFrame(columns=["customers"]), path)
    storage.write_json({"customers": 0, "why": why}, paths.EVALUATE_METRICS)
    storage.write_json({"recommendation": f"There is no backtest, because {why}."}, paths.DRIFT_METRICS)
    storage.write_json([], paths.VERDICT)
    storage.write_text(f"# Model card\n\nThere is no backtest, because {why}.", paths.MODEL_CARD)
    print(f"evaluate: nothing to judge by: {why}")


def judged(p: Params, plan: Plan, model: Forecaster, test: pd.DataFrame, predictions: pd.DataFrame) -> Judgement:
    """The ensemble, every learner and the baselines on the test rows, and what could be known of these."""
    assert plan.backtest is not None
    y, f = test[TARGET].to_numpy(), predictions["predicted_clv"].to_numpy()
    forecasts = {"ensemble": f}
    forecasts |= {str(name): values.to_numpy() for name, values in model.predict_learners(test).items()}
    plain = model.btyd.refitted(read_snapshot(plan.backtest.forecast), NO_SEASON)
    forecasts[TEXTBOOK] = plain.outputs(test)["btyd_value"].to_numpy()
    forecasts |= {name: baseline(test, plan.horizon_days) for name, baseline in BASELINES.items()}
    ceilings = {}
    if paths.TRUTH.exists():
        truth = latent_forecast(storage.read_table(paths.TRUTH), test[CUSTOMER], plan.backtest.as_of)
        if truth is not None:
            bayes = read_bayes(p, test[CUSTOMER], plan.backtest, plan.horizon_days)
            ceilings = {"latent_truth": truth, "bayes": bayes}
    distribution = Distribution.of(model.quantiles(test, f, Distribution.shares()), predictions)
    baselines = [*BASELINES, TEXTBOOK, "btyd"]
    return judge(y, forecasts, distribution, baselines, ceilings, p.evaluate, p.seed, p.compute.threads)


def source_of(p: Params) -> str:
    """Where the transactions came from, for the model card."""
    source = storage.read_json(paths.SOURCE)
    if source["kind"] == "synthetic":
        return f"the synthetic shop {p.generate.synthetic.world}"
    return f"{source['kind']}, {source['tables']['transactions']['name']}"


def main() -> None:
    p = params.load()
    plan = read_plan()
    if plan.backtest is None:
        write_nothing(plan.why)
        return
    model = Forecaster.load(paths.BACKTEST_MODEL, p.compute)
    test = read_rows(plan.backtest.forecast, p.time.customer_shares)
    y, predictions = test[TARGET].to_numpy(), model.predict(test)
    f = predictions["predicted_clv"].to_numpy()
    judgement = judged(p, plan, model, test, predictions)
    groups, least = groups_of(test, plan.backtest.as_of, f), p.evaluate.min_group_customers
    slices = slice_table(y, predictions, groups, LEVELS, least)
    fairness = fairness_table(y, predictions, groups, least)

    today = Forecaster.load(paths.TODAY_MODEL, p.compute)
    drift = drift_table(read_drift_samples(plan, p.time.customer_shares, today, p.seed), p.evaluate.drift)
    factor = Factor.of_bias(judgement.metrics)
    advice = recommendation(drift, factor, p.evaluate.limits.bias)
    recalibration = window_coverage(y, predictions, LEVELS, fold_of(test[CUSTOMER].to_numpy(), 2, "recalibration"))

    rolling, limits = pd.read_csv(paths.ROLLING), p.evaluate.limits
    checks = verdict(judgement.of_ensemble(), judgement.wins, judgement.ceiling, slices, rolling, drift, limits)
    headline = {**judgement.headline(), "customers": len(y)}
    statistics = {
        "factor": asdict(factor),
        "recommendation": advice,
        "status": drift["status"].value_counts().to_dict(),
    }
    card = Card(
        plan=plan,
        source=source_of(p),
        currency=p.currency,
        data=storage.read_json(paths.PREPROCESS_METRICS),
        weights=today.weights,
        versions=library_versions(),
        customers=len(y),
        metrics=judgement.metrics,
        slices=slices,
        gaps=largest_gaps(fairness),
        checks=checks,
        advice=advice,
        confidence=p.evaluate.confidence,
        min_customers=least,
    )

    rows = pd.DataFrame({CUSTOMER: test[CUSTOMER]}).join(predictions).assign(realised=y)
    storage.write_table(rows, paths.TEST_FORECASTS)
    storage.write_json(headline, paths.EVALUATE_METRICS)
    storage.write_json(statistics, paths.DRIFT_METRICS)
    storage.write_json([asdict(check) for check in checks], paths.VERDICT)
    storage.write_text(card.to_markdown(), paths.MODEL_CARD)
    tables = (
        judgement.metrics, judgement.wins, judgement.ceiling, slices, fairness, drift, recalibration, judgement.gain,
        judgement.deciles, judgement.residuals, judgement.coverage, judgement.pit,
    )  # fmt: skip
    for made, path in zip(tables, EMPTY, strict=True):
        storage.write_csv(made, path)
    print(
        f"evaluate: {len(y):,} customers, Gini {headline['gini']:.3f}, bias {headline['bias']:+.1%}, "
        f"95% intervals cover {headline['coverage_95']:.1%}"
    )
    stop_on(checks, p.evaluate.fail_on)


if __name__ == "__main__":
    run_stage(main)
