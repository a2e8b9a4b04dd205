"""What an estimate from aggregates is worth: `python -m benchmarks.aggregate_estimate`, after `dvc repro`.

Each test customer of the backtest is reduced to orders, spend and the days since the first and the last order. Prints
the Gini of the estimates, and the coverage of their intervals, of all customers and by tenths of the estimate. The
figures of the full model stand beside them. Exits 1 where the Gini is below .95 of the full model's, or where the
coverage of all customers is more than 2 points off its level.
"""

import sys

import numpy as np
import pandas as pd

from clv import params, paths
from clv.errors import InputError, run_stage
from clv.evaluation.forecast_parts import read_test_forecasts
from clv.evaluation.metrics import evaluate
from clv.features.columns import TARGET
from clv.features.store import Snapshots, n_customers, read_plan
from clv.machine import Machine
from clv.models.calibration.intervals import LEVELS
from clv.models.forecaster import Forecaster
from clv.serving.aggregates import LOOKED_AT, Aggregates, estimates

LEAST_GINI, MOST_OFF = 0.95, 0.02


def reduced(snapshot: pd.DataFrame) -> pd.DataFrame:
    """The customers as `Aggregates` has them, spend in whole cents; one row per row of the snapshot, same index."""
    orders = snapshot["frequency"].to_numpy() + 1
    spend = np.round(orders * snapshot["monetary_value"].to_numpy(), 2)
    given = zip(orders, spend, snapshot["tenure_days"], snapshot["recency_days"], strict=True)
    rows = [Aggregates(int(n), float(s), int(first), int(last)).row() for n, s, first, last in given]
    return pd.concat(rows).set_index(snapshot.index)


def covered(y: np.ndarray, rows: pd.DataFrame, prefix: str = "") -> pd.DataFrame:
    """Coverage minus its level, for each level, of all customers and by tenths of the forecast; (11, levels)."""
    value = rows[f"{prefix}clv" if prefix else "predicted_clv"]
    tenth = pd.qcut(value.rank(method="first"), 10, labels=False) + 1
    found = {}
    for level in LEVELS:
        inside = pd.Series((y >= rows[f"{prefix}lower_{level}"]) & (y <= rows[f"{prefix}upper_{level}"]))
        found[f"{level}%"] = pd.concat([pd.Series({"all": inside.mean()}), inside.groupby(tenth).mean()]) - level / 100
    return pd.DataFrame(found)


def main() -> None:
    plan = read_plan()
    if plan.backtest is None:
        raise InputError(f"there is no backtest to judge by: {plan.why}")
    rows, shares = plan.backtest.forecast, params.load().time.customer_shares
    test = Snapshots().rows(rows, shares, n_customers(rows))
    model = Forecaster.load(paths.BACKTEST_MODEL, Machine(1))
    full = read_test_forecasts()
    found = estimates(model, reduced(test))
    y = test[TARGET].to_numpy()
    own, whole = (evaluate(y, f.to_numpy())["gini"] for f in (found["estimated_clv"], full["predicted_clv"]))
    print(f"{len(test):,} customers, {len(LOOKED_AT)} of {len(model.features)} features")
    print(f"Gini {own:.4f}, of the full model {whole:.4f}: {own / whole:.4f} of it")
    table = pd.concat(
        {"estimate": covered(y, found, "estimated_"), "full model": covered(y, full)},
        axis=1,
    )
    print("coverage less its level, of all and by tenths of the forecast, the lowest first\n")
    print(table.map("{:+.3f}".format).to_string())
    off = covered(y, found, "estimated_").abs().max(axis=1)["all"]
    if own < LEAST_GINI * whole or off > MOST_OFF:
        print(f"too little: Gini {own / whole:.4f} of the full model's, coverage {off:.4f} off")
        sys.exit(1)


if __name__ == "__main__":
    run_stage(main)
