"""A holdout of arrays, for tests that need no snapshot."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from clv.evaluation.distribution import scores_of
from clv.evaluation.holdout import PREDICTED, Holdout


def holdout(
    y: np.ndarray,
    predictions: pd.DataFrame,
    quantiles: np.ndarray,
    beside: Mapping[str, np.ndarray],
    groups: Mapping[str, np.ndarray] | None = None,
) -> Holdout:
    """Customers with one order if they spent anything, with quantiles (q, n) and other forecasts (n,) by name."""
    predicted = {name: predictions[name].to_numpy() for name in PREDICTED}
    found = {name: pd.Categorical(values) for name, values in (groups or {}).items()}
    ids = pd.Series([f"c{i:06d}" for i in range(len(y))], dtype="str")
    realised = {"y": y, "orders": np.where(y > 0, 1.0, 0.0)}
    return Holdout(ids, realised, predicted, scores_of(np.maximum(y, 0), quantiles), dict(beside), found, {})
