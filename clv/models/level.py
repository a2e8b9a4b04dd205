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

# Windows' worth of doubt: how far a ratio swings from one window to the next, over how far good models are off on
# average, both squared. The number of orders swings with the times; spend per order hardly does.
DOUBT_ORDERS = 4
DOUBT_SPEND = 1


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

    Only the newest window and those that overlap the window before it: shops change. It is as if so many more windows
    had come out as forecast as there is doubt.
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
        orders=significant((orders / expected) ** (windows / (windows + DOUBT_ORDERS)), 6),
        spend=significant((spent / foreseen) ** (windows / (windows + DOUBT_SPEND)), 6),
    )


def _separate_windows(samples: Sequence[Sample]) -> int:
    """How many windows there are that do not overlap: those of cutoffs a quarter apart share most of their days."""
    cutoffs = [sample.cutoff for sample in samples]
    return (max(cutoffs) - min(cutoffs)).days // samples[0].btyd.horizon_days + 1


def scale_to(raw: np.ndarray, total: float) -> float:
    """The factor that brings forecasts (n,) to a total; 1 if they are all zero."""
    now = float(raw.sum())
    return significant(total / now, 8) if now > 0 else 1.0
