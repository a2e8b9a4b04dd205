"""scikit-learn's histogram gradient boosting with the Poisson loss."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from clv import storage
from clv.machine import Machine
from clv.models.learners.kept import once
from clv.models.learners.matrices import categorical, coded
from clv.models.learners.ranges import DrawnShare, LeafRows, LearningRate, Leaves, Rounds
from clv.models.learners.target import SHAPE as TARGET
from clv.models.learners.target import Target, training_rows
from clv.models.learners.trees import MOST_LEVELS, Trees
from clv.strict import Between

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor

TREES, REST = "gradient_boosting.parquet", "gradient_boosting.json"
SHAPE = TARGET | {"baseline": float}
BINS = 63  # of the values of a feature


@dataclass(frozen=True)
class GradientBoostingParams:
    n_rounds: Rounds
    learning_rate: LearningRate
    max_leaves: Leaves
    min_leaf_rows: LeafRows
    feature_share: DrawnShare
    l2: Annotated[float, Between(0, 1e9)]


class GradientBoostingLearner:
    """Gradient boosted trees that handle categories and missing values natively."""

    name: ClassVar[str] = "gradient_boosting"
    title: ClassVar[str] = "Gradient boosting"
    of_ratio: ClassVar[bool] = True
    section: ClassVar[type] = GradientBoostingParams

    def __init__(self, params: GradientBoostingParams, machine: Machine, seed: int):
        self.params = params
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None) -> None:
        """Fit to encoded features, values in money (n,), negative ones as 0 but not all of them 0, and weights (n,)."""
        from sklearn.ensemble import HistGradientBoostingRegressor

        X, y, w = training_rows(X, y, weight)
        self.target = Target.fit(y, w)
        model = HistGradientBoostingRegressor(
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
        matrix = coded(X)
        for column in matrix.T:
            column[:] = _thinned(column)
        with threadpool_limits(1):  # with more threads, gradients are summed in another order
            model.fit(matrix, self.target.scaled(y), sample_weight=w)
        self.trees = Trees.of(_nodes_of(model, categorical(X)))
        self.baseline = float(model._baseline_prediction.item())

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Expected value in money, (n,), 0 or more."""
        return self.target.money(np.exp(self.trees.total(once(coded, X), self.baseline)))

    def save(self, folder: Path) -> None:
        """Write gradient_boosting.parquet, the trees, and gradient_boosting.json, their baseline and scale."""
        self.trees.save(folder / TREES)
        content = self.target.to_dict() | {"baseline": self.baseline}
        (folder / REST).write_text(json.dumps(content, sort_keys=True, indent=1) + "\n", encoding="utf-8")

    def load(self, folder: Path) -> None:
        """Read what `save` wrote."""
        content = storage.read_json(folder / REST, SHAPE)
        self.trees, self.baseline = Trees.load(folder / TREES), float(content.pop("baseline"))
        self.target = Target(**content)


def _nodes_of(model: "HistGradientBoostingRegressor", is_category: np.ndarray) -> list[dict[str, Any]]:
    """The columns of each tree, in terms of our columns and levels.

    scikit-learn puts categories before numbers, and renumbers the levels that it saw.
    """
    places = np.concatenate([np.flatnonzero(is_category), np.flatnonzero(~is_category)])
    encoder = model._preprocessor.named_transformers_["encoder"] if is_category.any() else None
    levels = [[int(level) for level in seen if level == level] for seen in encoder.categories_] if encoder else []
    assert all(level < MOST_LEVELS for seen in levels for level in seen), "the encoder keeps fewer levels"
    return [_nodes(predictor, places, levels) for (predictor,) in model._predictors]


def _nodes(predictor: Any, places: np.ndarray, levels: list[list[int]]) -> dict[str, Any]:
    nodes = predictor.nodes
    left_levels, right_levels = np.zeros((2, len(nodes)), dtype="int64")
    for i in np.flatnonzero(nodes["is_categorical"]):
        bits = np.unpackbits(predictor.raw_left_cat_bitsets[nodes["bitset_idx"][i]].view("uint8"), bitorder="little")
        for position, level in enumerate(levels[nodes["feature_idx"][i]]):
            (left_levels if bits[position] else right_levels)[i] |= np.int64(1) << level
    is_leaf = nodes["is_leaf"].astype(bool)
    return {
        "left": np.where(is_leaf, -1, nodes["left"].astype("int64")),
        "right": np.where(is_leaf, -1, nodes["right"].astype("int64")),
        "feature": places[nodes["feature_idx"]],
        "threshold": nodes["num_threshold"],
        "missing_left": nodes["missing_go_to_left"],
        "left_levels": left_levels,
        "right_levels": right_levels,
        "value": nodes["value"],
    }


def _thinned(column: np.ndarray) -> np.ndarray:
    """Each value, (n,), rounded down to one of at most `BINS` quantiles; 0 if the column has no values at all.

    scikit-learn would do the same, but takes longer to find the quantiles of weighted rows than to grow the trees, and
    fails on columns without values. Its thresholds are midpoints between the quantiles, so rows to forecast need not be
    thinned.
    """
    known = ~np.isnan(column)
    if not known.any():
        return np.zeros(len(column))
    edges = np.unique(np.quantile(column[known], np.linspace(0, 1, BINS), method="inverted_cdf"))
    return np.where(known, edges[np.searchsorted(edges, column, side="right") - 1], np.nan)
