"""Judge the backtest on customers and a window that it never saw.

Reads: the backtest's rows of data/snapshots/, models/backtest/; of a synthetic shop also data/raw/truth.parquet.
Writes: data/test_forecasts.parquet (one row per test customer), reports/metrics/evaluate.json (the ensemble),
reports/plots/comparison.csv (every learner and baseline, and of a synthetic shop what its truth would have forecast),
and the gain, decile and coverage tables in reports/plots/.
"""

import pandas as pd

from clv import params, paths, storage
from clv.errors import run_stage
from clv.evaluation.baselines import BASELINES
from clv.evaluation.metrics import evaluate
from clv.evaluation.tables import comparison, coverage_table, decile_table, gain_curve
from clv.evaluation.truth import latent_forecast
from clv.features.columns import TARGET
from clv.features.store import read_plan, read_rows
from clv.models.forecaster import Forecaster
from clv.models.intervals import LEVELS


def main() -> None:
    p = params.load()
    plan = read_plan()
    model = Forecaster.load(paths.BACKTEST_MODEL, p.compute)
    test = read_rows(plan.backtest.forecast, p.time.customer_shares)
    y = test[TARGET].to_numpy()
    predictions = model.predict(test)
    ensemble = predictions["predicted_clv"].to_numpy()
    learners = model.predict_learners(test)
    forecasts = {"ensemble": ensemble}
    forecasts |= {str(name): values.to_numpy() for name, values in learners.items()}
    forecasts |= {name: baseline(test, plan.horizon_days) for name, baseline in BASELINES.items()}

    truth = None
    if paths.TRUTH.exists():
        truth = latent_forecast(storage.read_table(paths.TRUTH), test["customer_id"], plan.backtest.forecast.cutoff)
    table = comparison(y, forecasts if truth is None else {**forecasts, "latent_truth": truth})
    drawn = {name: forecasts[name] for name in ("ensemble", "btyd", *BASELINES)}
    coverage = coverage_table(y, predictions, LEVELS)
    overall = coverage[coverage["decile"] == "all"].iloc[0]
    metrics = {
        **evaluate(y, ensemble),
        **{str(name): value for name, value in overall.drop(["decile", "customers"]).items()},
        "customers": len(y),
        "realised_total": float(y.sum()),
        "forecast_total": float(ensemble.sum()),
    }

    rows = pd.DataFrame({"customer_id": test["customer_id"]}).join(predictions).assign(realised=y)
    storage.write_table(rows, paths.TEST_FORECASTS)
    storage.write_json(metrics, paths.EVALUATE_METRICS)
    storage.write_csv(table, paths.COMPARISON)
    storage.write_csv(gain_curve(y, drawn), paths.GAIN_CURVE)
    storage.write_csv(decile_table(y, ensemble), paths.DECILES)
    storage.write_csv(coverage, paths.COVERAGE)
    print(
        f"evaluate: {len(y):,} customers, Gini {metrics['gini']:.3f}, bias {metrics['bias']:+.1%}, "
        f"95% intervals cover {metrics['coverage_95']:.1%}"
    )


if __name__ == "__main__":
    run_stage(main)
