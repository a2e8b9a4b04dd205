"""Search for learner parameters with Optuna, judged on customers and windows to which no learner was fitted."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import optuna
import pandas as pd
from tqdm import tqdm

from clv.machine import Machine
from clv.models.calibration.level import scale_to
from clv.models.learners.registry import BTYD
from clv.models.loss import tweedie_deviance
from clv.models.panel import Lesson, Panel
from clv.models.params import SearchRange, TrainParams, TuneParams
from clv.models.rounding import significant
from clv.models.samples import Sample, fold_of, too_few

DIGITS = 4  # of a suggested number, whose last bits differ between types of CPU
COMPLETE = optuna.trial.TrialState.COMPLETE
UNPRUNED = 2  # trials that always run to their end, as a reference for others
MIN_IMPORTANCE_TRIALS = 4  # finished trials; with fewer, importance is mostly chance


@dataclass(frozen=True)
class Origin:
    """One date of a rolling origin: the data known at it, and the rows of a later window that judge forecasts.

    Only the season, six numbers about the whole base, is always that of the recipe's date.
    """

    lesson: Lesson
    judged: Sample

    def loss(self, forecast: np.ndarray) -> float:
        """Tweedie deviance of a forecast over that of the buy-till-you-die one, both scaled to the realised total."""
        total = float(np.maximum(self.judged.target, 0).sum())
        at_level = [f * scale_to(f, total) for f in (forecast, self.judged.features["btyd_value"].to_numpy())]
        deviance, reference = (tweedie_deviance(self.judged.target, f) for f in at_level)
        return deviance / reference


@dataclass(frozen=True)
class Tuned:
    """The result of a search: the best parameters, one row per trial, and one row per parameter with its importance."""

    best: dict[str, Any]
    trials: pd.DataFrame
    importance: pd.DataFrame


def make_origins(training: Sequence[Sample], calibration: Sample) -> list[Origin]:
    """The dates at which learners are judged: the calibration snapshot and, if windows allow, an earlier one.

    The calibration snapshot judges learners of all training. The earlier one is the newest training snapshot; it judges
    learners fitted to the training snapshots whose windows were over at its cutoff. Only half of the customers judge,
    so that most of what calibrates the ensemble is new to the learners. An origin with too few customers to learn from
    or to judge by is left out; there may be none.
    """
    judges = [sample.where(fold_of(sample.ids, 2, "tuning") == 0) for sample in (calibration, training[-1])]
    newest, horizon = training[-1].cutoff, training[-1].btyd.horizon_days
    known = [sample for sample in training if (newest - sample.cutoff).days >= horizon]
    origins: list[tuple[Sequence[Sample], Sample]] = [(training, judges[0])]
    if (calibration.cutoff - newest).days >= horizon:
        origins.insert(0, (known, judges[1]))
    return [Origin(Lesson.of(rows), judged) for rows, judged in origins if not too_few(rows) and not too_few([judged])]


def tune_learner(
    name: str, origins: Sequence[Origin], params: TrainParams, tune: TuneParams, machine: Machine, seed: int
) -> Tuned:
    """Search the space of one learner, starting from `params` (trial 0), so that the best is never worse than these.

    The loss is the mean over the origins of the deviance relative to that of the buy-till-you-die forecast. A trial
    that is worse at the first origin than the median of the earlier trials is pruned. Tree-structured Parzen estimator:
    Bergstra et al. (2011), "Algorithms for hyper-parameter optimization", NeurIPS 24.
    """
    space, given = tune.space[name], asdict(params.section(name))
    tried: list[dict[str, Any]] = []

    def objective(trial: optuna.Trial) -> float:
        values = {key: _suggest(trial, key, wanted, type(given[key])) for key, wanted in space.items()}
        tried.append(values)
        changed: dict[str, Any] = {"learners": (BTYD, name), name: replace(params.section(name), **values)}
        alone = replace(params, **changed)
        losses: list[float] = []
        for step, origin in enumerate(origins):
            panel = Panel.taught(origin.lesson, alone, machine, seed)
            losses.append(origin.loss(panel.predict(origin.judged.features)[name].to_numpy()))
            trial.report(significant(float(np.mean(losses)), 8), step)
            if step < len(origins) - 1 and trial.should_prune():
                raise optuna.TrialPruned
        return significant(float(np.mean(losses)), 8)

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=UNPRUNED),
    )
    study.enqueue_trial({key: given[key] for key in space})
    study.optimize(objective, n_trials=tune.trials, timeout=tune.max_seconds, n_jobs=1)
    return Tuned(given | tried[study.best_trial.number], _trials(name, study, tried), _importance(name, study, seed))


def progress(results: Iterable[Tuned], n: int) -> Iterable[Tuned]:
    """The results as they arrive, with a progress bar in a terminal."""
    bar: Iterable[Tuned] = tqdm(results, total=n, desc="tune", unit="learner", disable=not sys.stderr.isatty())
    return bar


def _suggest(trial: optuna.Trial, name: str, wanted: SearchRange, kind: type) -> float:
    if kind is int:
        return trial.suggest_int(name, int(wanted.low), int(wanted.high), log=wanted.log)
    return significant(trial.suggest_float(name, wanted.low, wanted.high, log=wanted.log), DIGITS)


def _trials(name: str, study: optuna.Study, tried: Sequence[dict[str, Any]]) -> pd.DataFrame:
    # For a pruned trial only the loss at the first origin is known, which is not comparable.
    losses = pd.Series([trial.value if trial.state == COMPLETE else None for trial in study.trials], dtype=float)
    return pd.DataFrame(
        {
            "learner": name,
            "trial": [trial.number for trial in study.trials],
            "loss": losses,
            "best_loss": losses.cummin().ffill(),  # the first trials are not pruned
            "state": [trial.state.name.lower() for trial in study.trials],
            "params": ["; ".join(f"{key}={value:g}" for key, value in values.items()) for values in tried],
        }
    )


def _importance(name: str, study: optuna.Study, seed: int) -> pd.DataFrame:
    """The share of the variance of the loss that each parameter explains; empty if too few trials differ.

    Hutter, Hoos and Leyton-Brown (2014), "An efficient approach for assessing hyperparameter importance", ICML.
    """
    columns = ["learner", "parameter", "importance"]
    losses = {trial.value for trial in study.trials if trial.state == COMPLETE}
    if len(losses) < MIN_IMPORTANCE_TRIALS:
        return pd.DataFrame(columns=columns)
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=seed)
    found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return pd.DataFrame([(name, key, round(value, 3)) for key, value in sorted(found.items())], columns=columns)
