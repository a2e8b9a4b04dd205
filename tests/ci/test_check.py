"""The check that HEAD gives the same bytes elsewhere, run on a pipeline of two stages: what it passes and finds."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PIPELINE = """
stages:
  orders:
    cmd: python orders.py
    deps:
      - orders.py
    outs:
      - orders.csv:
          persist: true
  figures:
    cmd: python figures.py
    deps:
      - figures.py
      - orders.csv
    outs:
      - total.txt:
          cache: false
          persist: true
      - counts:
          cache: false
          persist: true
"""
ORDERS = """
from pathlib import Path
Path("orders.csv").write_text("12\\n30\\n")
"""
FIGURES = """
from pathlib import Path
orders = [int(line) for line in Path("orders.csv").read_text().splitlines()]
Path("counts").mkdir(exist_ok=True)
Path("counts/orders.txt").write_text(f"{len(orders)}\\n")
Path("total.txt").write_text(f"{sum(orders)}\\n")
"""
CONFIG = """
[core]
    analytics = false
    check_update = false
    remote = storage
['remote "storage"']
    url = s3://nowhere/dvc
"""


def call(folder: Path, *command: str, code: int = 0) -> str:
    """The output of a command, on both streams; it must end with this exit code."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "CLV_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def commit(folder: Path) -> None:
    call(folder, "git", "add", "--all")
    call(
        folder,
        "git",
        "-c",
        "user.name=shop",
        "-c",
        "user.email=shop@localhost",
        "commit",
        "--quiet",
        "--message",
        "Run",
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repo with the check and a pipeline, after a run that was committed."""
    folder = tmp_path_factory.mktemp("check") / "repo"
    folder.mkdir()
    call(folder, "git", "init", "--quiet")
    call(folder, "dvc", "init", "--quiet")
    files = {".dvc/config": CONFIG, "dvc.yaml": PIPELINE, "orders.py": ORDERS, "figures.py": FIGURES}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / ".ci", folder / ".ci", ignore=shutil.ignore_patterns("__pycache__"))
    call(folder, "dvc", "repro")
    commit(folder)
    return folder


@pytest.fixture
def repo(built: Path, tmp_path: Path) -> Path:
    """A copy of that repo, to change."""
    return Path(shutil.copytree(built, tmp_path / "repo"))


def test_every_stage_runs_twice(built: Path) -> None:
    said = call(built, ".ci/check")
    assert "check: again: 2 of 2 stages ran, every byte as in HEAD" in said
    assert "check: other-machine: 2 of 2 stages ran, every byte as in HEAD" in said
    assert said.count("older machine: OpenBLAS as ") == 1


def test_an_output_in_git_that_was_altered_with_its_lock_is_found(repo: Path) -> None:
    lock, total = repo / "dvc.lock", repo / "total.txt"
    before = hashlib.md5(total.read_bytes()).hexdigest()
    total.write_text("43\n", encoding="utf-8")
    after = hashlib.md5(total.read_bytes()).hexdigest()
    lock.write_text(lock.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    assert "up to date" in call(repo, "dvc", "status")
    commit(repo)
    said = call(repo, ".ci/check", code=1)
    assert "figures  outs  total.txt" in said
    assert "check: again: the files above differ from HEAD" in said


def test_an_output_in_git_that_its_stage_no_longer_writes_is_found(repo: Path) -> None:
    figures = repo / "figures.py"
    figures.write_text("".join(FIGURES.splitlines(keepends=True)[:-1]), encoding="utf-8")
    call(repo, "dvc", "repro")  # it takes the old total, which still lies there, for a new one
    commit(repo)
    assert "output 'total.txt' does not exist" in call(repo, ".ci/check", code=1)


def test_what_an_older_machine_gives_otherwise_is_found(repo: Path) -> None:
    threads = "import os\nPath('orders.csv').write_text(os.environ['CLV_THREADS'])\n"
    (repo / "orders.py").write_text(ORDERS + threads, encoding="utf-8")
    call(repo, "dvc", "repro")
    commit(repo)
    said = call(repo, ".ci/check", code=1)
    assert "check: again: 2 of 2 stages ran, every byte as in HEAD" in said
    assert "orders  outs  orders.csv" in said
    assert "check: other-machine: the files above differ from HEAD" in said


def test_a_stage_that_does_not_run_is_named(repo: Path) -> None:
    (repo / ".ci" / "remove_outputs.py").write_text("", encoding="utf-8")
    commit(repo)
    said = call(repo, ".ci/check", code=1)
    assert "check: again: not all of the 2 stages ran, and only what runs is checked; not run: figures\n" in said
