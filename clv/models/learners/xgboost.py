"""XGBoost with the Tweedie loss, for a target that is often zero and otherwise positive and skewed."""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
import pandas as pd

from clv.errors import InputError
from clv.machine import Device, Machine
from clv.models.learners.kept import once
from clv.models.learners.matrices import categorical, coded
from clv.models.learners.ranges import DrawnShare, LearningRate, Rounds, TweediePower
from clv.models.learners.stored_matrix import kinds, stored_matrix
from clv.models.learners.stored_rows import StoredRows
from clv.models.learners.target import Target, training_rows, weighed
from clv.strict import Between

if TYPE_CHECKING:
    import xgboost as xgb


@dataclass(frozen=True)
class XgboostParams:
    n_rounds: Rounds
    learning_rate: LearningRate
    max_depth: Annotated[int, Between(1, 20)]
    min_child_weight: Annotated[float, Between(1e-9, 1e9)]
    row_share: DrawnShare
    feature_share: DrawnShare
    tweedie_power: TweediePower


class XgboostLearner:
    """Gradient boosted trees with XGBoost's histogram method."""

    name: ClassVar[str] = "xgboost"
    title: ClassVar[str] = "XGBoost"
    of_ratio: ClassVar[bool] = True
    section: ClassVar[type] = XgboostParams

    def __init__(self, params: XgboostParams, machine: Machine, seed: int):
        self.params = params
        self.threads = machine.threads
        self.settings = {
            "objective": "reg:tweedie",
            "tweedie_variance_power": params.tweedie_power,
            "base_score": 1.0,  # the mean of the scaled target; boosting leaves the default start slowly
            "learning_rate": params.learning_rate,
            "max_depth": params.max_depth,
            "min_child_weight": params.min_child_weight,
            "subsample": params.row_share,
            "colsample_bytree": params.feature_share,
            "tree_method": "hist",
            "device": machine.device,
            "nthread": self.threads,
            "seed": seed,
        }

    def fit(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None) -> None:
        """Fit to encoded features, values in money (n,), with negative ones as 0, and weights (n,)."""
        X, y, w = training_rows(X, y, weight)
        self.target = Target.fit(y, w)
        data = self._matrix(X, coded(X))
        data.set_info(label=self.target.scaled(y), weight=w)
        self._grow(data)

    def fit_stored(self, rows: StoredRows, y: np.ndarray, weight: np.ndarray | None) -> None:
        """Fit to stored rows, held in memory piece by piece; all weights must be positive."""
        value, w = weighed(y, weight)
        self.target = Target.fit(value, w)
        self._grow(stored_matrix(rows, self.target.scaled(value), w, self.threads))

    def _grow(self, data: "xgb.DMatrix") -> None:
        import xgboost as xgb

        self.model = xgb.train(self.settings, data, num_boost_round=self.params.n_rounds)
        self.model.set_attr(target=json.dumps(self.target.to_dict(), sort_keys=True))

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Expected value in money, (n,), 0 or more."""
        return self.target.money(self.model.predict(self._matrix(X, once(coded, X))))

    def contributions(self, X: pd.DataFrame) -> np.ndarray:
        """The contribution of each column to the log of the forecast, (n, columns + 1): TreeSHAP values; base last.

        The base is the same for all rows. A row sums to the log of its forecast, unless that was capped at the largest
        training value. Source: Lundberg et al. (2020), "From local explanations to global understanding with
        explainable AI for trees", Nature Machine Intelligence 2, 56-67.
        """
        return self.target.log_money(self.model.predict(self._matrix(X, once(coded, X)), pred_contribs=True))

    def _matrix(self, X: pd.DataFrame, cells: np.ndarray) -> "xgb.DMatrix":
        import xgboost as xgb

        columns = kinds(categorical(X))
        return xgb.DMatrix(cells, feature_types=columns, enable_categorical=True, nthread=self.threads)

    def save(self, folder: Path) -> None:
        """Write xgboost.json."""
        self.model.save_model(folder / "xgboost.json")

    def load(self, folder: Path) -> None:
        """Read what `save` wrote."""
        import xgboost as xgb

        self.model = xgb.Booster({"nthread": self.threads}, model_file=folder / "xgboost.json")
        self.target = Target(**json.loads(self.model.attr("target") or ""))


def require_device(device: Device) -> None:
    """Raise `InputError` if xgboost finds no GPU and would train on the CPU, with a warning at most."""
    if device == "cpu":
        return
    import xgboost as xgb

    rows = xgb.DMatrix(np.zeros((2, 1)), label=np.zeros(2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tried = xgb.train({"device": device, "tree_method": "hist"}, rows, num_boost_round=1)
    used = json.loads(tried.save_config())["learner"]["generic_param"]["device"]
    if not used.startswith(device):
        raise InputError(
            f"parameter 'device' is {device}, and xgboost finds no GPU that it can use here; set device: cpu, or run "
            "where there is one, with `xgboost` in place of `xgboost-cpu`"
        )
