"""The level of a forecast: what it says of all customers together.

Trees fitted to older snapshots forecast the total of those days. Each learner's total is therefore set to that of the
buy-till-you-die forecast, which is fitted to the very snapshot that is forecast, times a ratio: what customers of the
labelled snapshots spent, over what the buy-till-you-die models had said of them.
"""

from collections.abc import Sequence

import numpy as np

from clv.models.rounding import significant
from clv.models.samples import Sample


def level_of(samples: Sequence[Sample]) -> float:
    """What the customers of labelled samples spent, over what the buy-till-you-die models said they would.

    The ratio swings with the season of a window, so it is shrunk towards 1 on a log scale, as if one window more had
    come out as forecast: with k separate windows to the power k / (k + 1).
    """
    actual = sum(float(sample.target.sum()) for sample in samples)
    expected = sum(sample.btyd_total for sample in samples)
    if actual <= 0 or expected <= 0:
        return 1.0
    windows = _separate_windows(samples)
    return significant((actual / expected) ** (windows / (windows + 1)), 6)


def _separate_windows(samples: Sequence[Sample]) -> int:
    """How many windows there are that do not overlap: those of cutoffs a quarter apart share most of their days."""
    cutoffs = [sample.cutoff for sample in samples]
    return (max(cutoffs) - min(cutoffs)).days // samples[0].btyd.horizon_days + 1


def scale_to(raw: np.ndarray, sample: Sample, level: float) -> float:
    """The factor that brings raw forecasts (n,) for a sample to the total it should have; 1 if they are all zero."""
    total = float(raw.sum())
    return significant(sample.btyd_total * level / total, 8) if total > 0 else 1.0
