"""The level of a forecast: what it says of all customers together.

Trees fitted to older snapshots forecast the total of those days. Each learner's total is therefore set to that of the
buy-till-you-die forecast, which is fitted to the very snapshot that is forecast, times a level: what customers of the
latest labelled windows ordered and spent, over what the buy-till-you-die models had said of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clv.models.rounding import significant
from clv.models.samples import Sample

NOISE = 0.14  # log ratio by which the orders of one window are off without meaning anything: times are good or bad
DOUBT_SPEND = 1  # windows' worth of doubt about spend per order, which hardly swings with the times


@dataclass(frozen=True)
class Level:
    """Factors on the buy-till-you-die forecast: of the number of orders, and of the value of an order."""

    orders: float = 1.0
    spend: float = 1.0

    @property
    def value(self) -> float:
        """Factor on the value."""
        return self.orders * self.spend


def level_of(samples: Sequence[Sample]) -> Level:
    """What labelled samples ordered and spent, over what was forecast, shrunk towards 1 on a log scale.

    Only the newest window and those that overlap the window before it: shops change. A ratio of orders x that windows
    swing by anyway is hardly believed, one far beyond is: its log is shrunk by x^2 / (x^2 + noise^2), the noise that of
    the mean of so many windows.
    """
    newest = max(sample.cutoff for sample in samples)
    recent = [s for s in samples if (newest - s.cutoff).days < 2 * s.btyd.horizon_days]
    orders = sum(float(s.orders.sum()) for s in recent)
    expected = sum(float(s.features["btyd_orders"].sum()) for s in recent)
    spent = sum(float(s.target.sum()) for s in recent)
    foreseen = sum(float((s.features["btyd_spend"].to_numpy() * s.orders).sum()) for s in recent)
    if min(orders, expected, spent, foreseen) <= 0:
        return Level()
    windows = _separate_windows(recent)
    return Level(
        orders=significant(_believed(orders / expected, windows), 6),
        spend=significant((spent / foreseen) ** (windows / (windows + DOUBT_SPEND)), 6),
    )


def _believed(ratio: float, windows: int) -> float:
    off = np.log(ratio)
    return float(np.exp(off**3 / (off**2 + NOISE**2 / windows))) if off else 1.0


def _separate_windows(samples: Sequence[Sample]) -> int:
    """How many windows there are that do not overlap: those of cutoffs a quarter apart share most of their days."""
    cutoffs = [sample.cutoff for sample in samples]
    return (max(cutoffs) - min(cutoffs)).days // samples[0].btyd.horizon_days + 1


def scale_to(raw: np.ndarray, total: float) -> float:
    """The factor that brings forecasts (n,) to a total; 1 if they are all zero."""
    now = float(raw.sum())
    return significant(total / now, 8) if now > 0 else 1.0
