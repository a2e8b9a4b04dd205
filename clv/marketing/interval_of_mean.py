"""How sure the mean forecast of a group of customers is."""

import numpy as np
import pandas as pd

from clv.evaluation.forecast_names import ENSEMBLE
from clv.evaluation.months_interval import NORMAL_95


def level_error(rolling: pd.DataFrame) -> float:
    """How far the total forecast was off as of earlier dates, relative to what was realised: root mean square.

    `rolling` has one row per origin and forecast, as the stage backtest wrote it; 0 where there was no origin.
    """
    bias = rolling.loc[rolling["forecast"] == ENSEMBLE, "bias"]
    return float(np.sqrt((bias**2).mean())) if len(bias) else 0.0


def own_sd(values: pd.DataFrame) -> float:
    """Standard deviation of the total of customers by what each alone may be off, money.

    As of normal distributions with their intervals `lower_95` to `upper_95`.
    """
    return float(np.sqrt((((values["upper_95"] - values["lower_95"]) / (2 * NORMAL_95)) ** 2).sum()))


def interval_of_mean(values: pd.DataFrame, spread: float) -> tuple[float, float]:
    """95% interval of the mean value of the customers of a group, money, 0 or more; NaN for nobody.

    `values` has `predicted_clv`, `lower_95` and `upper_95`, one row per customer. Customers differ from their forecasts
    independently, by a standard deviation as of a normal distribution with their interval, which averages out; the
    level of all of them errs together, by the share `spread` of the mean, and does not. That is the standard deviation
    of the log of a total (`clv.models.calibration.level`).
    """
    n, mean = len(values), float(values["predicted_clv"].mean())
    sd = float(np.hypot(own_sd(values) / max(n, 1), spread * mean))
    return max(mean - NORMAL_95 * sd, 0.0), mean + NORMAL_95 * sd
