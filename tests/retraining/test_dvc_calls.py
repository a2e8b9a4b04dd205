"""The message of a stage that fails is the reason that a DVC command reports."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

CALL = """
from clv.errors import run_stage
from clv.retraining.dvc_calls import dvc
run_stage(lambda: dvc(*{arguments!r}))
print("went on")
"""


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    """A pipeline with a stage that fails and one that does not."""
    for command in (["git", "init", "--quiet"], [sys.executable, "-m", "dvc", "init", "--quiet"]):
        subprocess.run(command, cwd=tmp_path, check=True)
    failing = "echo 'warning: so so' >&2; echo 'error: the rows are bad; fix them' >&2; echo 'gone' >&2; exit 1"
    stages = {"good": "echo fine", "bad": failing}
    text = "".join(f'  {name}:\n    cmd: "{command}"\n' for name, command in stages.items())
    (tmp_path / "dvc.yaml").write_text(f"stages:\n{text}", encoding="utf-8")
    return tmp_path


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = CALL.format(arguments=arguments)
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_command_that_ends_well_says_nothing_more(pipeline: Path) -> None:
    done = call(pipeline, "repro", "good")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "went on"


def test_the_line_of_the_stage_is_the_reason(pipeline: Path) -> None:
    failed = call(pipeline, "repro", "bad")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1] == "error: dvc repro failed: the rows are bad; fix them"
    assert "warning: so so" in failed.stderr, "its other output is passed on"


def test_where_no_stage_says_why_dvc_s_own_message_is_pointed_at(pipeline: Path) -> None:
    failed = call(pipeline, "repro", "no_such_stage")
    assert failed.stderr.splitlines()[-1].startswith("error: dvc repro failed: its own message is above")
    assert "no_such_stage" in failed.stderr
