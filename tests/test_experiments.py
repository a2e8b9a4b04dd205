"""The commands of docs/experiments.md, one after the other as a reader types them, on a tiny shop.

They take some minutes: `pytest -m slow`, which `.ci/run` calls.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.killing import wait_for
from tests.recipes import blocks, section
from tests.small_repo import SMALL, Repo, copied

pytestmark = pytest.mark.slow
PAGE = ROOT / "docs" / "experiments.md"
FEWER = {"range(7,32,8)": "range(7,8,8)"}  # one experiment in the queue instead of four
QUICK = {"train.learners": ["btyd", "lightgbm"], "tune.trials": 0, "time.rolling_origins": 0}


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repo]:
    """The copy after the first run, committed."""
    copy = copied(tmp_path_factory.mktemp("clone") / "clv")
    copy.set_params(SMALL | QUICK)
    for notebook in (copy.root / "notebooks").glob("*.ipynb"):
        shorten(notebook)
    copy.run("dvc", "repro")
    copy.run("git", "add", "--all")
    copy.run("git", "commit", "--quiet", "--message", "A tiny shop")
    yield copy
    copy.run("dvc", "queue", "stop", "--kill")


def shorten(path: Path) -> None:
    """Keep the title and the parameters of a notebook: its page is not looked at here."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"] = notebook["cells"][:2]
    path.write_text(json.dumps(notebook), encoding="utf-8")


def commands(title: str | None = None) -> list[str]:
    """The commands of a section, or of the text before the first one."""
    text = section(title, file=PAGE) if title else PAGE.read_text(encoding="utf-8").split("\n## ")[0]
    return [line for block in blocks(text, "console") for line in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]


def typed(repo: Repo, command: str) -> str:
    """What the command prints."""
    for words, fewer in FEWER.items():
        command = command.replace(words, fewer)
    return repo.run("bash", "-c", command).stdout


def is_head(repo: Repo) -> bool:
    clean = repo.run("git", "status", "--porcelain").stdout == ""
    return clean and "up to date" in repo.run("dvc", "status").stdout


def experiments(repo: Repo) -> int:
    return len(repo.run("dvc", "exp", "list", "--name-only").stdout.split())


def test_commands_of_a_first_experiment(repo: Repo) -> None:
    shown = {command.split("  ")[0].strip(): typed(repo, command) for command in commands()}
    assert "quarter" in next(text for command, text in shown.items() if command.startswith("dvc exp show"))
    assert "gini" in shown["dvc metrics show"]
    assert re.search(r"time\.horizon_days +120 +90", shown["dvc params diff"])
    assert "gini" in shown["dvc metrics diff"]
    assert "index.html" in shown["dvc plots show"]
    assert "index.html" in shown["dvc plots diff HEAD quarter"]


def test_back_to_head(repo: Repo) -> None:
    (back,) = commands("Back to HEAD")
    assert not is_head(repo)
    typed(repo, back)
    repo.run("dvc", "repro", "--single-item", "audience")  # as the section explains
    assert is_head(repo)


def test_commands_of_a_queue(repo: Repo) -> None:
    before = experiments(repo)
    *first, show = commands("Many at once")
    for command in first:
        typed(repo, command)
    wait_for(lambda: not re.search("Running|Queued", repo.run("dvc", "queue", "status").stdout))
    assert experiments(repo) == before + 1
    gini = re.findall(r"0\.\d{3,}", typed(repo, show))
    assert len(gini) >= 2, "of HEAD and of the experiment"


def test_commands_that_compare_adopt_and_branch(repo: Repo) -> None:
    compare, *rest = commands("Compare, adopt, branch")
    assert re.search(r"time\.horizon_days +120 +90", typed(repo, compare))
    for command in rest:
        typed(repo, command)
    assert "try-quarter" in repo.run("git", "branch").stdout
    repo.run("dvc", "repro", "--single-item", "audience")
    assert is_head(repo)
