"""The learners by name, and the buy-till-you-die forecast, which they improve.

To add a learner, write a file with its parameters and class, and add a row here and a section under `train` in
params.yaml (and one under `tune.space` to search its parameters).

Reading `train` imports all of these files. A library that only one learner needs and that takes a second to import is
therefore imported where it is used. Lazy imports by module name would hide dependencies from the stages, and parameters
from the loader.
"""

from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
import pandas as pd

from clv.machine import Machine
from clv.models.learners.forest import ExtraTreesLearner, ForestLearner
from clv.models.learners.gradient_boosting import GradientBoostingLearner
from clv.models.learners.hurdle import HurdleLearner, RawHurdleLearner
from clv.models.learners.lightgbm import LightgbmLearner, RawLightgbmLearner
from clv.models.learners.neural import NeuralLearner
from clv.models.learners.ridge import RidgeLearner
from clv.models.learners.xgboost import XgboostLearner

BTYD = "btyd"  # the name of the buy-till-you-die forecast among the learners


class Learner(Protocol):
    """The interface of a learner.

    X holds encoded features, one row per customer; y and forecasts are money or ratios, (n,). `weight` (n,) is the
    weight of each row, 0 or more; None weights all rows equally. Rows of weight 0 have no influence. `title` is the
    name in reports; `section` is the dataclass of its parameters, from which it is constructed. A learner with
    `of_ratio` is fitted to ratios to the buy-till-you-die forecast, any other to money.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    of_ratio: ClassVar[bool]
    section: ClassVar[type]

    def __init__(self, params: Any, machine: Machine, seed: int) -> None: ...
    def fit(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None) -> None: ...
    def predict(self, X: pd.DataFrame) -> np.ndarray: ...
    def save(self, folder: Path) -> None: ...
    def load(self, folder: Path) -> None: ...


ROWS: tuple[type[Learner], ...] = (
    RidgeLearner,
    ForestLearner,
    GradientBoostingLearner,
    XgboostLearner,
    LightgbmLearner,
    HurdleLearner,
    NeuralLearner,
    RawLightgbmLearner,
    RawHurdleLearner,
    ExtraTreesLearner,
)
LEARNERS = {learner.name: learner for learner in ROWS}
STORING = (XgboostLearner, LightgbmLearner)  # can be fitted to rows on disk, by `fit_stored`
