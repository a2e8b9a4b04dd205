"""A stage loads exactly the parameters that dvc.yaml names for it."""

import dataclasses
import importlib
import re
import typing

import pytest

from clv import paths
from clv.params import Params
from clv.strict import At, place_of
from clv.yaml_file import read_yaml
from tests.conftest import ROOT

STAGES = read_yaml(ROOT / "dvc.yaml")["stages"]
UNSTEERED = {"publish", "serve", "expect", "retrain"}  # sections that change no artifact
LOADING = [name for name in STAGES if "load(Params)" in (ROOT / "stages" / f"{name}.py").read_text(encoding="utf-8")]


def declared(stage: str) -> tuple[set[str], set[str]]:
    """What dvc.yaml names for a stage: its parameters in params.yaml, and other parameter files."""
    entries = STAGES[stage].get("params", [])
    return {entry for entry in entries if isinstance(entry, str)}, {
        file for entry in entries if isinstance(entry, dict) for file in entry
    }


def loaded(cls: type) -> set[str]:
    """The dotted paths from which a class of parameters is loaded."""
    return {place_of(name, hint) for name, hint in typing.get_type_hints(cls, include_extras=True).items()}


@pytest.mark.parametrize("stage", LOADING)
def test_a_stage_names_the_parameters_that_it_loads(stage: str) -> None:
    assert loaded(importlib.import_module(f"stages.{stage}").Params) == declared(stage)[0]


@pytest.mark.parametrize("stage", LOADING)
def test_a_stage_uses_every_parameter_that_it_loads(stage: str) -> None:
    text = (ROOT / "stages" / f"{stage}.py").read_text(encoding="utf-8")
    if "vars(p)" in text:  # passes all of them to the notebooks
        return
    for field in dataclasses.fields(importlib.import_module(f"stages.{stage}").Params):
        assert re.search(rf"\bp\.{field.name}\b", text), field.name


def test_all_but_code_and_index_load_their_own_parameters() -> None:
    """`index` shows all parameters; `code`, `profile` and `runs` have none."""
    assert set(STAGES) - set(LOADING) == {"code", "index", "profile", "runs"}
    assert declared("index")[0] == {field.name for field in dataclasses.fields(Params)} - UNSTEERED


def test_who_reads_the_knobs_of_the_synthetic_shops_says_so() -> None:
    for stage in STAGES:
        reads = "paths.SYNTHETIC" in (ROOT / "stages" / f"{stage}.py").read_text(encoding="utf-8")
        assert declared(stage)[1] == ({paths.SYNTHETIC.as_posix()} if reads else set()), stage


def test_the_whole_and_the_parts_are_the_same_types() -> None:
    """A stage loads the same type under a path as the check before a run, with the same range."""
    for stage in LOADING:
        cls = importlib.import_module(f"stages.{stage}").Params
        for name, hint in typing.get_type_hints(cls, include_extras=True).items():
            assert plain(hint) == plain(whole(place_of(name, hint))), f"{stage}: {name}"


def whole(path: str) -> object:
    """The type of the parameter at a dotted path of the whole file."""
    cls: typing.Any = Params
    for name in path.split("."):
        cls = typing.get_type_hints(cls, include_extras=True)[name]
    return cls


def plain(hint: object) -> tuple[object, ...]:
    """A type and its rules, without its path."""
    if typing.get_origin(hint) is typing.Annotated:
        inner, *rules = typing.get_args(hint)
        return (inner, *(rule for rule in rules if not isinstance(rule, At)))
    return (hint,)
