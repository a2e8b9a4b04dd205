"""XGBoost and LightGBM with the Tweedie loss, for a target that is often zero and otherwise positive and skewed."""

import re
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import xgboost as xgb

from clv.params import ComputeParams, LightgbmParams, XgboostParams


class XgboostLearner:
    """Gradient boosted trees by XGBoost's histogram method."""

    name = "xgboost"

    def __init__(self, params: XgboostParams, compute: ComputeParams, seed: int):
        self.params = params
        self.settings = {
            "objective": "reg:tweedie",
            "tweedie_variance_power": params.tweedie_power,
            "learning_rate": params.learning_rate,
            "max_depth": params.max_depth,
            "min_child_weight": params.min_child_weight,
            "subsample": params.row_share,
            "colsample_bytree": params.feature_share,
            "tree_method": "hist",
            "device": compute.device,
            "nthread": compute.threads,
            "seed": seed,
        }

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> None:
        """Fit on encoded features and values in money; negative values count as 0."""
        target = np.maximum(y, 0)
        # Starting from the mean: the default start is slow to leave on a target of hundreds.
        settings = self.settings | {"base_score": round(max(float(target.mean()), 1e-3), 4)}
        self.model = xgb.train(settings, self._matrix(X, target), num_boost_round=self.params.n_rounds)

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Expected value in money, (n,), 0 or more."""
        return np.asarray(self.model.predict(self._matrix(X))).astype("float64")

    def _matrix(self, X: pd.DataFrame, y: np.ndarray | None = None) -> xgb.DMatrix:
        # Feature names with [, ] or < are refused, and a channel may be called "under <18": positions will do.
        return xgb.DMatrix(X.to_numpy(), label=y, nthread=self.settings["nthread"])

    def save(self, folder: Path) -> None:
        """Write xgboost.json."""
        self.model.save_model(folder / "xgboost.json")

    def load(self, folder: Path) -> None:
        """Read what `save` wrote."""
        self.model = xgb.Booster(model_file=folder / "xgboost.json")


class LightgbmLearner:
    """Gradient boosted trees by LightGBM, with leaf-wise growth."""

    name = "lightgbm"

    def __init__(self, params: LightgbmParams, compute: ComputeParams, seed: int):
        self.params = params
        self.settings = {
            "objective": "tweedie",
            "tweedie_variance_power": params.tweedie_power,
            "learning_rate": params.learning_rate,
            "num_leaves": params.num_leaves,
            "min_data_in_leaf": params.min_leaf_rows,
            "bagging_fraction": params.row_share,
            "bagging_freq": 1,
            "feature_fraction": params.feature_share,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": compute.threads,
            "seed": seed,
            "verbosity": -1,
        }

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> None:
        """Fit on encoded features and values in money; negative values count as 0."""
        data = lgb.Dataset(X.to_numpy(), label=np.maximum(y, 0), params={"verbosity": -1})
        self.model = lgb.train(self.settings, data, num_boost_round=self.params.n_rounds)

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Expected value in money, (n,), 0 or more."""
        return np.asarray(self.model.predict(X.to_numpy(), num_threads=self.settings["num_threads"]))

    def save(self, folder: Path) -> None:
        """Write lightgbm.txt, without the number of threads that trained it."""
        text = re.sub(r"^\[num_threads: \d+\]$", "[num_threads: 0]", self.model.model_to_string(), flags=re.MULTILINE)
        (folder / "lightgbm.txt").write_text(text, encoding="utf-8", newline="\n")

    def load(self, folder: Path) -> None:
        """Read what `save` wrote."""
        self.model = lgb.Booster(model_str=(folder / "lightgbm.txt").read_text(encoding="utf-8"))
