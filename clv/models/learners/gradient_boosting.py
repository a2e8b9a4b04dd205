"""scikit-learn's histogram gradient boosting with the Poisson loss."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from clv.machine import Machine
from clv.models.learners.matrices import categorical, coded
from clv.models.learners.ranges import DrawnShare, LeafRows, LearningRate, Leaves, Rounds
from clv.models.learners.target import Target, training_rows
from clv.strict import Between

BINS = 63  # of a feature's values


@dataclass(frozen=True)
class GradientBoostingParams:
    n_rounds: Rounds
    learning_rate: LearningRate
    max_leaves: Leaves
    min_leaf_rows: LeafRows
    feature_share: DrawnShare
    l2: Annotated[float, Between(0, 1e9)]


class GradientBoostingLearner:
    """Gradient boosted trees that split categories and missing values by themselves."""

    name: ClassVar[str] = "gradient_boosting"
    title: ClassVar[str] = "Gradient boosting"
    section: ClassVar[type] = GradientBoostingParams

    def __init__(self, params: GradientBoostingParams, machine: Machine, seed: int):
        self.params = params
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None) -> None:
        """Fit on encoded features, values in money (n,), negative ones as 0, not all of them 0, and weights (n,)."""
        from sklearn.ensemble import HistGradientBoostingRegressor

        X, y, w = training_rows(X, y, weight)
        self.target = Target.fit(y, w)
        self.model = HistGradientBoostingRegressor(
            loss="poisson",
            max_iter=self.params.n_rounds,
            learning_rate=self.params.learning_rate,
            max_leaf_nodes=self.params.max_leaves,
            min_samples_leaf=self.params.min_leaf_rows,
            max_features=self.params.feature_share,
            l2_regularization=self.params.l2,
            categorical_features=categorical(X),
            max_bins=BINS,
            early_stopping=False,
            random_state=self.seed,
        )
        matrix = np.column_stack([_thinned(column) for column in coded(X).T])
        with threadpool_limits(1):  # gradients add up in another order with more threads
            self.model.fit(matrix, self.target.scaled(y), sample_weight=w)

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Expected value in money, (n,), 0 or more."""
        with threadpool_limits(1):
            return self.target.money(self.model.predict(coded(X)))

    def save(self, folder: Path) -> None:
        """Write gradient_boosting.joblib: the model and the scale of its target."""
        import joblib

        joblib.dump((self.model, self.target.to_dict()), folder / "gradient_boosting.joblib", compress=("zlib", 3))

    def load(self, folder: Path) -> None:
        """Read what `save` wrote."""
        import joblib

        self.model, target = joblib.load(folder / "gradient_boosting.joblib")
        self.target = Target(**target)


def _thinned(column: np.ndarray) -> np.ndarray:
    """Each value, (n,), brought down to the nearest of at most `BINS` quantiles; 0 where there is no value at all.

    scikit-learn would do as much, but takes longer to find the quantiles of weighted rows than to grow the trees, and
    fails on columns without any value. Its thresholds are midpoints of these, so forecasts need not be thinned.
    """
    known = ~np.isnan(column)
    if not known.any():
        return np.zeros(len(column))
    edges = np.unique(np.quantile(column[known], np.linspace(0, 1, BINS), method="inverted_cdf"))
    return np.where(known, edges[np.searchsorted(edges, column, side="right") - 1], np.nan)
