"""A copy of the repo with the outputs of a run on a small shop, and the dvc.lock that DVC wrote for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.settings import set_param

SMALL: dict[str, object] = {
    "synthetic.yaml:default.n_customers": 600,
    "synthetic.yaml:default.n_days": 700,
    "synthetic.yaml:default.experiment_start": "2024-03-01",
    "synthetic.yaml:default.experiment_share": 1.0,
    "time.horizon_days": 120,
    "time.training_snapshots": 3,
    "time.rolling_origins": 1,
    "tune.trials": 1,
    "train.learners": ["btyd", "ridge", "lightgbm"],
    "train.lightgbm.n_rounds": 10,
    "evaluate.resamples": 100,
    "evaluate.permuted_customers": 100,
}
COPIED = ("clv", "stages", "notebooks", "data/templates", ".dvc/config", ".dvcignore", "dvc.yaml", "params.yaml")


def make(root: Path, seed: int = 42) -> None:
    """Fill a new folder: code and parameters, data/, models/ and reports/ of a run, dvc.lock and the cache of DVC."""
    for name in (*COPIED, "synthetic.yaml", "reports/previous.json", "reports/history.csv"):
        _copy(ROOT / name, root / name)
    for key, value in (SMALL | {"seed": seed}).items():
        set_param(root, key, value)
    run(root, "git", "init", "--quiet")
    run(root, sys.executable, "-P", "-m", "tests.serving.all_stages")
    run(root, "dvc", "commit", "--force", "--quiet")


def run(root: Path, *command: str) -> None:
    """Run a command there, with this repo's code and no credentials; if it fails, its output is shown."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DVC_", "PYTHON"))}
    env |= {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(root.parent)}
    env |= {"PYTHONPATH": str(ROOT), "CLV_THREADS": "1"}  # one process: others would have to load all libraries
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)
