"""scikit-learn's random forest, saved without what depends on the machine."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor

from clv.params import ComputeParams, ForestParams


class ForestLearner:
    """Mean of trees grown on random rows and features; missing values are handled by the trees themselves."""

    name = "forest"

    def __init__(self, params: ForestParams, compute: ComputeParams, seed: int):
        self.params = params
        self.threads = compute.threads
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> None:
        """Fit on encoded features and values in money; negative values count as 0."""
        self.model = RandomForestRegressor(
            n_estimators=self.params.n_trees,
            min_samples_leaf=self.params.min_leaf_rows,
            max_features=self.params.feature_share,
            max_samples=self.params.row_share,
            random_state=self.seed,
            n_jobs=self.threads,
        ).fit(X, np.maximum(y, 0))
        self.model.n_jobs = None  # it would be saved; and parallel prediction adds the trees up in a changing order

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Expected value in money, (n,), 0 or more."""
        return np.asarray(self.model.predict(X))

    def save(self, folder: Path) -> None:
        """Write forest.joblib."""
        joblib.dump(self.model, folder / "forest.joblib", compress=("zlib", 3))

    def load(self, folder: Path) -> None:
        """Read what `save` wrote."""
        self.model = joblib.load(folder / "forest.joblib")
