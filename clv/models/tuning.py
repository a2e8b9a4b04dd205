"""Search for learner parameters with Optuna, judged on customers that no learner was fitted to."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import optuna
import pandas as pd

from clv.models.encoder import Encoder
from clv.models.learners import make_learner
from clv.models.level import level_of, scale_to
from clv.models.loss import tweedie_deviance
from clv.models.rounding import significant
from clv.models.samples import Sample, halves, require_enough
from clv.params import ComputeParams, SearchRange, TrainParams

DIGITS = 4  # of a suggested number: its last bits differ between kinds of CPU


def tune_learner(
    name: str, space: dict[str, SearchRange], trials: int, training: Sequence[Sample], calibration: Sample,
    params: TrainParams, compute: ComputeParams, seed: int,
) -> tuple[dict[str, Any], pd.DataFrame]:  # fmt: skip
    """The best parameters found, and one row per trial: learner, trial, loss, state, params.

    The loss is the Tweedie deviance of the levelled forecast on the half of the calibration sample that weights are
    fitted on. Trial 0 is what `params` gives, so the best is never worse than that. Tree-structured Parzen estimator:
    Bergstra et al. (2011), "Algorithms for hyper-parameter optimization", NeurIPS 24.
    """
    require_enough(training, calibration)
    features = pd.concat([sample.features for sample in training], ignore_index=True)
    encoder = Encoder.fit(features)
    X = encoder.transform(features)
    y = np.concatenate([sample.target for sample in training])
    judged, _ = halves(calibration)
    X_judged = encoder.transform(judged.features)
    level = level_of([*training, judged])
    given = asdict(getattr(params, name))
    tried: list[dict[str, Any]] = []

    def objective(trial: optuna.Trial) -> float:
        values = {key: _suggest(trial, key, wanted, type(given[key])) for key, wanted in space.items()}
        tried.append(values)
        learner = make_learner(name, replace(params, **{name: replace(getattr(params, name), **values)}), compute, seed)
        learner.fit(X, y, None)
        raw = learner.predict(X_judged)
        return significant(tweedie_deviance(judged.target, raw * scale_to(raw, judged, level)), 8)

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.enqueue_trial({key: given[key] for key in space})
    study.optimize(objective, n_trials=trials, n_jobs=1)
    rows = pd.DataFrame(
        {
            "learner": name,
            "trial": [trial.number for trial in study.trials],
            "loss": [trial.value for trial in study.trials],
            "state": [trial.state.name.lower() for trial in study.trials],
            "params": ["; ".join(f"{key}={value:g}" for key, value in values.items()) for values in tried],
        }
    )
    return given | tried[study.best_trial.number], rows


def _suggest(trial: optuna.Trial, name: str, wanted: SearchRange, kind: type) -> float:
    if kind is int:
        return trial.suggest_int(name, int(wanted.low), int(wanted.high), log=wanted.log)
    return significant(trial.suggest_float(name, wanted.low, wanted.high, log=wanted.log), DIGITS)
