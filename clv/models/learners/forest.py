"""scikit-learn's random forest, saved without what depends on the machine."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
import pandas as pd

from clv.machine import Machine
from clv.models.learners.matrices import one_hot
from clv.models.learners.ranges import DrawnShare, LeafRows
from clv.models.learners.target import training_rows
from clv.strict import Between

MIN_ROWS = 4000  # drawn for a tree, as far as there are, whatever the share


@dataclass(frozen=True)
class ForestParams:
    n_trees: Annotated[int, Between(1, 5000)]
    min_leaf_rows: LeafRows
    feature_share: DrawnShare
    row_share: DrawnShare


class ForestLearner:
    """Mean of trees grown on rows drawn by weight and random features; the trees themselves handle missing numbers."""

    name: ClassVar[str] = "forest"
    title: ClassVar[str] = "Random forest"
    section: ClassVar[type] = ForestParams

    def __init__(self, params: ForestParams, machine: Machine, seed: int):
        self.params = params
        self.threads = machine.threads
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None) -> None:
        """Fit on encoded features, values in money (n,), negative ones as 0, and weights (n,)."""
        from sklearn.ensemble import RandomForestRegressor

        X, y, w = training_rows(X, y, weight)
        self.model = RandomForestRegressor(
            n_estimators=self.params.n_trees,
            min_samples_leaf=self.params.min_leaf_rows,
            max_features=self.params.feature_share,
            max_samples=min(len(y), max(MIN_ROWS, round(self.params.row_share * len(y)))),
            random_state=self.seed,
            n_jobs=self.threads,
        ).fit(one_hot(X), y, sample_weight=w)
        self.model.n_jobs = None  # it would be saved; and parallel prediction adds the trees up in a changing order
        self.model._sample_weight = None  # one number per training row, which prediction does not need

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Expected value in money, (n,), 0 or more."""
        return np.asarray(self.model.predict(one_hot(X)))

    def save(self, folder: Path) -> None:
        """Write forest.joblib."""
        import joblib

        joblib.dump(self.model, folder / "forest.joblib", compress=("zlib", 3))

    def load(self, folder: Path) -> None:
        """Read what `save` wrote."""
        import joblib

        self.model = joblib.load(folder / "forest.joblib")
