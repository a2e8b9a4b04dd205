"""The tables behind the charts: gain curve, calibration, residuals and coverage by decile, PIT histogram."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from clv.evaluation.forecast_names import PERFECT
from clv.evaluation.judged import Judged
from clv.evaluation.metrics import DISTRIBUTION_METRICS
from clv.evaluation.ranks import decile_of, ranking

GAIN_POINTS = 101
RESIDUAL_SHARES = (5, 25, 50, 75, 95)  # percent
PIT_BINS = 20


def gain_curve(y: np.ndarray, forecasts: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """One row per percent of customers, highest forecasts first: `customers_share`, and the share of value by forecast.

    The column `perfect` ranks by the realised values themselves. NaN where nothing was realised.
    """
    total = float(y.sum()) if y.sum() > 0 else float("nan")
    share = np.linspace(0, 1, GAIN_POINTS)
    taken = np.round(share * len(y)).astype("int64")
    columns = {"customers_share": share}
    for name, f in {**forecasts, PERFECT: y}.items():
        columns[name] = (np.concatenate([[0.0], np.cumsum(y[ranking(f)])]) / total)[taken]
    return pd.DataFrame(columns)


def decile_table(y: np.ndarray, f: np.ndarray) -> pd.DataFrame:
    """One row per decile of the forecast, 1 the highest: customers, means of forecast and value, share of buyers, lift.

    Lift is the decile's mean realised value over that of all customers.
    """
    frame = pd.DataFrame({"decile": decile_of(f), "forecast_mean": f, "realised_mean": y, "buyer_share": y > 0})
    table = frame.groupby("decile").mean().reset_index()
    table.insert(1, "customers", frame.groupby("decile").size().to_numpy())
    table["lift"] = table["realised_mean"] / y.mean() if y.mean() > 0 else np.nan
    return table


def residual_table(y: np.ndarray, f: np.ndarray) -> pd.DataFrame:
    """One row per decile of the forecast, 1 the highest: mean and quantiles of realised minus forecast, in money."""
    frame = pd.DataFrame({"decile": decile_of(f), "residual": y - f})
    groups = frame.groupby("decile")["residual"]
    table = pd.DataFrame({"customers": groups.size(), "mean": groups.mean()})
    for share in RESIDUAL_SHARES:
        table[f"q{share:02d}"] = groups.quantile(share / 100)
    return table.reset_index()


def pit_table(values: np.ndarray) -> pd.DataFrame:
    """Histogram of a probability integral transform (n,): by bin, the midpoint `pit` and `density`, 1 if uniform."""
    counts, edges = np.histogram(values, PIT_BINS, (0, 1))
    return pd.DataFrame({"pit": (edges[:-1] + edges[1:]) / 2, "density": counts * PIT_BINS / len(values)})


def coverage_table(judged: Judged) -> pd.DataFrame:
    """One row per decile of the forecast, 1 the highest: customers, and `coverage_90`, `width_90` (money) by level.

    An interval of a customer's value starts at 0, so negative net revenue (returns of earlier orders) counts as 0.
    """
    assert judged.placed is not None, "coverage is of intervals"
    decile = decile_of(judged.f)
    # One resample per decile, in which the customers of all other deciles count 0 times.
    counts = np.array([decile == d for d in np.unique(decile)], dtype="float64")
    rows = replace(judged, counts=counts)
    columns = {m.name: m.compute(rows) for m in DISTRIBUTION_METRICS if m.name.startswith(("coverage_", "width_"))}
    return pd.DataFrame({"decile": np.unique(decile), "customers": counts.sum(axis=1).astype("int64"), **columns})
