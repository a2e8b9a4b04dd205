"""The files that make up a stage, checked against reversed imports, the modules Python loads, and the stage `code`."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from clv import closure, paths
from clv.errors import InputError
from stages import code
from tests.conftest import ROOT

FILES = closure.read(ROOT)
STAGES = closure.stages(FILES)
MADE_OF = {stage: closure.files_of(stage, FILES) for stage in STAGES}
LOADED = """
import importlib, json, sys
from pathlib import Path
loaded = {}
for stage in sys.argv[1:]:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("clv", "stages")]:
        del sys.modules[name]
    importlib.import_module(f"stages.{stage}")
    found = [Path(m.__file__) for name, m in sys.modules.items() if name.partition(".")[0] in ("clv", "stages")]
    loaded[stage] = [path.relative_to(Path.cwd()).as_posix() for path in found if path.name != "__init__.py"]
print(json.dumps(loaded))
"""
# One file of each folder, and of each kind.
SAMPLE = {(str(Path(path).parent), Path(path).suffix): path for path in FILES if not path.endswith("__init__.py")}


def importers() -> dict[str, set[str]]:
    """The files that directly import each file. Each module counts as importing the files beside it, which it reads."""
    found: dict[str, set[str]] = {path: set() for path in FILES}
    for path in FILES:
        if path.endswith((".py", ".ipynb")):
            for imported in closure.imports(path, FILES):
                found[imported].add(path)
        else:
            found[path].add(f"{path.partition('.')[0]}.py")
    return found


def test_a_file_is_listed_for_the_stages_that_reach_it_and_for_no_other() -> None:
    backwards = importers()
    for path in FILES:
        found, waiting = {path}, [path]
        while waiting:
            new = backwards[waiting.pop()] - found
            found |= new
            waiting.extend(new)
        wanted = {stage for stage in STAGES if f"stages/{stage}.py" in found}
        if any(name.startswith("notebooks/") for name in found):
            wanted.add("report")
        if wanted:
            wanted.add("index")
        assert {stage for stage in STAGES if path in MADE_OF[stage]} == wanted, path


def test_what_python_loads_for_a_stage_is_what_is_listed() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED, *STAGES], cwd=ROOT, capture_output=True, text=True, check=True)
    for stage, loaded in json.loads(done.stdout).items():
        listed = {path for path in MADE_OF[stage] if path.endswith(".py")}
        if stage in (closure.WITH_NOTEBOOKS, closure.WITH_ALL):  # these list more than their own imports
            assert set(loaded) <= listed, stage
        else:
            assert set(loaded) == listed, stage


def test_whatever_lies_in_the_package_belongs_to_a_module() -> None:
    """A kind of file that no list covers could be edited without any stage noticing."""
    done = subprocess.run(["git", "ls-files", *closure.PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True)
    typed = "clv/py.typed"  # empty, for type checkers alone
    assert {path for path in done.stdout.splitlines() if (ROOT / path).exists()} <= {*FILES, typed}
    for path in FILES:
        if path.endswith(closure.BESIDE):  # a template, style or script belongs to the stages of its module
            module = f"{path.partition('.')[0]}.py"
            assert module in FILES, path
            assert all((path in MADE_OF[stage]) == (module in MADE_OF[stage]) for stage in STAGES), path


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with only the code, in which the stage runs."""
    for path, content in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written() -> dict[str, str]:
    """The files that the stage `code` writes, by stage."""
    code.main()
    return {path.stem: path.read_text(encoding="utf-8") for path in Path("code").iterdir()}


def test_an_edit_changes_the_lists_of_what_is_made_of_it(copy: Path) -> None:
    before = written()
    assert before.keys() == set(STAGES)
    for path in SAMPLE.values():
        (copy / path).write_bytes(FILES[path] + b"\n")
        after = written()
        wanted = {stage for stage in STAGES if path in MADE_OF[stage]}
        assert {stage for stage in STAGES if before[stage] != after[stage]} == wanted, path
        (copy / path).write_bytes(FILES[path])
    (copy / "clv" / "not_yet_used.py").write_text("half a (thought\n", encoding="utf-8")
    assert written() == before, "for a file that nobody imports"


def test_a_list_has_the_form_of_sha256sum() -> None:
    line = closure.listing("budget", FILES).splitlines()[-1]
    assert line == f"{hashlib.sha256(FILES['stages/budget.py']).hexdigest()}  stages/budget.py"


SMALL = {
    "clv/__init__.py": b"",
    "clv/kit/__init__.py": b"",
    "clv/kit/page.py": b"import numpy as np\n",
    "clv/kit/page.html.j2": b"<p>",
    "clv/kit/page.css": b"p {}",
    "clv/kit/pages.css": b"p {}",
    "clv/kit/chart.py": b"def draw():\n    import clv.kit.page as page\n    return page\n",
    "clv/alone.py": b"",
    "stages/__init__.py": b"",
    "stages/code.py": b"",
    "stages/index.py": b"",
    "stages/report.py": b"import clv\n",
    "stages/train.py": b"from clv.kit import chart\n",
    "notebooks/01_a.ipynb": json.dumps(
        {
            "cells": [
                {"cell_type": "markdown", "source": ["from clv import nothing\n"]},
                {"cell_type": "code", "source": ["import clv.kit\n", "from clv.alone import ALL"]},
            ]
        }
    ).encode(),
}


def test_imports_are_found_wherever_they_stand() -> None:
    chart = ["clv/kit/chart.py", "clv/kit/page.css", "clv/kit/page.html.j2", "clv/kit/page.py"]
    report = ["clv/alone.py", "notebooks/01_a.ipynb", "stages/report.py"]
    assert closure.stages(SMALL) == ["index", "report", "train"]
    assert closure.files_of("train", SMALL) == [*chart, "stages/train.py"]
    assert closure.files_of("report", SMALL) == report
    assert closure.files_of("index", SMALL) == sorted([*chart, *report, "stages/index.py", "stages/train.py"])


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (b"x = (", r"stages/train\.py cannot be read as Python code: .*; correct that"),
        (b"x = '\xff'", r"stages/train\.py cannot be read as Python code: .*utf-8.*; correct that"),
        (b"\nfrom . import index", r"stages/train\.py cannot be read as Python code: line 2 has a relative import"),
        (b"from clv.kit import novel", r"stages/train\.py imports clv\.kit\.novel, which is not a file .*`git add` it"),
        (b"import clv.novel", r"stages/train\.py imports clv\.novel, which is not a file .*`git add` it"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_one_line(script: bytes, message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}") as raised:
        closure.files_of("train", SMALL | {"stages/train.py": script})
    assert "\n" not in str(raised.value)


def test_the_lists_in_git_are_those_of_the_code() -> None:
    for stage in STAGES:
        path = ROOT / paths.code(stage)
        is_there = path.exists() and path.read_text(encoding="utf-8")
        assert is_there == closure.listing(stage, FILES), f"{paths.code(stage)} is of other code; run `dvc repro code`"
    assert {path.stem for path in (ROOT / "code").iterdir()} == set(STAGES), "a list of no stage; git rm it"
