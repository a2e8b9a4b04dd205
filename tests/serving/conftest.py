"""A run on a small shop, and its release, for all tests of the service. Tests that change files use a copy."""

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from clv.serving import adoption
from clv.serving.release import Release
from clv.serving.state import State
from tests.serving import small_run
from tests.serving.running import Client, running

DONE = "done"


@pytest.fixture(scope="session")
def release_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a copy of the repo after a run: params.yaml, dvc.yaml, dvc.lock, data/, models/ and reports/.

    600 customers as of 2024-11-30 with a horizon of 120 days, made by the real stages and recorded by DVC, once for all
    workers of pytest. The pages of notebooks hold only their titles. Do not write there: use `shutil.copytree` or
    `own_root`.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base  # shared by all workers of pytest-xdist
    folder = shared / "small_run"
    with (shared / "small_run.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not (folder / DONE).exists():
            folder.mkdir()
            small_run.make(folder / "clv")
            (folder / DONE).touch()
    return folder / "clv"


@pytest.fixture(scope="session")
def release(release_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The release of that run, adopted into a folder of its own. Do not write there."""
    return adoption.adopt(release_root, tmp_path_factory.mktemp("serve"), "warn")


@pytest.fixture
def own_root(release_root: Path, tmp_path: Path) -> Path:
    """A copy of that run that tests may change: dvc.lock, data/, models/ and reports/."""
    for name in ("data", "models", "reports"):
        shutil.copytree(release_root / name, tmp_path / "clv" / name)
    for name in ("dvc.lock", ".dvcignore"):
        shutil.copyfile(release_root / name, tmp_path / "clv" / name)
    return tmp_path / "clv"


@pytest.fixture(scope="session")
def running_service(release_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, State]]:
    """A client of the service over that run, and the state of the service."""
    with running(release_root, tmp_path_factory.mktemp("service")) as found:
        yield found


@pytest.fixture(scope="session")
def service(running_service: tuple[Client, State]) -> Client:
    """A client of that service."""
    return running_service[0]
