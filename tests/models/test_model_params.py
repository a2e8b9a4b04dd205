"""Parameters of tune and train: the registry gives the sections, every number has bounds, and reading is quick."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from typing import Any, get_args, get_type_hints

import numpy as np
import pandas as pd
import pytest

from clv.errors import InputError
from clv.machine import Machine
from clv.models.learners.encoder import Encoder
from clv.models.learners.registry import BTYD, LEARNERS
from clv.models.params import SearchRange, TrainParams, TuneParams, require_searchable
from clv.params import Params
from clv.strict import Between
from tests.conftest import ROOT, few_rounds

WORK = ("n_trees", "n_rounds", "n_networks", "n_units", "n_epochs", "max_leaves", "num_leaves", "max_depth")


def numbers(section: type) -> dict[str, Between]:
    """The numbers of a dataclass by name, with their bounds."""
    hints = get_type_hints(section, include_extras=True)
    rules = {field.name: get_args(hints[field.name])[1:] for field in fields(section)}
    return {name: rule for name, found in rules.items() for rule in found if isinstance(rule, Between)}


def ends() -> Iterator[tuple[str, str, float]]:
    """The bounds of numbers that do not add work, by learner and name."""
    for learner in LEARNERS.values():
        for name, rule in numbers(learner.section).items():
            if name not in WORK:
                yield from ((learner.name, name, end) for end in (rule.low, rule.high) if end is not None)


def test_the_sections_are_those_of_the_registry(project_params: Params) -> None:
    train = project_params.train
    assert {field.name for field in fields(train)} == {
        "learners",
        "btyd",
        "interval_bins",
        "max_rows",
        "rows",
        *LEARNERS,
    }
    for name, learner in LEARNERS.items():
        assert type(train.section(name)) is learner.section
    assert len({learner.title for learner in LEARNERS.values()}) == len(LEARNERS)
    assert set(asdict(train)) == {field.name for field in fields(train)}, "what a manifest keeps"


def test_they_go_to_other_processes_and_come_back(project_params: Params) -> None:
    assert pickle.loads(pickle.dumps(project_params.train)) == project_params.train


@pytest.mark.parametrize("section", [*(x.section for x in LEARNERS.values()), TrainParams, TuneParams, SearchRange])
def test_every_number_has_a_largest_value(section: type) -> None:
    hints, ranged = get_type_hints(section), numbers(section)
    for field in fields(section):
        if hints[field.name] in (int, float):
            assert ranged[field.name].low is not None, field.name
            assert ranged[field.name].high is not None, field.name


@pytest.mark.filterwarnings("ignore")  # an absurd penalty may warn
@pytest.mark.parametrize(("name", "parameter", "end"), list(ends()))
def test_learners_survive_the_ends_of_their_ranges(
    name: str, parameter: str, end: float, project_params: Params
) -> None:
    rng = np.random.default_rng(0)
    features = pd.DataFrame({"x": rng.lognormal(0, 1, 300), "kind": rng.choice(["a", "b"], 300)})
    y = np.where(rng.random(300) < 0.4, features["x"].to_numpy() * rng.gamma(2, 20, 300), 0.0)
    X = Encoder.fit(features).transform(features)
    given: Any = few_rounds(project_params.train, rounds=5, epochs=2).section(name)
    extreme = replace(given, **{parameter: type(getattr(given, parameter))(end)})
    learner = LEARNERS[name](extreme, Machine(1), 1)
    learner.fit(X, y, None)
    forecast = learner.predict(X)
    assert np.isfinite(forecast).all()
    assert (forecast >= 0).all()


def test_what_learns_nothing_from_labels_is_not_searched(project_params: Params) -> None:
    space = {BTYD: {"discount_rate": SearchRange(0.01, 0.2, False)}}
    with pytest.raises(InputError, match=r"tune\.space\.btyd is not a learner; choose from ridge, forest"):
        require_searchable(project_params.train, replace(project_params.tune, space=space))


def test_reading_parameters_imports_no_library_of_a_learner() -> None:
    """Importing these takes seconds, which the check before every run must not take."""
    heavy = "sklearn", "xgboost", "lightgbm", "scipy", "joblib"
    code = f"import sys, clv.params; print([name for name in {heavy} if name in sys.modules])"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )
    assert said.stdout.strip() == "[]"
