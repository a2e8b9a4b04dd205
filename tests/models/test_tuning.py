"""The search for parameters: it starts from the given ones, judges honestly, and is reproducible."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv.machine import Machine
from clv.models import tuning
from clv.models.panel import Lesson, Panel
from clv.models.params import SearchRange, TrainParams, TuneParams
from clv.models.samples import Sample, fold_of
from clv.models.tuning import Origin, Tuned, make_origins, tune_learner
from clv.params import Params
from tests.models.rows import CUTOFF, HORIZON, learnable, sample

ALPHA = {"alpha": SearchRange(0.1, 100_000, True)}


def at(windows: float) -> date:
    """A cutoff `windows` horizons after the first."""
    return CUTOFF + timedelta(days=round(windows * HORIZON))


@pytest.fixture(scope="module")
def origins() -> list[Origin]:
    training = [learnable(400, 0, at(0)), learnable(400, 1, at(1))]
    return make_origins(training, learnable(400, 2, at(2)))


def search(
    origins: Sequence[Origin], project: Params, name: str = "ridge", trials: int = 6, **given: Any
) -> tuple[Tuned, TrainParams]:
    space = {"ridge": ALPHA, "lightgbm": {"num_leaves": SearchRange(2, 20, True)}}
    tune = TuneParams(trials, given.pop("max_seconds", 600.0), space | {"ridge": given.pop("space", ALPHA)})
    train = replace(project.train, lightgbm=replace(project.train.lightgbm, n_rounds=10))
    section: dict[str, Any] = {name: replace(getattr(train, name), **given)}
    params = replace(train, **section)
    return tune_learner(name, origins, params, tune, Machine(1), given.pop("seed", 1)), params


def test_it_starts_from_what_is_given_and_never_ends_worse(origins: list[Origin], project_params: Params) -> None:
    tuned, _ = search(origins, project_params, alpha=90_000.0)
    trials = tuned.trials
    assert trials["params"][0] == "alpha=90000"
    assert trials["trial"].to_list() == [0, 1, 2, 3, 4, 5]
    assert set(trials["learner"]) == {"ridge"}
    assert trials["state"].to_list()[:2] == ["complete", "complete"], "with which others are compared"
    complete = trials[trials["state"] == "complete"]
    assert complete["loss"].min() < trials["loss"][0]
    assert trials["best_loss"].to_list() == [trials["loss"][:i].min() for i in range(1, len(trials) + 1)]
    best = complete.loc[complete["loss"].idxmin()]
    assert best["params"] == f"alpha={tuned.best['alpha']:g}"


def test_a_search_of_one_trial_is_the_given(origins: list[Origin], project_params: Params) -> None:
    first, _ = search(origins, project_params)
    again, _ = search(origins, project_params, alpha=first.best["alpha"], trials=1)
    assert again.best == first.best
    assert len(again.trials) == 1
    complete = first.trials[first.trials["state"] == "complete"]
    assert again.trials["loss"][0] == complete["loss"].min()


def test_the_best_has_the_loss_that_it_is_said_to_have(origins: list[Origin], project_params: Params) -> None:
    tuned, params = search(origins, project_params, "lightgbm", 3)
    assert isinstance(tuned.best["num_leaves"], int)
    assert set(tuned.best) == set(vars(params.lightgbm)), "every parameter of the learner, searched or not"
    best = replace(params, learners=("btyd", "lightgbm"), lightgbm=replace(params.lightgbm, **tuned.best))
    losses = []
    for origin in origins:
        panel = Panel.taught(origin.lesson, best, Machine(1), 1)
        losses.append(origin.loss(panel.predict(origin.judged.features)["lightgbm"].to_numpy()))
    complete = tuned.trials[tuned.trials["state"] == "complete"]
    assert complete["loss"].min() == pytest.approx(np.mean(losses), rel=1e-7)


def test_seeded_it_repeats_itself(origins: list[Origin], project_params: Params) -> None:
    first, _ = search(origins, project_params)
    again, _ = search(origins, project_params)
    assert again.best == first.best
    pd.testing.assert_frame_equal(again.trials, first.trials, check_exact=True)
    pd.testing.assert_frame_equal(again.importance, first.importance, check_exact=True)


def test_hopeless_trials_are_pruned(
    origins: list[Origin], project_params: Params, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every trial is worse than the one before; from the third on, trials end at the first origin."""
    asked: list[int] = []

    def worse(origin: Origin, forecast: np.ndarray) -> float:
        asked.append(origins.index(origin))
        return 1.0 + len(asked)

    monkeypatch.setattr(Origin, "loss", worse)
    tuned, _ = search(origins, project_params, trials=4, alpha=7.0)
    assert tuned.trials["state"].to_list() == ["complete", "complete", "pruned", "pruned"]
    assert asked == [0, 1, 0, 1, 0, 0]
    assert tuned.best["alpha"] == 7.0


