"""LightGBM with the Tweedie loss, for a target that is often zero and otherwise positive and skewed."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from clv import storage
from clv.damage import reading
from clv.machine import Machine
from clv.models.learners.kept import once
from clv.models.learners.lightgbm_text import require_whole
from clv.models.learners.matrices import categorical, coded
from clv.models.learners.ranges import DrawnShare, LeafRows, LearningRate, Leaves, Rounds, TweediePower
from clv.models.learners.stored_rows import StoredRows
from clv.models.learners.stored_sequence import StoredSequence
from clv.models.learners.target import SHAPE, Target, training_rows, weighed

if TYPE_CHECKING:
    import lightgbm as lgb


# For bins and for trees. Columns that leaves of this size cannot split are kept, so that bins serve any leaf size.
BINS = {"deterministic": True, "force_row_wise": True, "feature_pre_filter": False, "verbosity": -1}


@dataclass(frozen=True)
class TreeParams:
    """Parameters of LightGBM's trees, for any objective."""

    n_rounds: Rounds
    learning_rate: LearningRate
    num_leaves: Leaves
    min_leaf_rows: LeafRows
    row_share: DrawnShare
    feature_share: DrawnShare


@dataclass(frozen=True)
class LightgbmParams(TreeParams):
    tweedie_power: TweediePower


class LightgbmLearner:
    """Gradient boosted trees by LightGBM, with leaf-wise growth."""

    name: ClassVar[str] = "lightgbm"
    title: ClassVar[str] = "LightGBM"
    of_ratio: ClassVar[bool] = True
    section: ClassVar[type] = LightgbmParams

    def __init__(self, params: LightgbmParams, machine: Machine, seed: int):
        self.params = params
        self.threads = machine.threads
        self.settings = tree_settings(params, machine, seed) | {
            "objective": "tweedie",
            "tweedie_variance_power": params.tweedie_power,
        }

    def fit(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None) -> None:
        """Fit to encoded features, values in money (n,), negative ones as 0 but not all of them 0, and weights (n,)."""
        X, y, w = training_rows(X, y, weight)
        self.target = Target.fit(y, w)
        self.model = grow(X, self.target.scaled(y), w, self.settings, self.params.n_rounds)

    def fit_stored(self, rows: StoredRows, y: np.ndarray, weight: np.ndarray | None) -> None:
        """Fit to stored rows, held in memory only as bins, one byte per cell; all weights must be positive."""
        value, w = weighed(y, weight)
        self.target = Target.fit(value, w)
        data = once(_stored_bins, rows, self.settings["seed"], self.threads)
        self.model = _grown(data, self.target.scaled(value), w, self.settings, self.params.n_rounds)

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Expected value in money, (n,), 0 or more."""
        return self.target.money(self.model.predict(once(coded, X), num_threads=self.threads))

    def contributions(self, X: pd.DataFrame) -> np.ndarray:
        """The contribution of each column to the log of the forecast, (n, columns + 1): TreeSHAP values; base last.

        The base is the same for all rows. A row sums to the log of its forecast, unless that was capped at the largest
        training value. Source: Lundberg et al. (2020), "From local explanations to global understanding with
        explainable AI for trees", Nature Machine Intelligence 2, 56-67.
        """
        return self.target.log_money(self.model.predict(coded(X), pred_contrib=True, num_threads=self.threads))

    def save(self, folder: Path) -> None:
        """Write NAME.txt, the trees, and NAME.json, the scale of their target."""
        write_booster(self.model, folder / f"{self.name}.txt")
        (folder / f"{self.name}.json").write_text(
            json.dumps(self.target.to_dict(), sort_keys=True, indent=1) + "\n", encoding="utf-8"
        )

    def load(self, folder: Path) -> None:
        """Read what `save` wrote."""
        self.model = read_booster(folder / f"{self.name}.txt")
        self.target = Target(**storage.read_json(folder / f"{self.name}.json", SHAPE))


class RawLightgbmLearner(LightgbmLearner):
    """The same for values in money; it uses the buy-till-you-die forecast only as a feature."""

    name: ClassVar[str] = "lightgbm_raw"
    title: ClassVar[str] = "LightGBM, of money"
    of_ratio: ClassVar[bool] = False


def tree_settings(params: TreeParams, machine: Machine, seed: int) -> dict[str, Any]:
    """LightGBM's settings without an objective; the trees do not depend on the number of threads."""
    return BINS | {
        "learning_rate": params.learning_rate,
        "num_leaves": params.num_leaves,
        "min_data_in_leaf": params.min_leaf_rows,
        "bagging_fraction": params.row_share,
        "bagging_freq": 1,
        "feature_fraction": params.feature_share,
        "num_threads": machine.threads,
        "seed": seed,
    }


def grow(
    X: pd.DataFrame, label: np.ndarray, weight: np.ndarray, settings: dict[str, Any], n_rounds: int
) -> "lgb.Booster":
    """A booster fitted to encoded features, labels (n,) and weights (n,); it identifies columns by position."""
    data = once(_binned, X, *(settings[name] for name in ("seed", "num_threads")))
    return _grown(data, label, weight, settings, n_rounds)


def _grown(
    data: "lgb.Dataset", label: np.ndarray, weight: np.ndarray, settings: dict[str, Any], n_rounds: int
) -> "lgb.Booster":
    import lightgbm as lgb

    data.set_label(label)
    data.set_field("weight", None if (weight == 1).all() else weight)  # replaces those of the previous learner
    return lgb.train(settings, data, num_boost_round=n_rounds)


def _binned(X: pd.DataFrame, seed: int, threads: int) -> "lgb.Dataset":
    """Encoded features in bins, which do not depend on labels, weights or tree parameters."""
    import lightgbm as lgb

    columns = np.flatnonzero(categorical(X)).tolist()
    settings = BINS | {"seed": seed, "num_threads": threads}
    return lgb.Dataset(coded(X), categorical_feature=columns, params=settings).construct()


def _stored_bins(rows: StoredRows, seed: int, threads: int) -> "lgb.Dataset":
    import lightgbm as lgb

    columns = np.flatnonzero(rows.categorical).tolist()
    settings = BINS | {"seed": seed, "num_threads": threads}
    lgb.Sequence.register(StoredSequence)
    return lgb.Dataset(StoredSequence(rows), categorical_feature=columns, params=settings).construct()


def write_booster(model: "lgb.Booster", path: Path) -> None:
    """Write LightGBM's text format, without the number of training threads."""
    text = re.sub(r"^\[num_threads: \d+\]$", "[num_threads: 0]", model.model_to_string(), flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8", newline="\n")


def read_booster(path: Path) -> "lgb.Booster":
    """Read what `write_booster` wrote; raises `ValueError` if it is not a booster."""
    import lightgbm as lgb

    text = storage.read_text(path)
    with reading(path):
        require_whole(text)
    try:
        return lgb.Booster(model_str=text)
    except lgb.basic.LightGBMError as error:
        raise ValueError(f"{path.name}: {error}") from None
