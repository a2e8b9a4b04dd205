"""YAML is read as DVC reads it, so a run uses the values that dvc.lock records."""

import math
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from dvc.utils.hydra import apply_overrides
from dvc.utils.serialize import load_yaml

from clv import params
from clv.errors import InputError
from clv.yaml_file import read_yaml
from tests.conftest import ROOT

# YAML 1.1 and YAML 1.2 read most of these differently, as the loader and DVC once did.
SCALARS = """
042 0100 08 0o17 0o8 0b11 0x1F 0x 1_000 1__0 _1 1_0.5 1_000:30.0 3:2:1 1:30 +5 -0 -0.0 1e-3 1E5 1e5 1.0e+3 1_e3 1e_3
.5 5. 0.1.2 1,5 1e400 -1e400 .inf -.inf .nan .NaN yes Yes no NO on off y n true True TRUE tRue ~ null Null NULL ''
2026-01-31 2026-1-3 0001-01-01 2026-01-31T10:00:00 2026-01-31T10:00:00Z 2026-01-31T10:00:00+02:00
12345678901234567890123 1.7976931348623159e308 '042' {1:2} [1,042]
"""
VALUES = [
    *SCALARS.split(),
    "2026-01-31 10:00:00",
    "2026-01-31 10:00",
    "!!int '3'",
    "!!str 3",
    "!!float 3_0",
    "!!bool yes",
    "!!null x",
    "!!set {a, b}",
    "!!binary aGk=",
    "!!omap [a: 1]",
    "[&a 042, *a]",
    "{<<: {a: 042}, a: 1}",
    "{<<: [{a: 1}, {a: 2}]}",
    "{1: a, null: b, 042: c, yes: d, [1]: e}",
    "|\n  a\n  b",
    ">-\n  a\n  b",
]
WHOLE = ["", "# nothing", "---\n", "[]", "%YAML 1.1\n---\na: yes\nb: 042\n", "\ufeffa: 1", "a: &x {b: 1}\nc: *x\n"]
BROKEN = {
    "a: 1\nb: [\n": r"params\.yaml is not valid YAML at line 3: [^\n]*; fix that line",
    "a: 1\nb: 2\n\na: 3\n": r'params\.yaml is not valid YAML at line 4: found duplicate key "a"; keep one of the two',
    "s:\n  a: {x: 1}\n  a: {y: 2}\n": r'.* at line 3: found duplicate key "a"; keep one of the two',
    "a: 1\nb: 2026-02-30\n": r".* at line 2: day is out of range for month; fix that line",
    "a:\n  - 1\n  - 2026-01-31T25:00:00\n": r".* at line 3: hour must be in 0\.\.23; fix that line",
    "a: !!int x": r".* at line 1: invalid literal for int[^\n]*; fix that line",
    "a: !!int": r".* at line 1: [^\n]*; fix that line",
    "a: !!bool x": r".* at line 1: [^\n]*; fix that line",
    f"a: {'9' * 5000}": r".* at line 1: Exceeds the limit[^\n]*; fix that line",
    "a: *b": r".* at line 1: found undefined alias 'b'; fix that line",
    "a: !mine b": r".* at line 1: could not determine a constructor[^\n]*; fix that line",
    "a: =": r".* at line 1: could not determine a constructor[^\n]*; fix that line",
    "a: b: c": r".* at line 1: mapping values are not allowed here; fix that line",
    "a: 1\n\tb: 2": r".* at line 2: [^\n]*; fix that line",
    "a: \x00": r".* is not valid YAML[^\n]*; fix that line",
    "a: 1\n---\nb: 1": r".* is not valid YAML[^\n]*; fix that line",
    "[" * 3000: r".* is not valid YAML[^\n]*; fix that line",
    "- a": r".* must be a mapping of names to values, got a list",
    "a": r".* must be a mapping of names to values, got a str",
}


def both(text: str, tmp_path: Path) -> tuple[Any, Any]:
    path = tmp_path / "params.yaml"
    path.write_text(text, encoding="utf-8")
    return read_yaml(path), load_yaml(str(path))


@pytest.mark.parametrize("value", VALUES)
def test_values_are_those_of_dvc(value: str, tmp_path: Path) -> None:
    ours, theirs = (content["x"] for content in both(f"x: {value}\n", tmp_path))
    assert type(ours) is type(theirs)
    assert ours == theirs or (math.isnan(ours) and math.isnan(theirs))
    assert repr(ours) == repr(theirs) or isinstance(ours, set)  # 1 is True, and 0.0 is -0.0


@pytest.mark.parametrize("text", WHOLE)
def test_whole_files_are_those_of_dvc(text: str, tmp_path: Path) -> None:
    ours, theirs = both(text, tmp_path)
    assert ours == (theirs or {})


@pytest.mark.parametrize("name", ["params.yaml", "dvc.yaml", "dvc.lock"])
def test_files_of_the_repo_are_those_of_dvc(name: str) -> None:
    assert read_yaml(ROOT / name) == load_yaml(str(ROOT / name))


def test_dvc_writes_texts_so_that_they_stay_texts(tmp_path: Path) -> None:
    """`dvc exp run -S` rewrites the file, with NO and 2026-01-31 without quotes: YAML 1.2 reads them as text."""
    path = tmp_path / "params.yaml"
    path.write_text((ROOT / "params.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    apply_overrides(
        path, ["audience.country=NO", "campaign.name=042", "time.last_day=2025-12-31", "tune.max_seconds=1e2"]
    )
    read = params.load(path)
    assert (read.audience.country, read.campaign.name) == ("NO", "042")
    assert (read.time.last_day, read.tune.max_seconds) == (date(2025, 12, 31), 100.0)


@pytest.mark.parametrize("text", BROKEN)
def test_what_cannot_be_read_is_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=rf"\A[^\n]*{BROKEN[text]}\Z"):
        read_yaml(path)


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes("seed: 1 # größer".encode("latin-1"))
    with pytest.raises(InputError, match=r"params\.yaml is not UTF-8 at byte \d+; save it as UTF-8"):
        read_yaml(path)


def test_no_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml does not exist; run from the root of the repo"):
        read_yaml(tmp_path / "none.yaml")
    with pytest.raises(InputError, match=r"cannot be read \(Is a directory\); it must be a YAML file"):
        read_yaml(tmp_path)
