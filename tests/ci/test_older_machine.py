"""How an older kind of machine is chosen for the check, and that the chosen one runs here."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from tests.conftest import ROOT

SCRIPT = ROOT / ".ci" / "older_machine.py"
PROCESSORS = {  # its own types, the core types that run there, the type chosen
    "with AVX-512": (["SkylakeX"], {"Nehalem", "Sandybridge", "Haswell"}, "Nehalem"),
    "with AVX2, of AMD": (["Zen"], {"Nehalem", "Sandybridge", "Haswell"}, "Nehalem"),
    "of ARM": (["neoversen1"], {"ARMV8"}, "ARMV8"),
    "without the oldest type in its OpenBLAS": (["SkylakeX"], {"Haswell"}, "Haswell"),
    "with two OpenBLAS that name it otherwise": (["Haswell", "Zen"], {"Haswell", "Sandybridge"}, "Sandybridge"),
    "that is the oldest itself": (["Nehalem"], {"Nehalem"}, None),
    "of ARM that is the oldest itself": (["armv8"], {"ARMV8"}, None),
    "of which no other type is known": (["POWER9"], set(), None),
    "without OpenBLAS": ([], set(), None),
}


@pytest.fixture(scope="module")
def older_machine() -> ModuleType:
    spec = importlib.util.spec_from_file_location("older_machine", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def running(types: set[str], otherwise: list[str] | None) -> Callable[[str], list[str] | None]:
    """A processor that runs these types. For others OpenBLAS reports `otherwise`; the run dies where that is None."""
    return lambda wanted: [wanted] if wanted in types else otherwise


@pytest.mark.parametrize("name", PROCESSORS)
@pytest.mark.parametrize("dies", [True, False], ids=["others die", "others are its own"])
def test_the_oldest_type_that_runs_is_taken(older_machine: ModuleType, name: str, dies: bool) -> None:
    own, types, taken = PROCESSORS[name]
    assert older_machine.choose(own, running(types, None if dies else own)) == taken


def test_a_type_that_one_of_two_libraries_takes_is_none(older_machine: ModuleType) -> None:
    answers = {"Nehalem": ["Nehalem", "SkylakeX"], "Haswell": ["Haswell"]}
    assert older_machine.choose(["SkylakeX"], answers.get) == "Haswell"


def test_a_run_that_dies_gives_no_answer(older_machine: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(older_machine, "PROBE", "import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    assert older_machine.probe({}) is None
    with pytest.raises(SystemExit, match="numpy and scipy do not work here"):
        older_machine.older()


def test_what_cannot_be_older_is_said(older_machine: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine has one core type and no numpy features to switch off; everything else is still varied."""
    monkeypatch.setattr(older_machine, "probe", lambda variables: older_machine.Answer(["armv8"], []))
    variables, said = older_machine.older()
    assert "OpenBLAS as it is, for no older type than this processor's own (armv8) runs here" in said
    assert "numpy as it is, for it uses nothing here that can be switched off" in said
    assert not variables.keys() & {"OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES"} - os.environ.keys()
    assert (variables["CLV_THREADS"], variables["PYTHONHASHSEED"], variables["TZ"]) == ("2", "7", "Asia/Tokyo")


@pytest.mark.parametrize("steered", [{}, {"OPENBLAS_CORETYPE": "Nehalem", "OPENBLAS_L2_SIZE": "512"}], ids=str)
def test_what_is_taken_runs_here(
    older_machine: ModuleType, steered: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in steered.items():
        monkeypatch.setenv(name, value)
    here = older_machine.probe({})
    if here is None:
        pytest.skip(f"this processor is none for {steered}")
    done = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=True)
    variables = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert not any(set(value) & set(" \t*?") for value in variables.values())  # .ci/check splits them at spaces
    there = older_machine.probe(variables)
    assert there is not None
    if "OPENBLAS_CORETYPE" in variables:
        assert not set(there.types) & set(here.types)
        assert f"OpenBLAS as {variables['OPENBLAS_CORETYPE']} " in done.stderr
    if "NPY_DISABLE_CPU_FEATURES" in variables:
        assert there.features == []
    assert done.stderr.count("\n") == 1
