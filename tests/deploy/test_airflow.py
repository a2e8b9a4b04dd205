"""The DAG, run by Airflow where it is installed. The repo's environment never has it: it would change the lock file."""

import ast
import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deploy.programs import DEPLOY, said

DAG = DEPLOY / "airflow" / "clv_retrain.py"


@pytest.fixture
def airflow() -> str:
    found = shutil.which("airflow")
    if found is None:
        pytest.skip("no airflow on PATH; in an environment of its own: pip install apache-airflow")
    return found


@pytest.mark.parametrize(("recipe", "state"), [("@echo made in $(CURDIR)", "success"), ("@exit 1", "failed")])
def test_one_task_runs_make_in_the_clone(airflow: str, recipe: str, state: str, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / "Makefile").write_text(f"retrain:\n\t{recipe}\n", encoding="utf-8")
    env = os.environ | {
        "AIRFLOW_HOME": str(tmp_path / "home"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAG.parent),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "CLV_FOLDER": str(clone),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    said(airflow, "db", "migrate", env=env, cwd=tmp_path)
    found = said(airflow, "dags", "test", "clv_retrain", env=env, cwd=tmp_path, code=int(state == "failed"))
    assert f"state={state}" in found
    assert state == "failed" or f"made in {clone}" in found


def test_it_calls_make_and_nothing_of_ours() -> None:
    tree = ast.parse(DAG.read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules == {"datetime", "airflow.providers.standard.operators.bash", "airflow.sdk"}
    assert 'bash_command="make retrain"' in DAG.read_text(encoding="utf-8")
    assert "apache-airflow" not in (ROOT / "requirements.txt").read_text(encoding="utf-8")