def test_it_stops_when_the_time_is_up(
    origins: list[Origin], project_params: Params, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(origin: Origin, forecast: np.ndarray) -> float:
        time.sleep(0.3)
        return 1.0

    monkeypatch.setattr(Origin, "loss", slow)
    tuned, _ = search(origins, project_params, trials=5, max_seconds=0.5)
    assert len(tuned.trials) == 1, "fewer than asked for, which the stage reports"
    assert tuned.best["alpha"] == project_params.train.ridge.alpha


def test_what_matters_is_said_where_enough_trials_say_it(origins: list[Origin], project_params: Params) -> None:
    few, _ = search(origins, project_params, trials=3)
    assert few.importance.empty
    assert list(few.importance) == ["learner", "parameter", "importance"]
    # With one origin, all trials run to their end.
    enough, _ = search(origins[1:], project_params, trials=6)
    assert enough.importance["parameter"].to_list() == ["alpha"]
    assert enough.importance["importance"].sum() == pytest.approx(1, abs=2e-3)


def test_suggested_numbers_have_few_digits(origins: list[Origin], project_params: Params) -> None:
    tuned, _ = search(origins[1:], project_params, trials=3)
    for text in tuned.trials["params"]:
        value = text.removeprefix("alpha=")
        assert len(value.replace(".", "").strip("0").split("e")[0]) <= tuning.DIGITS


def taught(origin: Origin) -> list[float]:
    return sorted(origin.lesson.y.tolist())


def targets(samples: Sequence[Sample]) -> list[float]:
    return sorted(np.concatenate([sample.target for sample in samples]).tolist())


def test_origins_know_only_what_was_known_then() -> None:
    training = [learnable(200, i, at(w)) for i, w in enumerate((0, 0.5, 1, 1.5, 2))]
    calibration = learnable(200, 9, at(3))
    early, late = make_origins(training, calibration)
    assert taught(early) == targets(training[:3]), "windows that were over at the newest"
    assert early.judged.cutoff == at(2)
    assert taught(late) == targets(training)
    assert late.judged.cutoff == at(3)
    for origin, whole in ((early, training[-1]), (late, calibration)):
        assert origin.judged.ids.tolist() == whole.ids[fold_of(whole.ids, 2, "tuning") == 0].tolist()
        assert 70 < len(origin.judged.ids) < 130


def test_one_origin_where_windows_allow_no_more() -> None:
    calibration = learnable(200, 9, at(1))
    assert len(make_origins([learnable(200, 0, at(0))], calibration)) == 1, "one window to train on"
    close = [learnable(200, 0, at(0)), learnable(200, 1, at(0.5))]
    assert len(make_origins(close, calibration)) == 1, "none over at the newest cutoff"
    halves = learnable(400, 9).where(np.arange(400) < 200), learnable(400, 9).where(np.arange(400) >= 200)
    assert len(make_origins([halves[0]], halves[1])) == 1, "customers of one window"


@pytest.mark.parametrize("early", ["few", "no buyers"])
def test_an_early_window_that_teaches_nothing_is_no_origin(early: str) -> None:
    first = learnable(200, 0, at(0))
    nothing = sample(first.features, np.zeros(200), np.zeros(200), at(0))
    training = [first.where(np.arange(200) < 3) if early == "few" else nothing, learnable(200, 1, at(1))]
    origins = make_origins(training, learnable(200, 2, at(2)))
    assert [origin.judged.cutoff for origin in origins] == [at(2)]


def test_too_few_to_judge_are_no_origin() -> None:
    assert make_origins([learnable(200, 0, at(0))], learnable(40, 1, at(1))) == []


def test_the_loss_of_the_buy_till_you_die_forecast_is_one() -> None:
    training, judged = learnable(300, 0, at(0)), learnable(3000, 1, at(1))
    origin = Origin(Lesson.of([training]), judged)
    btyd = judged.features["btyd_value"].to_numpy()
    assert origin.loss(btyd) == pytest.approx(1)
    assert origin.loss(7 * btyd) == pytest.approx(1), "the total does not come from the learner"
    better = btyd * judged.features["f"].to_numpy()
    assert origin.loss(better) < 0.95


def test_the_level_is_no_learner_s_to_choose() -> None:
    """Forecasts are scaled to the realised total, so seven times a forecast is as good as the forecast."""
    training, judged = learnable(300, 0, at(0)), learnable(300, 1, at(1))
    btyd = judged.features["btyd_value"].to_numpy()
    better = btyd * judged.features["f"].to_numpy()
    origin = Origin(Lesson.of([training]), judged)
    assert origin.loss(better) == pytest.approx(origin.loss(7 * better)) != origin.loss(btyd)
