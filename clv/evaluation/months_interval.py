"""The uncertainty of revenue by month: an error of the level, which all months share, and the noise of each month.

The log error of a month is that of the level, shared by all months of a forecast, plus noise of its own. The noise is
that of past months around the total of their forecast; the error of the level is the rest of the error of the whole
horizon. Beyond the horizon the level continues to drift: its variance grows with time as that of a random walk does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from clv.evaluation.months_judged import FORECAST
from clv.models.rounding import significant

LEVELS = (90, 95)  # percent
NORMAL_95 = 1.959964
CENT = 0.01  # smaller amounts count as 0


@dataclass(frozen=True)
class Uncertainty:
    """Standard deviations of the log error: of the total of the horizon, and of one month around its level.

    `total` is None where nothing shows how far totals are off; there are no intervals then.
    """

    total: float | None
    noise: float

    def of(self, forecast: np.ndarray, days: Sequence[int], horizon_days: int) -> tuple[np.ndarray, np.ndarray]:
        """Standard deviation of the log of each month (k,), and of all months up to it (k,); NaN where not known.

        `forecast` (k,) is in money; `days` is the number of days until the end of each month.
        """
        ends = np.asarray(days, dtype="float64")
        if self.total is None:
            return np.full(len(ends), np.nan), np.full(len(ends), np.nan)
        weight = np.maximum(forecast, 0.0)
        luck = self.noise**2 * _concentration(weight)
        inside = max(int((ends <= horizon_days).sum()), 1)
        level = max(self.total**2 - luck[inside - 1], 0.0) * np.maximum(ends / horizon_days, 1.0)
        return np.sqrt(level + self.noise**2), np.sqrt(level + luck)


def uncertainty(past: pd.DataFrame, total: float | None) -> Uncertainty:
    """Estimate the uncertainty from past months of one kind (`clv.evaluation.months_judged`).

    `total` is the standard deviation of totals, if it is known. Otherwise it is the root mean square error of the
    totals of these months over their dates, widened by Student's t for so few dates, and None without any date.
    """
    known = past[(past["realised"] > 0) & (past[FORECAST] > 0) & ~past["is_extrapolated"].astype("bool")]
    known = known.assign(error=np.log(known["realised"].to_numpy() / known[FORECAST].to_numpy()))
    sums = known.groupby("as_of")[["realised", FORECAST]].sum()
    levels = pd.Series(np.log(sums["realised"].to_numpy() / sums[FORECAST].to_numpy()), sums.index)
    around = known["error"].to_numpy() - known["as_of"].map(levels).to_numpy()
    free = len(known) - len(levels)
    noise = float(np.sqrt((around**2).sum() / free)) if free > 0 else 0.0
    if total is None and len(levels):
        wider = float(stdtrit(len(levels), 0.975)) / NORMAL_95
        total = float(np.sqrt((levels**2).mean())) * wider
    return Uncertainty(None if total is None else significant(total, 6), significant(noise, 6))


def bounds(forecast: np.ndarray, sd: np.ndarray) -> dict[str, np.ndarray]:
    """Lower and upper bounds of forecasts (k,) whose logs have a standard deviation (k,), by name; in the unit given.

    Lognormal: the forecast times, and divided by, the same factor.
    """
    found: dict[str, np.ndarray] = {}
    for level in LEVELS:
        factor = np.exp(ndtri(0.5 + level / 200) * sd)
        found |= {f"lower_{level}": np.round(forecast / factor, 2), f"upper_{level}": np.round(forecast * factor, 2)}
    return found


def of_sum(parts: Sequence[np.ndarray], sds: Sequence[np.ndarray]) -> np.ndarray:
    """Standard deviation of the log of sums (k,) of parts (k,) whose errors are independent, each with its own (k,)."""
    total = np.sum(parts, axis=0)
    variance = np.sum([(part * sd) ** 2 for part, sd in zip(parts, sds, strict=True)], axis=0)
    return np.divide(np.sqrt(variance), total, out=np.zeros(len(total)), where=total > 0)


def _concentration(weight: np.ndarray) -> np.ndarray:
    """For the first months together, 1 over the number of equal months that would vary as much as they do, (k,)."""
    squares, sums = np.cumsum(weight**2), np.cumsum(weight)
    return np.divide(squares, sums**2, out=np.ones(len(weight)), where=sums >= CENT)
