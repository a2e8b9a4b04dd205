"""All learners of a forecaster together: they learn what the buy-till-you-die forecast misses.

Most are fitted to the ratio of realised to forecast value, weighted so that with the Tweedie loss this is equivalent to
starting from the buy-till-you-die forecast (an offset on the log scale). A ratio is free of season, level and currency.
Customers less active than any in training can still be distinguished, because that forecast distinguishes them. The
other learners are fitted to money: they err where that forecast is a poor start, and so differ from the rest, which
benefits a mean.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from clv.machine import Machine
from clv.models.learners.encoder import Encoder
from clv.models.learners.hurdle import HurdleLearner
from clv.models.learners.registry import BTYD, LEARNERS, STORING, Learner
from clv.models.learners.stored_rows import StoredRows
from clv.models.loss import POWER
from clv.models.params import TrainParams
from clv.models.rounding import significant
from clv.models.samples import Encoded, EveryRow, Sample, fold_of, same_window, together

CROSS_FIT_FOLDS = 4  # of customers, if the newest labelled snapshot serves for both training and calibration
FLOOR_SHARE = 0.002  # of the mean forecast; ratios to forecasts near 0 would be extreme
UNFORESEEN = 0.25  # of realised spend; models that forecast less knew too little of the base


@dataclass(frozen=True)
class Lesson:
    """Labelled rows in the form for learners: encoded features, value and denominator of the ratio of each row.

    `y` and `unit`, the denominators, are (n,) money; `floor` (money) is the smallest denominator. `cutoffs` are those
    of the samples from which the rows come.
    """

    encoder: Encoder
    floor: float
    X: pd.DataFrame
    y: np.ndarray
    unit: np.ndarray
    cutoffs: frozenset[date]

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> "Lesson":
        """The rows of labelled samples.

        Samples for which the buy-till-you-die forecast was close to nothing, as before the first customers returned,
        provide no useful ratios. They are left out if there are others.
        """
        samples = [sample for sample in samples if not _unforeseen(sample)] or samples
        features = pd.concat([sample.features for sample in samples], ignore_index=True)
        encoder = Encoder.fit(features)
        floor = significant(max(FLOOR_SHARE * float(features["btyd_value"].mean()), 1e-6), 6)
        y = np.concatenate([sample.target for sample in samples])
        cutoffs = frozenset(sample.cutoff for sample in samples)
        return cls(encoder, floor, encoder.transform(features), y, _unit(features, floor), cutoffs)

    def stored(self, every: EveryRow, path: Path) -> StoredRows:
        """All rows at these cutoffs in a file, encoded in the same way."""

        def encode(sample: Sample) -> Encoded:
            features = sample.features
            return self.encoder.transform(features), sample.target, _unit(features, self.floor)

        return every.store(path, self.cutoffs, encode)


@dataclass(frozen=True)
class Panel:
    """Fitted learners, by `names` in the order of params; `floor` (money) is the smallest forecast used in ratios."""

    names: tuple[str, ...]
    encoder: Encoder
    floor: float
    learners: tuple[Learner, ...]

    @classmethod
    def fit(
        cls,
        samples: Sequence[Sample],
        params: TrainParams,
        machine: Machine,
        seed: int,
        every: EveryRow | None = None,
    ) -> "Panel":
        """Fit every learner to labelled samples; the buy-till-you-die forecast among them is not fitted here.

        If `every` row is given, learners that can read rows from disk are fitted to all of them.
        """
        lesson = Lesson.of(samples)
        if every is None:
            return cls.taught(lesson, params, machine, seed)
        with TemporaryDirectory(prefix="clv-rows-") as folder:
            return cls.taught(lesson, params, machine, seed, lesson.stored(every, Path(folder) / "cells"))

    @classmethod
    def taught(
        cls, lesson: Lesson, params: TrainParams, machine: Machine, seed: int, stored: StoredRows | None = None
    ) -> "Panel":
        """Fit every learner to rows that are already prepared, so that they can be used for several fits."""
        learners = _unfitted(params, machine, seed)
        for learner in learners:
            if stored and isinstance(learner, STORING):
                learner.fit_stored(stored, *_values_and_weights(learner, stored.y, stored.unit))
            else:
                learner.fit(lesson.X, *_values_and_weights(learner, lesson.y, lesson.unit))
        return cls(params.learners, lesson.encoder, lesson.floor, learners)

    @classmethod
    def untrained(cls, features: pd.DataFrame) -> "Panel":
        """The buy-till-you-die forecast alone, for features like these."""
        return cls((BTYD,), Encoder.fit(features), 0.0, ())

    def unit(self, features: pd.DataFrame) -> np.ndarray:
        """The denominators of ratios, (n,) money."""
        return _unit(features, self.floor)

    def predict(self, features: pd.DataFrame, silent: Collection[str] = ()) -> pd.DataFrame:
        """Each learner's forecast in money, not yet levelled: one row per row of features, one column per name.

        Learners in `silent`, by name, are skipped and forecast 0.
        """
        return self.predict_both(features, silent)[0]

    def p_purchase(self, features: pd.DataFrame) -> np.ndarray:
        """The probability of buying in the horizon, (n, k): from the buy-till-you-die models and each hurdle."""
        return self.predict_both(features, self.names)[1]

    def predict_both(self, features: pd.DataFrame, silent: Collection[str] = ()) -> tuple[pd.DataFrame, np.ndarray]:
        """The results of `predict` and `p_purchase`, with a single pass through each hurdle learner."""
        X, unit = self.encoder.transform(features), self.unit(features)
        columns = {BTYD: features["btyd_value"].to_numpy()} | dict.fromkeys(silent, np.zeros(len(features)))
        chances = [features["btyd_p_purchase"].to_numpy()]
        for learner in self.learners:
            if isinstance(learner, HurdleLearner):
                chances.append(learner.p_purchase(X))
            if learner.name in silent:
                continue
            value = learner.value(X, chances[-1]) if isinstance(learner, HurdleLearner) else learner.predict(X)
            columns[learner.name] = value * unit if learner.of_ratio else value
        return pd.DataFrame({name: columns[name] for name in self.names}, index=features.index), np.column_stack(
            chances
        )

    def save(self, folder: Path) -> dict[str, Any]:
        """Write one or more files per learner into a folder; return the rest as plain values for JSON."""
        for learner in self.learners:
            learner.save(folder)
        return {"encoder": self.encoder.to_dict(), "floor": self.floor}

    @classmethod
    def load(cls, folder: Path, content: dict[str, Any], params: TrainParams, machine: Machine, seed: int) -> "Panel":
        """Read what `save` wrote."""
        learners = _unfitted(params, machine, seed)
        for learner in learners:
            learner.load(folder)
        return cls(params.learners, Encoder.from_dict(content["encoder"]), content["floor"], learners)


def _unfitted(params: TrainParams, machine: Machine, seed: int) -> tuple[Learner, ...]:
    return tuple(LEARNERS[name](params.section(name), machine, seed) for name in params.learners if name != BTYD)


def _values_and_weights(learner: Learner, y: np.ndarray, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """The values (n,) to which a learner is fitted, and their weights."""
    if not learner.of_ratio:
        return y, None
    # For the losses of a hurdle learner, logistic and gamma, an offset adds no weight.
    weight = unit ** (2 - POWER)
    return y / unit, None if isinstance(learner, HurdleLearner) else weight / weight.mean()


def _unit(features: pd.DataFrame, floor: float) -> np.ndarray:
    return np.maximum(features["btyd_value"].to_numpy(), floor)


def _unforeseen(sample: Sample) -> bool:
    return sample.btyd_total < UNFORESEEN * float(sample.target.sum())


@dataclass(frozen=True)
class Unseen:
    """Labelled rows, and the forecasts of learners that had not seen them.

    `forecasts` have one row per customer of `judged` and one column per learner, in money, not yet levelled; `chances`
    (n, k) are purchase probabilities as in `Panel.p_purchase`.
    """

    judged: Sample
    forecasts: pd.DataFrame
    chances: np.ndarray


def fit_unseen(
    training: Sequence[Sample],
    calibration: Sample,
    params: TrainParams,
    machine: Machine,
    seed: int,
    every: EveryRow | None = None,
) -> tuple[Panel, Unseen]:
    """The panel, and the rows by which it is judged; `every` is as in `Panel.fit`."""
    if not same_window(training, calibration):
        panel = Panel.fit(training, params, machine, seed, every)
        return panel, Unseen(calibration, *panel.predict_both(calibration.features))
    whole = together([*training, calibration])
    fold = _fold(whole.ids)
    forecasts, chances = [], []
    for k in range(CROSS_FIT_FOLDS):
        rest = every and replace(every, taken=partial(_outside, k))
        others = Panel.fit([whole.where(fold != k)], params, machine, seed, rest)
        made = others.predict_both(whole.where(fold == k).features)
        forecasts.append(made[0])
        chances.append(made[1])
    place = np.argsort(np.argsort(fold, kind="stable"))
    raw = pd.concat(forecasts, ignore_index=True).iloc[place].reset_index(drop=True)
    return Panel.fit([whole], params, machine, seed, every), Unseen(whole, raw, np.concatenate(chances)[place])


def _fold(ids: np.ndarray) -> np.ndarray:
    return fold_of(ids, CROSS_FIT_FOLDS, "learners")


def _outside(k: int, ids: np.ndarray) -> np.ndarray:
    return _fold(ids) != k
