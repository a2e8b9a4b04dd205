"""The uncertainty of the mean forecast of a group of customers."""

import numpy as np
import pandas as pd

from clv.evaluation.forecast_names import ENSEMBLE
from clv.evaluation.months_interval import NORMAL_95


def level_error(rolling: pd.DataFrame) -> float:
    """Root mean square error of the total forecast at earlier dates, relative to the realised total.

    `rolling` has one row per origin and forecast, as the stage backtest wrote it; 0 where there was no origin.
    """
    bias = rolling.loc[rolling["forecast"] == ENSEMBLE, "bias"]
    return float(np.sqrt((bias**2).mean())) if len(bias) else 0.0


def own_sd(values: pd.DataFrame) -> float:
    """Standard deviation of the total of customers from the error of each customer alone, money.

    Errors are normal, with the intervals `lower_95` to `upper_95`.
    """
    return float(np.sqrt((((values["upper_95"] - values["lower_95"]) / (2 * NORMAL_95)) ** 2).sum()))


def interval_of_mean(values: pd.DataFrame, spread: float) -> tuple[float, float]:
    """95% interval of the mean value of the customers of a group, money, 0 or more; NaN without customers.

    `values` has `predicted_clv`, `lower_95` and `upper_95`, one row per customer. The errors of customers are
    independent, with the standard deviation of a normal distribution that has their interval, and average out. The
    error of the level is common to all, a share `spread` of the mean, and does not. `spread` is the standard deviation
    of the log of a total (`clv.models.calibration.level`).
    """
    n, mean = len(values), float(values["predicted_clv"].mean())
    sd = float(np.hypot(own_sd(values) / max(n, 1), spread * mean))
    return max(mean - NORMAL_95 * sd, 0.0), mean + NORMAL_95 * sd
