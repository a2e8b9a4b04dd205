"""The level of a forecast in the newest completed window, and the coverage of intervals once the level is corrected.

A factor on the total corrects for a change that affects all orders alike, such as a jump in prices: each value, and so
each interval, is multiplied by the factor. It cannot correct for a change in which customers buy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.evaluation.distribution import inside
from clv.evaluation.forecast_names import ENSEMBLE
from clv.evaluation.ranks import decile_of

MONEY = ("predicted_clv", "lower_", "upper_", "residual_value")


@dataclass(frozen=True)
class Factor:
    """The factor by which the forecast of a window was too low: realised over forecast total, with its interval.

    The interval comes from resampling customers: it shows how far the factor depends on the sample of customers, but
    not how one window differs from the next. Promotions and the state of the economy move a total by a few percent.
    """

    value: float
    low: float
    high: float

    @classmethod
    def of_bias(cls, metrics: pd.DataFrame) -> "Factor":
        """From the rows of the table of metrics: the ensemble's bias is forecast over realised total, minus 1."""
        row = metrics[(metrics["forecast"] == ENSEMBLE) & (metrics["metric"] == "bias")].iloc[0]
        forecast = (1 + float(row[name]) for name in ("value", "upper", "lower"))
        return cls(*(1 / over if over > 0 else float("nan") for over in forecast))

    def off(self, tolerance: float) -> bool:
        """Whether its interval excludes 1 and it is further than `tolerance` from 1; any window is off by less."""
        return (self.low > 1 or self.high < 1) and abs(self.value - 1) > tolerance


def factor_of(y: np.ndarray, f: np.ndarray) -> float:
    """Realised total over forecast total, of money, (n,) each; 1 where either is not above 0."""
    actual, forecast = float(y.sum()), float(f.sum())
    return actual / forecast if min(actual, forecast) > 0 else 1.0


def recalibrated(predictions: pd.DataFrame, factor: float | np.ndarray) -> pd.DataFrame:
    """Predictions with the forecast, its bounds and the residual value times a factor, or one per row, to the cent."""
    money = [name for name in predictions if str(name).startswith(MONEY)]
    return predictions.assign(**{str(name): (predictions[name] * factor).round(2) for name in money})


def window_coverage(y: np.ndarray, predictions: pd.DataFrame, levels: Sequence[int], fold: np.ndarray) -> pd.DataFrame:
    """One row per `rows` (all, top_decile of the forecast) and `level`: customers, coverage, recalibrated_coverage.

    y is realised value in money, (n,), with negative values as 0; `fold` (n,) divides the customers, best by a hash of
    their ids. Each fold is recalibrated by the factor of the others, so that no customer's own value affects the
    interval.
    """
    forecast, factor = _forecast(predictions), np.empty(len(y))
    for part in np.unique(fold):
        factor[fold == part] = factor_of(y[fold != part], forecast[fold != part])
    mended = recalibrated(predictions, factor)
    rows = []
    for name, chosen in (("all", np.ones(len(y), dtype=bool)), ("top_decile", decile_of(forecast) == 1)):
        for level in levels:
            shares = [float(inside_predicted(y, made, level)[chosen].mean()) for made in (predictions, mended)]
            rows.append((name, level, int(chosen.sum()), *shares))
    return pd.DataFrame(rows, columns=["rows", "level", "customers", "coverage", "recalibrated_coverage"])


def inside_predicted(y: np.ndarray, predictions: pd.DataFrame, level: int) -> np.ndarray:
    """Whether each value (n,) is inside the predicted interval of a level, (n,) of booleans."""
    return inside(y, *(predictions[f"{end}_{level}"].to_numpy() for end in ("lower", "upper")))


def _forecast(predictions: pd.DataFrame) -> np.ndarray:
    return predictions["predicted_clv"].to_numpy()
