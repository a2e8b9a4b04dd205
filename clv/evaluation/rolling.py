"""The recipe judged at earlier dates: how its metrics vary from origin to origin.

Source: Tashman (2000), "Out-of-sample tests of forecasting accuracy: an analysis and review", International Journal of
Forecasting 16, 437-450.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from clv.evaluation.forecast_names import ENSEMBLE
from clv.evaluation.metrics import METRICS, evaluate
from clv.evaluation.recalibration import inside_predicted
from clv.models.calibration.intervals import LEVELS

COVERAGES = tuple(f"coverage_{level}" for level in LEVELS)
SPREAD = ("gini", "bias", "mae", "coverage_95")  # the metrics whose spread is shown
COLUMNS = ("as_of", "forecast", "customers", *(metric.name for metric in METRICS), *COVERAGES)


def judged(as_of: date, y: np.ndarray, predictions: pd.DataFrame, others: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """One row per forecast of one origin, in COLUMNS: the ensemble, then the others by name.

    `y` (n,) is realised value, in money; `predictions` are the forecaster's, one row per customer; the others are (n,)
    each. The coverage of forecasts without intervals is NaN.
    """
    known = {"as_of": str(as_of), "customers": len(y)}
    rows = [{**known, "forecast": ENSEMBLE, **evaluate(y, predictions["predicted_clv"].to_numpy())}]
    rows[0] |= dict(zip(COVERAGES, (_coverage(y, predictions, level) for level in LEVELS), strict=True))
    rows += [{**known, "forecast": name, **evaluate(y, forecast)} for name, forecast in others.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def together(origins: Iterable[pd.DataFrame], columns: Sequence[str] = COLUMNS) -> pd.DataFrame:
    """The rows of all origins, the oldest first, by their column as_of; without any, an empty table with `columns`."""
    tables = sorted((table for table in origins if len(table)), key=lambda table: table["as_of"].iloc[0])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(columns))


def by_origin(rolling: pd.DataFrame, last_day: date) -> pd.DataFrame:
    """One row per origin, the oldest first: `days_before` (from the last day, negative), and the Gini by forecast."""
    table = rolling.pivot_table(index="as_of", columns="forecast", values="gini", sort=False)
    before = [(date.fromisoformat(str(as_of)) - last_day).days for as_of in table.index]
    columns = {str(name): table[name].to_numpy() for name in table}
    return pd.DataFrame({"days_before": before, **columns})


def spread(rolling: pd.DataFrame) -> pd.DataFrame:
    """One row per forecast, in their order: number of `origins`, and `gini_mean`, `gini_sd`, `gini_min` and `gini_max`.

    The other metrics of SPREAD have the same columns. The standard deviation is that of a sample (over n - 1), NaN for
    a single origin; NaN values are left out.
    """
    groups = rolling.groupby("forecast", sort=False)
    columns: dict[str, pd.Series] = {"origins": groups.size()}
    for metric in SPREAD:
        values = groups[metric]
        columns |= {
            f"{metric}_mean": values.mean(),
            f"{metric}_sd": values.std(ddof=1),
            f"{metric}_min": values.min(),
            f"{metric}_max": values.max(),
        }
    return pd.DataFrame(columns).reset_index(names="forecast")


def _coverage(y: np.ndarray, predictions: pd.DataFrame, level: int) -> float:
    return float(inside_predicted(y, predictions, level).mean()) if len(y) else float("nan")
