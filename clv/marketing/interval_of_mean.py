"""How sure the mean forecast of a group of customers is."""

import numpy as np
import pandas as pd

from clv.evaluation.forecast_names import ENSEMBLE

NORMAL_95 = 1.959964


def level_error(rolling: pd.DataFrame) -> float:
    """How far the total forecast was off as of earlier dates, relative to what was realised: root mean square.

    `rolling` has one row per origin and forecast, as the stage backtest wrote it; 0 where there was no origin.
    """
    bias = rolling.loc[rolling["forecast"] == ENSEMBLE, "bias"]
    return float(np.sqrt((bias**2).mean())) if len(bias) else 0.0


def interval_of_mean(values: pd.DataFrame, spread: float) -> tuple[float, float]:
    """95% interval of the mean value of the customers of a group, money, 0 or more; NaN for nobody.

    `values` has `predicted_clv`, `lower_95` and `upper_95`, one row per customer. Customers differ from their forecasts
    independently, by a standard deviation as of a normal distribution with their interval, which averages out; the
    level of all of them errs together, by the share `spread` of the mean, and does not. That is the standard deviation
    of the log of a total (`clv.models.calibration.level`).
    """
    n, mean = len(values), float(values["predicted_clv"].mean())
    own = ((values["upper_95"] - values["lower_95"]) / (2 * NORMAL_95)).to_numpy()
    sd = float(np.sqrt((own**2).sum() / max(n, 1) ** 2 + (spread * mean) ** 2))
    return max(mean - NORMAL_95 * sd, 0.0), mean + NORMAL_95 * sd
