"""The images, built and run: small, not root, with a read-only file system, and quick to start and to stop."""

import hashlib
import json
import os
import re
import shutil
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deploy import containerfile
from tests.deploy.images import FIGURES, Store, store
from tests.serving.conftest import release_root

__all__ = ["release_root"]  # a fixture
KEY = "a key of the test"
KEYS = ("--env", f"CLV_API_KEYS={hashlib.sha256(KEY.encode()).hexdigest()}")
USER = 10001
SLIM_MB = 150  # of a slim Python base; Debian's python:3.11-slim-bookworm has some 130
LOCKED_IN = ("--read-only", "--read-only-tmpfs=false", "--tmpfs", "/tmp", "--cap-drop", "all")
LOCKED_IN += ("--security-opt", "no-new-privileges")
PATIENCE_SECONDS = 60.0
pytestmark = pytest.mark.container


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, str]]:
    """A store with a base image that runs here, and its name; otherwise the tests are skipped, with the reason."""
    if os.geteuid() != 0:
        pytest.skip("images are built and run as root")
    with store(tmp_path_factory.mktemp("store")) as found:
        try:
            base = found.base()
            found.run(base, "true")
        except AssertionError as error:
            pytest.skip(f"this machine runs no containers: {str(error).splitlines()[-1]}")
        yield found, base


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the files that a build sees, which tests may change."""
    folder = tmp_path_factory.mktemp("context")
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if line.startswith("!"):
            _copy(ROOT / line[1:], folder / line[1:])
    for name in (".dockerignore", "deploy/Containerfile"):
        _copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def service(built: tuple[Store, str], context: Path) -> Store:
    """The store with the image of the service."""
    images, base = built
    images.build("service", context, base)
    return images


@pytest.fixture(scope="module")
def pipeline(built: tuple[Store, str], context: Path) -> Store:
    """The store with the image of the pipeline."""
    images, base = built
    images.build("pipeline", context, base)
    return images


@dataclass(frozen=True)
class Running:
    """A container of the service that is ready."""

    images: Store
    name: str
    address: str

    def inside(self, *command: str, code: int = 0) -> str:
        return self.images.podman("exec", self.name, *command, code=code)


@pytest.fixture
def running(service: Store, release_root: Path) -> Iterator[Running]:
    """The service over a small run, as deploy/compose.yaml starts it."""
    mounts = ("--volume", f"{release_root}:/srv/clv:ro", "--volume", "/var/lib/clv")
    start = time.monotonic()
    with service.started(*LOCKED_IN, *KEYS, *mounts, "clv-service") as name:
        address = ready(service, name)
        FIGURES.append(f"service: ready {time.monotonic() - start:.1f} s after it was started")
        yield Running(service, name, address)


def ready(images: Store, name: str) -> str:
    """Wait until a container of the service is ready; return its address."""
    found = json.loads(images.podman("inspect", name))[0]["NetworkSettings"]
    address = f"http://{found['Networks']['podman']['IPAddress']}:{containerfile.last('service', 'EXPOSE')}"
    end = time.monotonic() + PATIENCE_SECONDS
    while ask(f"{address}/readyz") != 200:
        assert time.monotonic() < end, images.podman("logs", name)
        time.sleep(0.1)
    return address


def ask(address: str, **headers: str) -> int:
    """The status of the answer; 0 where nothing answers."""
    try:
        with urllib.request.urlopen(
            urllib.request.Request(address, headers=headers), timeout=PATIENCE_SECONDS
        ) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_the_service_answers_from_outside_with_a_key(running: Running) -> None:
    assert ask(f"{running.address}/readyz") == 200
    assert ask(f"{running.address}/v1/status") == 401
    assert ask(f"{running.address}/v1/status", **{"X-API-Key": KEY}) == 200


def test_the_service_is_well_by_its_own_check(running: Running) -> None:
    assert running.inside(*containerfile.check_of_health()) == ""
    assert running.images.image("clv-service")["Healthcheck"]["Test"][1:] == containerfile.check_of_health()


def test_the_service_can_write_to_its_volume_alone(running: Running) -> None:
    writable = (
        "import os; print([p for p in ('/', '/srv/clv', '/opt/clv', '/etc', '/var/lib/clv') if os.access(p, os.W_OK)])"
    )
    assert running.inside("python", "-c", writable) == "['/var/lib/clv']\n"
    assert running.inside("python", "-c", "import os; print(os.getuid(), os.getgid())") == f"{USER} {USER}\n"
    limits = dict(re.findall(r"(\w+):\s+(\w+)", running.inside("cat", "/proc/1/status")))
    assert limits["CapEff"] == limits["CapBnd"] == "0" * 16
    assert limits["NoNewPrivs"] == "1"


def test_the_service_ends_when_it_is_told_to(running: Running) -> None:
    start = time.monotonic()
    running.images.podman("kill", "--signal", containerfile.last("service", "STOPSIGNAL"), running.name)
    assert running.images.podman("wait", running.name) == "0\n"
    took = time.monotonic() - start
    FIGURES.append(f"service: ended {took:.1f} s after SIGTERM")
    assert took < 10
    said = running.images.podman("logs", running.name).splitlines()
    assert [line.partition(":")[0] for line in said] == ["serve", "serve"]


def test_the_service_has_what_it_needs_and_no_more(service: Store) -> None:
    """It has the locked versions of the core and of the service, no compiler and no pip; all modules are compiled."""
    look = "import importlib.metadata as m; print(*(f'{d.name}=={d.version}' for d in m.distributions()))"
    listed = service.run("clv-service", "python", "-c", look).split()
    found = {
        f"{re.sub('[-_.]+', '-', name).lower()}=={version}" for name, _, version in (v.partition("==") for v in listed)
    }
    locked = set(re.findall(r"^[a-z0-9-]+==[^\s;]+", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE))
    assert found - locked == {"clv==0.2.0"}
    assert {"fastapi", "lightgbm"} <= (names := {version.partition("==")[0] for version in found})
    assert not {"dvc", "matplotlib", "pip", "pytest"} & names
    tools = "import shutil; print([name for name in ('cc', 'gcc', 'git', 'make') if shutil.which(name)])"
    assert service.run("clv-service", "python", "-c", tools) == "[]\n"
    compiled = "import clv.serving.serve as s, pandas as p, os; print(*(os.path.exists(m.__cached__) for m in (s, p)))"
    assert service.run("clv-service", "python", "-c", compiled) == "True True\n"
    assert service.megabytes("clv-service") - service.megabytes("clv-base") + SLIM_MB < 700


def test_other_code_takes_no_new_installation(service: Store, built: tuple[Store, str], context: Path) -> None:
    before = service.image("clv-service")["RootFS"]["Layers"]
    with (context / "clv" / "__init__.py").open("a", encoding="utf-8") as file:
        file.write("\nCHANGED = True\n")
    log = service.build("service", context, built[1])
    image = service.image("clv-service")
    after = image["RootFS"]["Layers"]
    steps = [step["created_by"] for step in image["History"] if not step.get("empty_layer")]
    changed = [step for step, old, new in zip(steps, before, after, strict=True) if old != new]
    assert len(changed) == 1
    assert "COPY" in changed[0], "the layer of the code, and not that of the packages"
    assert "Collecting pandas" not in log
    assert service.run("clv-service", "python", "-c", "import clv; print(clv.CHANGED)") == "True\n"


def test_a_release_can_be_put_into_the_image(service: Store, release_root: Path) -> None:
    """For platforms that cannot mount a clone. Lists of single customers stay out of the image."""
    file = ROOT / "deploy" / "Containerfile.release"
    service.buildah(
        *("build", "--isolation", "chroot", "--format", "docker", "--build-arg", "SERVICE=localhost/clv-service"),
        *("--file", file, "--ignorefile", f"{file}.dockerignore", "--tag", "clv-release", release_root),
    )
    with service.started(*LOCKED_IN, *KEYS, "--volume", "/var/lib/clv", "clv-release") as name:
        address = ready(service, name)
        assert ask(f"{address}/v1/status", **{"X-API-Key": KEY}) == 200
        there = "from pathlib import Path; print(sorted(p.name for p in Path('reports').iterdir() if p.is_dir()))"
        assert "metrics" in (folders := service.podman("exec", name, "python", "-c", there))
        assert "audiences" not in folders
        assert "campaigns" not in folders


@pytest.fixture
def clone(release_root: Path, tmp_path: Path) -> Path:
    """A clone of the repo after a run, owned by the user of the images."""
    folder = tmp_path / "clone"
    shutil.copytree(release_root, folder, symlinks=True)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, USER, USER, follow_symlinks=False)
    return folder


def test_the_pipeline_runs_a_stage_as_its_user(pipeline: Store, clone: Path) -> None:
    """The bytes are those of the run in this environment."""
    how = (*LOCKED_IN, "--network", "none", "--volume", f"{clone}:/srv/clv", "clv-pipeline")
    made = clone / "reports" / "metrics" / "segments.json"
    before = made.read_bytes()
    made.unlink()
    assert pipeline.run(*how, "python", "-m", "stages.segment").startswith("segment: 600 customers")
    assert made.read_bytes() == before
    assert made.stat().st_uid == USER
    assert "up to date" in pipeline.run(*how, "dvc", "status", "segment")
    assert pipeline.run(*how, "git", "status", "--short", "dvc.yaml").endswith("dvc.yaml\n")


def test_the_pipeline_has_its_tools(pipeline: Store) -> None:
    dvc = re.search(r"^dvc==(\S+)", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    assert dvc is not None
    assert pipeline.run("clv-pipeline", "dvc", "--version").strip() == dvc[1]
    assert pipeline.run("clv-pipeline", "git", "config", "user.name") == "clv\n", (
        "who commits where a clone names nobody"
    )
    assert "publish" in pipeline.run("clv-pipeline", "python", "-m", "clv", "--help")
    extras = "import dvc_s3, adbc_driver_postgresql, distributed, papermill, matplotlib, cvxpy, optuna; print('there')"
    assert pipeline.run(*LOCKED_IN, "clv-pipeline", "python", "-c", extras) == "there\n"
    assert pipeline.megabytes("clv-pipeline") - pipeline.megabytes("clv-base") + SLIM_MB < 1600


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)
