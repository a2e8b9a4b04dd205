"""Prediction intervals by split conformal calibration, separately for groups of similar forecasts.

Within a group the interval comes from ranks of past errors, so it covers at least its nominal share of new customers
who are exchangeable with the calibration rows of that group, whatever the distribution. With fewer than 19, 39 or 199
rows (for 90, 95 and 99%) there is no such rank: the largest error stands in for it, and the promise does not hold.
Source: Vovk, Gammerman and Shafer (2005), "Algorithmic learning in a random world", section 4.5 (Mondrian conformal
predictors); ranks as in Lei et al. (2018), "Distribution-free predictive inference for regression", JASA 113.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from clv.models.rounding import significant

LEVELS = (90, 95, 99)
MIN_ROWS_PER_BIN = 400  # the 99.5% rank needs 199 rows; with 400 it is not the largest error
SCALE_SHARE = 0.1  # of the mean forecast, added to the scale so that errors of tiny forecasts stay comparable


@dataclass(frozen=True)
class Intervals:
    """Scaled error quantiles per group of forecasts: `low[level][group]` and `high[level][group]`."""

    edges: tuple[float, ...]
    offset: float
    low: dict[int, tuple[float, ...]]
    high: dict[int, tuple[float, ...]]

    @classmethod
    def fit(cls, forecast: np.ndarray, y: np.ndarray, max_bins: int) -> "Intervals":
        """Learn from forecasts (n,) and realised values (n,) that fitted nothing else. Negative values count as 0.

        An equal-tailed interval of a value that is mostly 0 covers too much: where 0 is at least as frequent as the
        lower tail, the lower end is 0 and the whole error share goes to the upper tail.
        """
        y = np.maximum(y, 0)
        n_bins = max(1, min(max_bins, len(y) // MIN_ROWS_PER_BIN))
        # Ranks first: quantiles of tied forecasts would make empty groups.
        order = np.argsort(forecast, kind="stable")
        cuts = [order[len(y) * i // n_bins] for i in range(1, n_bins)]
        # Ties collapse: an edge at the smallest forecast would leave the group below it empty.
        edges = tuple(float(edge) for edge in np.unique(forecast[cuts]) if edge > forecast.min()) if cuts else ()
        offset = significant(max(SCALE_SHARE * float(forecast.mean()), 1e-6), 10)
        group = np.searchsorted(edges, forecast, side="right")
        score = (y - forecast) / (forecast + offset)
        low: dict[int, list[float]] = {level: [] for level in LEVELS}
        high: dict[int, list[float]] = {level: [] for level in LEVELS}
        for g in range(len(edges) + 1):
            sorted_scores = np.sort(score[group == g])
            zero_share = float((y[group == g] == 0).mean())
            for level in LEVELS:
                miss = 1 - level / 100
                one_sided = zero_share >= miss / 2
                low[level].append(-1e12 if one_sided else significant(_lower_rank(sorted_scores, miss / 2), 10))
                high[level].append(significant(_upper_rank(sorted_scores, miss if one_sided else miss / 2), 10))
        return cls(edges, offset, {k: tuple(v) for k, v in low.items()}, {k: tuple(v) for k, v in high.items()})

    def apply(self, forecast: np.ndarray) -> dict[str, np.ndarray]:
        """`lower_90`, `upper_90` and so on, each (n,) in money: 0 or more, nested, and around the forecast."""
        group = np.searchsorted(self.edges, forecast, side="right")
        scale = forecast + self.offset
        lower, upper = forecast, forecast
        columns = {}
        for level in LEVELS:  # from the narrowest outwards, so that each contains the one before
            lower = np.clip(forecast + np.array(self.low[level])[group] * scale, 0, lower)
            upper = np.maximum(forecast + np.array(self.high[level])[group] * scale, upper)
            columns[f"lower_{level}"], columns[f"upper_{level}"] = lower, upper
        return columns

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Intervals":
        """The intervals that `to_dict` wrote."""
        low, high = ({int(level): tuple(v) for level, v in content[side].items()} for side in ("low", "high"))
        return cls(tuple(content["edges"]), content["offset"], low, high)


def _upper_rank(sorted_scores: np.ndarray, miss: float) -> float:
    """The score that at most a share `miss` of new scores exceeds: rank ceil((n + 1)(1 - miss)), or the last."""
    rank = int(np.ceil((len(sorted_scores) + 1) * (1 - miss) - 1e-9))
    return float(sorted_scores[min(rank, len(sorted_scores)) - 1])


def _lower_rank(sorted_scores: np.ndarray, miss: float) -> float:
    return -_upper_rank(-sorted_scores[::-1], miss)
