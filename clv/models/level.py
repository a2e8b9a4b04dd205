"""The level of a forecast: what it says of all customers together.

Trees fitted to older snapshots forecast the total of those days. Each learner's total is therefore set to that of the
buy-till-you-die forecast, which is fitted to the very snapshot that is forecast, times the ratio of what customers of
the labelled snapshots spent to what the buy-till-you-die models had said of them.
"""

from collections.abc import Sequence

import numpy as np

from clv.models.rounding import significant
from clv.models.samples import Sample


def level_of(samples: Sequence[Sample]) -> float:
    """What the customers of labelled samples spent, over what the buy-till-you-die models said they would."""
    actual = sum(float(sample.target.sum()) for sample in samples)
    expected = sum(sample.btyd_total for sample in samples)
    return significant(max(actual, 0.0) / expected, 6) if expected > 0 else 1.0


def scale_to(raw: np.ndarray, sample: Sample, level: float) -> float:
    """The factor that brings raw forecasts (n,) for a sample to the total it should have; 1 if they are all zero."""
    total = float(raw.sum())
    return significant(sample.btyd_total * level / total, 8) if total > 0 else 1.0
