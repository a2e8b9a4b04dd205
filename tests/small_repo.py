"""A copy of this repo with a tiny shop and a git history of its own, in which tests run the pipeline as users do."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT
from tests.settings import set_param
from tests.tracked import tracked

SMALL = {
    "synthetic.yaml:default.n_customers": 900,
    "synthetic.yaml:default.n_days": 700,
    "synthetic.yaml:default.experiment_start": "2024-03-01",
    "synthetic.yaml:default.experiment_share": 1.0,
    "time.horizon_days": 120,
    "tune.trials": 2,
    "train.forest.n_trees": 10,
    "train.xgboost.n_rounds": 20,
    "train.lightgbm.n_rounds": 20,
    "train.gradient_boosting.n_rounds": 20,
    "train.hurdle.n_rounds": 20,
    "train.neural.n_networks": 1,
    "time.rolling_origins": 1,
    "evaluate.resamples": 100,
    "evaluate.permuted_customers": 100,
}


@dataclass(frozen=True)
class Repo:
    """A copy of this repo with a git history of its own."""

    root: Path

    def run(self, *command: str, ok: bool = True, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the copy, with the environment's `python` and `dvc` and no credentials."""
        env = self.env | extra
        done = subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is ok, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done

    @property
    def env(self) -> dict[str, str]:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DVC_", "PYTHON"))}
        env |= {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(self.root.parent)}
        return env | {f"GIT_{who}_{w}": "test@localhost" for who in ("AUTHOR", "COMMITTER") for w in ("NAME", "EMAIL")}

    def set_params(self, values: dict[str, object]) -> None:
        """Set parameters by dotted path; a parameter of another file is FILE:PATH."""
        for key, value in values.items():
            set_param(self.root, key, value)

    def outputs(self) -> dict[str, bytes]:
        """Every artifact of the pipeline, by path."""
        files = [path for room in ("data", "models", "reports") for path in (self.root / room).rglob("*")]
        return {str(path.relative_to(self.root)): path.read_bytes() for path in files if path.is_file()}


def copied(root: Path) -> Repo:
    """Make the copy in a new folder, with all files of the work tree except dvc.lock; nothing is committed."""
    for name in tracked():
        if name != "dvc.lock":
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    copy = Repo(root)
    copy.run("git", "init", "--quiet")
    return copy
