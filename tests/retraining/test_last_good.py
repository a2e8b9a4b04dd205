"""A night that is killed while git commits: once the next has begun, the old or the new run is there, whole."""

import subprocess
import sys
from pathlib import Path

import pytest

from clv import paths
from clv.serving.recorded import LOCK
from tests.small_repo import Repo

FORECAST = "models/forecast.txt"
METRIC = "reports/metrics/bias.json"
DVC_YAML = f"""
stages:
  forecast:
    cmd: cp number.txt {FORECAST} && cp number.txt {METRIC}
    deps: [number.txt]
    outs: [{FORECAST}: {{cache: true}}]
    metrics: [{METRIC}: {{cache: false}}]
"""
# The part of `clv retrain` that matters here, with the same calls. Another night only begins.
NIGHT = """
import sys
from pathlib import Path
from clv import storage
from clv.retraining.dvc_calls import dvc
from clv.retraining.last_good import recover, under_way
root = Path.cwd()
print(recover(root))
if len(sys.argv) > 1:
    with under_way(root) as night:
        storage.write_text(sys.argv[1], Path("number.txt"))
        dvc("repro", "--quiet")
        night.keep(f"Forecast {sys.argv[1]}")
"""
# Git calls a hook: the hook's parent is git, and git's parent is the night.
KILLS_THE_NIGHT = "night=$(ps -o ppid= -p $PPID); kill -9 $night"
KILLS_BOTH = f"{KILLS_THE_NIGHT} $PPID"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repo with one stage, whose last good run forecasts 1."""
    made = Repo(tmp_path / "shop")
    for folder in ("models", "reports/metrics"):
        (made.root / folder).mkdir(parents=True)
    (made.root / "dvc.yaml").write_text(DVC_YAML, encoding="utf-8")
    (made.root / ".gitignore").write_text(".retrain/\nnumber.txt\nmodels/*.txt\n", encoding="utf-8")
    (made.root / "number.txt").write_text("1\n", encoding="utf-8")
    (made.root / paths.HISTORY).write_text("as_of\n", encoding="utf-8")
    (made.root / paths.PREVIOUS).write_text("{}\n", encoding="utf-8")
    for command in ("git init --quiet", "dvc init --quiet", "dvc repro --quiet", "git add --all"):
        made.run(*command.split())
    made.run("git", "commit", "--quiet", "--message", "Forecast 1")
    return made


def night(repo: Repo, *number: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-c", NIGHT, *number)
    return subprocess.run(command, cwd=repo.root, env=repo.env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("hook", "kills"), [("pre-commit", KILLS_BOTH), ("post-commit", KILLS_THE_NIGHT)])
def test_a_night_that_is_killed_in_its_commit(repo: Repo, hook: str, kills: str) -> None:
    kept = "2" if hook == "post-commit" else "1"
    script = repo.root / ".git" / "hooks" / hook
    script.parent.mkdir(exist_ok=True)
    script.write_text(f"#!/bin/sh\n{kills}\n", encoding="utf-8")
    script.chmod(0o755)
    assert night(repo, "2").returncode == -9, "it was killed"
    script.unlink()

    following = night(repo)
    assert following.stdout.splitlines()[-1] == "True", following.stderr
    assert repo.run("git", "log", "-1", "--format=%s").stdout == f"Forecast {kept}\n"
    assert repo.run("git", "status", "--porcelain").stdout == ""
    for path in (FORECAST, METRIC):
        assert (repo.root / path).read_text(encoding="utf-8") == f"{kept}\n"
    (repo.root / "number.txt").write_text(f"{kept}\n", encoding="utf-8")
    assert "up to date" in repo.run("dvc", "status").stdout
    assert (repo.root / LOCK).exists()
    assert night(repo, "3").returncode == 0, "the next one succeeds"
    assert repo.run("git", "log", "-1", "--format=%s").stdout == "Forecast 3\n"
