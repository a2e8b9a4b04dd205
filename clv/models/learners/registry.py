"""The learners by name. To add one, write a class with these five members, and its section in params."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from clv.machine import Machine
from clv.models.learners.forest import ForestLearner
from clv.models.learners.gradient_boosting import GradientBoostingLearner
from clv.models.learners.hurdle import HurdleLearner
from clv.models.learners.lightgbm import LightgbmLearner
from clv.models.learners.neural import NeuralLearner
from clv.models.learners.ridge import RidgeLearner
from clv.models.learners.xgboost import XgboostLearner
from clv.models.params import TrainParams


class Learner(Protocol):
    """What a learner offers. X is encoded features, one row per customer; y and forecasts are money, or ratios, (n,).

    `weight` (n,) says how much each row counts, 0 or more; None weighs all alike. A row of weight 0 has no influence.
    """

    name: str

    def fit(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None) -> None: ...
    def predict(self, X: pd.DataFrame) -> np.ndarray: ...
    def save(self, folder: Path) -> None: ...
    def load(self, folder: Path) -> None: ...


# Each is made from its own section of params.train, the machine and the seed.
LEARNERS: dict[str, Callable[[Any, Machine, int], Learner]] = {
    "ridge": RidgeLearner,
    "forest": ForestLearner,
    "gradient_boosting": GradientBoostingLearner,
    "xgboost": XgboostLearner,
    "lightgbm": LightgbmLearner,
    "hurdle": HurdleLearner,
    "neural": NeuralLearner,
}


def make_learner(name: str, params: TrainParams, machine: Machine, seed: int) -> Learner:
    """An unfitted learner."""
    return LEARNERS[name](getattr(params, name), machine, seed)
