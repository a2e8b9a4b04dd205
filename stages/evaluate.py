"""Judge the backtest on customers and a window that it never saw.

Reads: the backtest's rows of data/snapshots/, models/backtest/; of a synthetic shop also data/raw/truth.parquet.
Writes: data/test_forecasts.parquet (one row per test customer), reports/metrics/evaluate.json (the ensemble),
reports/plots/comparison.csv (every learner and baseline, the buy-till-you-die forecast before season and level, of a
synthetic shop what its truth would have forecast), and the gain, decile and coverage tables in reports/plots/. Where no
window is over there is no backtest, and all of them are empty.
"""

import pandas as pd

from clv import params, paths, storage
from clv.errors import run_stage
from clv.evaluation.baselines import BASELINES
from clv.evaluation.metrics import brier, evaluate
from clv.evaluation.tables import (
    cohorts,
    comparison,
    coverage_by_group,
    coverage_table,
    decile_table,
    gain_curve,
)
from clv.evaluation.truth import latent_forecast
from clv.features.columns import TARGET
from clv.features.store import read_plan, read_snapshot
from clv.models.forecaster import Forecaster
from clv.models.intervals import LEVELS
from clv.models.season import NO_SEASON
from clv.timeline import in_parts

TABLES = (paths.COMPARISON, paths.GAIN_CURVE, paths.DECILES, paths.COVERAGE, paths.COVERAGE_GROUPS)


def write_nothing(why: str) -> None:
    """Every output, empty."""
    storage.write_table(pd.DataFrame({"customer_id": [], "realised": []}), paths.TEST_FORECASTS)
    storage.write_json({"customers": 0, "why": why}, paths.EVALUATE_METRICS)
    for path in TABLES:
        storage.write_csv(pd.DataFrame(columns=["customers"]), path)
    print(f"evaluate: nothing to judge by: {why}")


def main() -> None:
    p = params.load()
    plan = read_plan()
    if plan.backtest is None:
        write_nothing(plan.why)
        return
    cutoff = plan.backtest.forecast.cutoff
    model = Forecaster.load(paths.BACKTEST_MODEL, p.compute)
    snapshot = read_snapshot(plan.backtest.forecast)
    chosen = in_parts(snapshot["customer_id"], plan.backtest.forecast.parts, p.time.customer_shares)
    test = snapshot[chosen].reset_index(drop=True)
    y = test[TARGET].to_numpy()
    predictions = model.predict(test)
    ensemble = predictions["predicted_clv"].to_numpy()
    forecasts = {"ensemble": ensemble}
    forecasts |= {str(name): values.to_numpy() for name, values in model.predict_learners(test).items()}
    forecasts["btyd_no_season"] = model.btyd.refitted(snapshot, NO_SEASON).outputs(test)["btyd_value"].to_numpy()
    forecasts |= {name: baseline(test, plan.horizon_days) for name, baseline in BASELINES.items()}

    truth = None
    if paths.TRUTH.exists():
        truth = latent_forecast(storage.read_table(paths.TRUTH), test["customer_id"], cutoff)
    table = comparison(y, forecasts if truth is None else {**forecasts, "latent_truth": truth})
    drawn = {name: forecasts[name] for name in ("ensemble", "btyd", *BASELINES)}
    coverage = coverage_table(y, predictions, LEVELS)
    grouped = coverage_by_group(y, predictions, LEVELS, cohorts(test, cutoff))
    overall = coverage[coverage["decile"] == "all"].iloc[0]
    metrics = {
        **evaluate(y, ensemble),
        **{str(name): value for name, value in overall.drop(["decile", "customers"]).items()},
        "customers": len(y),
        "realised_total": float(y.sum()),
        "forecast_total": float(ensemble.sum()),
        "purchase_brier": brier(y > 0, predictions["p_purchase"].to_numpy()),
    }

    rows = pd.DataFrame({"customer_id": test["customer_id"]}).join(predictions).assign(realised=y)
    storage.write_table(rows, paths.TEST_FORECASTS)
    storage.write_json(metrics, paths.EVALUATE_METRICS)
    tables = (table, gain_curve(y, drawn), decile_table(y, ensemble), coverage, grouped)
    for made, path in zip(tables, TABLES, strict=True):
        storage.write_csv(made, path)
    print(
        f"evaluate: {len(y):,} customers, Gini {metrics['gini']:.3f}, bias {metrics['bias']:+.1%}, "
        f"95% intervals cover {metrics['coverage_95']:.1%}"
    )


if __name__ == "__main__":
    run_stage(main)
