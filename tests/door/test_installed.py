"""The files of an installed package; and the core works without servers, clusters, DVC and pictures."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from clv.closure import BESIDE
from clv.errors import InputError
from clv.extras import needing
from tests.conftest import ROOT

OF_EXTRAS = (  # modules that no fit may need
    *("fastapi", "starlette", "uvicorn", "orjson", "prometheus_client", "python_multipart", "distributed", "dask"),
    *("dvc", "dvc_s3", "s3fs", "botocore", "boto3", "adbc_driver_postgresql", "optuna", "tqdm", "cvxpy", "statsmodels"),
    *("matplotlib", "jinja2", "IPython", "papermill", "nbformat", "nbconvert", "vl_convert", "nh3"),
)
BLOCKED = f"""
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {OF_EXTRAS!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocked())
"""
FIT = """
import pandas as pd
import clv

orders = pd.read_csv("orders.csv")
model = clv.fit(orders, 60, params={"train.learners": ["btyd", "ridge", "lightgbm"], "train.lightgbm.n_rounds": 5})
model.predict().to_csv("forecasts.csv", index=False)
model.save("model")
print(clv.Model.load("model").predict(orders.head(50)).shape[0])
"""


def run(code: str, folder: Path, *arguments: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run code in a new interpreter that has no package of an extra."""
    command = [sys.executable, "-c", BLOCKED + code, *arguments]
    return subprocess.run(command, cwd=folder, env=dict(env), capture_output=True, text=True, check=False)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "CLV_THREADS": "1", "PATH": "", "TMPDIR": str(tmp_path), "HOME": str(tmp_path)}


def test_a_csv_of_three_columns_is_fitted_without_any_extra_outside_the_repo(
    tmp_path: Path, env: dict[str, str]
) -> None:
    days = pd.date_range("2024-01-01", periods=300)
    rows = [
        (f"c{i:03d}", days[day], 10 + (7 * i + day) % 23)
        for i in range(200)
        for day in range(i % 90, 300, 17 + i % 150)
    ]
    orders = pd.DataFrame(rows, columns=["customer_id", "order_ts", "amount"])
    orders.to_csv(tmp_path / "orders.csv", index=False)
    done = run(FIT, tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    forecasts = pd.read_csv(tmp_path / "forecasts.csv")
    assert len(forecasts) == 200
    assert forecasts["predicted_clv"].sum() > 0
    assert int(done.stdout) == orders["customer_id"].head(50).nunique()
    assert not list(tmp_path.glob("clv-*")), "temporary folders are gone"


COMMAND = "import sys; from clv.__main__ import command; sys.argv = ['clv', *sys.argv[1:]]; command()"


def test_a_command_without_its_extra_is_one_line(tmp_path: Path, env: dict[str, str]) -> None:
    done = run(COMMAND, tmp_path, "publish", "--dry-run", env=env)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: clv publish needs botocore, of the extra 's3'; run `pip install 'clv[s3]'`\n"
    shown = run(COMMAND, tmp_path, "--help", env=env)
    assert shown.returncode == 0, shown.stderr
    assert all(name in shown.stdout for name in ("predict", "check", "publish", "doctor"))


def test_only_what_is_not_installed_is_said_to_be_of_an_extra() -> None:
    with pytest.raises(InputError, match=r"^x needs not_there, of the extra 'serve'; run"), needing("serve", "x"):
        import_module("not_there.at_all")
    with pytest.raises(ModuleNotFoundError, match=r"clv\.not_there"), needing("serve", "x"):
        import_module("clv.not_there")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the files that git tracks, from which the package is built."""
    folder = tmp_path_factory.mktemp("source")
    for name in tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def tracked() -> list[str]:
    command = ["git", "ls-files", "clv", "pyproject.toml", "setup.py", "params.yaml", "README.md", "LICENSE"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in listed if (ROOT / name).exists()]


def built(source: Path, kind: str, folder: Path) -> dict[str, bytes]:
    """The files of a wheel that pip would install, by name; `kind` is wheel or editable."""
    code = f"import sys; from setuptools.build_meta import build_{kind} as build; print(build(sys.argv[1]))"
    command = [sys.executable, "-c", code, str(folder)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(folder / done.stdout.splitlines()[-1]) as wheel:
        return {re.sub(r"^.*\.dist-info/", "", name): wheel.read(name) for name in wheel.namelist()}


ABOUT = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "top_level.txt"}


def test_the_wheel_has_the_code_what_lies_beside_it_and_the_parameters(source: Path, tmp_path: Path) -> None:
    found = built(source, "wheel", tmp_path)
    code = {name for name in tracked() if name.startswith("clv/") and name.endswith((".py", *BESIDE, "py.typed"))}
    assert set(found) - ABOUT == {*code, "clv/params.yaml"}
    assert found["clv/params.yaml"] == (ROOT / "params.yaml").read_bytes()
    assert "clv = clv.__main__:command" in found["entry_points.txt"].decode()


def test_an_editable_installation_is_the_root_on_the_path_behind_the_working_folder(
    source: Path, tmp_path: Path
) -> None:
    """With a finder of modules instead, an experiment in a folder of its own would import the wrong copy."""
    (path,) = [content for name, content in built(source, "editable", tmp_path).items() if name not in ABOUT]
    assert path.decode().strip() == str(source)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "from clv.data.session import driver; driver()",
            "generate.source sql needs adbc_driver_postgresql, of the extra",
        ),
        (
            "from clv.compute import mapper; from clv.machine import Machine\n"
            "with mapper(Machine(1, scheduler='tcp://127.0.0.1:1')): pass",
            "CLV_DASK_SCHEDULER needs distributed, of the extra 'dask'; run `pip install 'clv[dask]'`",
        ),
    ],
)
def test_what_the_core_lacks_is_named_where_it_is_asked_for(
    code: str, message: str, tmp_path: Path, env: dict[str, str]
) -> None:
    assert message in run(code, tmp_path, env=env).stderr
