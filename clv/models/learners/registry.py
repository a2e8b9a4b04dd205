"""The learners by name, beside the buy-till-you-die forecast, which they improve on.

To add one, write a file with its parameters and its class, give it a row here, and a section under `train` in
params.yaml (and one under `tune.space`, to have it searched).

Whoever reads `train` imports all these files: so what only one learner needs, and takes a second to import, it imports
where it uses it. Names of modules, to be imported when a learner is asked for, would hide from a stage what it depends
on, and its parameters from the loader.
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
    """What a learner offers. X is encoded features, one row per customer; y and forecasts are money, or ratios, (n,).

    `weight` (n,) says how much each row counts, 0 or more; None weighs all alike. A row of weight 0 has no influence.
    `title` is what reports call it; `section` the dataclass of its parameters, which it is made from. A learner
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
STORING = (XgboostLearner, LightgbmLearner)  # that can be fitted to rows on disk, by `fit_stored`
