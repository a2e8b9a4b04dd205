"""scikit-learn's forests: random forests, and forests of extremely randomised trees.

Source: Geurts, Ernst and Wehenkel (2006), "Extremely randomized trees", Machine Learning 63, 3-42.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
import pandas as pd

from clv.machine import Machine
from clv.models.learners.kept import once
from clv.models.learners.matrices import one_hot
from clv.models.learners.ranges import DrawnShare, LeafRows
from clv.models.learners.target import training_rows
from clv.models.learners.trees import Trees
from clv.strict import Between

if TYPE_CHECKING:
    from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor
    from sklearn.tree import DecisionTreeRegressor

MIN_ROWS = 4000  # drawn for a tree if available, whatever the share


@dataclass(frozen=True)
class ForestParams:
    n_trees: Annotated[int, Between(1, 5000)]
    min_leaf_rows: LeafRows
    feature_share: DrawnShare
    row_share: DrawnShare


class ForestLearner:
    """Mean of trees grown on rows drawn by weight and random features; the trees handle missing numbers natively."""

    name: ClassVar[str] = "forest"
    title: ClassVar[str] = "Random forest"
    of_ratio: ClassVar[bool] = True
    section: ClassVar[type] = ForestParams

    def __init__(self, params: ForestParams, machine: Machine, seed: int):
        self.params = params
        self.threads = machine.threads
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None) -> None:
        """Fit to encoded features, values in money (n,), with negative ones as 0, and weights (n,)."""
        X, y, w = training_rows(X, y, weight)
        forest = self._kind()(
            bootstrap=True,
            n_estimators=self.params.n_trees,
            min_samples_leaf=self.params.min_leaf_rows,
            max_features=self.params.feature_share,
            max_samples=min(len(y), max(MIN_ROWS, round(self.params.row_share * len(y)))),
            random_state=self.seed,
            n_jobs=self.threads,
        ).fit(one_hot(X), y, sample_weight=w)
        self.trees = Trees.of([_nodes(tree) for tree in forest.estimators_])

    def _kind(self) -> "type[RandomForestRegressor] | type[ExtraTreesRegressor]":
        from sklearn.ensemble import RandomForestRegressor

        return RandomForestRegressor

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Expected value in money, (n,), 0 or more."""
        with np.errstate(over="ignore"):  # larger than any threshold in any case
            matrix = once(_single, X)  # in the precision in which scikit-learn chose the thresholds
        return self.trees.total(matrix, 0.0) / self.trees.number

    def save(self, folder: Path) -> None:
        """Write NAME.parquet."""
        self.trees.save(folder / f"{self.name}.parquet")

    def load(self, folder: Path) -> None:
        """Read what `save` wrote."""
        self.trees = Trees.load(folder / f"{self.name}.parquet")


class ExtraTreesLearner(ForestLearner):
    """The same with trees whose thresholds are drawn at random, for values in money."""

    name: ClassVar[str] = "extra_trees"
    title: ClassVar[str] = "Extra trees, of money"
    of_ratio: ClassVar[bool] = False

    def _kind(self) -> "type[RandomForestRegressor] | type[ExtraTreesRegressor]":
        from sklearn.ensemble import ExtraTreesRegressor

        return ExtraTreesRegressor


def _single(X: pd.DataFrame) -> np.ndarray:
    return one_hot(X).astype("float32")


def _nodes(fitted: "DecisionTreeRegressor") -> dict[str, Any]:
    """The columns of a tree; all columns of the matrix are numbers, so no node splits levels."""
    tree = fitted.tree_
    none = np.zeros(tree.node_count, dtype="int64")
    return {
        "left": tree.children_left,
        "right": tree.children_right,
        "feature": tree.feature,
        "threshold": tree.threshold,
        "missing_left": tree.missing_go_to_left,
        "left_levels": none,
        "right_levels": none,
        "value": tree.value[:, 0, 0],
    }
