"""The text of the Containerfile: it is sound, and all that it copies and installs is there and locked."""

import re
import subprocess
import sys
import tomllib

import pytest

from clv.serving.contents import PERSONS
from tests.conftest import ROOT
from tests.deploy import containerfile
from tests.deploy.programs import DEPLOY, own_program, said

TARGETS = ("pipeline", "service")
ALLOWED = {
    line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKED = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE))


def needed(*extras: str) -> list[str]:
    return said(sys.executable, DEPLOY / "needed.py", *extras, cwd=ROOT).splitlines()


@pytest.mark.parametrize("name", ["Containerfile", "Containerfile.release"])
def test_hadolint_finds_nothing(name: str) -> None:
    assert said(own_program("hadolint"), DEPLOY / name) == ""


def test_what_is_copied_is_all_that_a_build_sees() -> None:
    """No key, data or model gets into an image, and no file is missing."""
    copied = {
        source
        for _, name, rest in containerfile.instructions()
        if name == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert copied == ALLOWED
    assert all((ROOT / path).exists() for path in copied)


def test_a_release_goes_into_an_image_without_lists_of_customers() -> None:
    ignored = (DEPLOY / "Containerfile.release.dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*"
    assert {str(path) for path in PERSONS} <= set(ignored)
    text = (DEPLOY / "Containerfile.release").read_text(encoding="utf-8")
    copied = {source for sources in re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE) for source in sources.split()}
    assert copied == {line[1:] for line in ignored if line.startswith("!")}


@pytest.mark.parametrize("target", TARGETS)
def test_an_image_runs_as_a_user_of_a_fixed_number(target: str) -> None:
    assert containerfile.last(target, "USER") == "10001:10001"
    assert containerfile.last(target, "STOPSIGNAL") == "SIGTERM"


@pytest.mark.parametrize("target", TARGETS)
def test_packages_come_before_the_code(target: str) -> None:
    steps = [f"{name} {rest}" for of, name, rest in containerfile.instructions() if of == target]
    installs = next(i for i, step in enumerate(steps) if "needed.py" in step and step.startswith("RUN"))
    assert "--constraint requirements.txt" in steps[installs]
    assert steps.index("COPY --from=code /opt/clv /opt/clv") > installs


def test_needed_is_the_core_and_the_extras() -> None:
    assert needed() == PROJECT["dependencies"]
    assert set(needed("serve", "s3")) == {
        *PROJECT["dependencies"],
        *PROJECT["optional-dependencies"]["serve"],
        *PROJECT["optional-dependencies"]["s3"],
    }
    assert "KeyError: 'server'" in said(sys.executable, DEPLOY / "needed.py", "server", cwd=ROOT, code=1)


@pytest.mark.parametrize("target", TARGETS)
def test_what_an_image_needs_is_locked(target: str) -> None:
    text = next(
        r for of, name, r in containerfile.instructions() if of == target and "needed.py" in r and name == "RUN"
    )
    extras = re.findall(r"needed\.py ([a-z0-9 ]+) >", text)[0].split()
    names = {re.split(r"[<>=;\[ ]", requirement)[0] for requirement in needed(*extras)}
    assert names <= LOCKED


def test_no_image_needs_the_tools_of_development() -> None:
    said_of_extras = {extra for _, _, rest in containerfile.instructions() for extra in re.findall(r"[a-z0-9]+", rest)}
    assert not {"dev", "pytest", "ruff"} & said_of_extras


def test_compiled_code_is_used_though_its_time_differs() -> None:
    """A layer may change the time of a file. Bytecode that records this time would be compiled anew at each start."""
    for _, name, rest in containerfile.instructions():
        if name == "RUN" and "pip install" in rest.replace("--python /opt/clv/bin/python ", ""):
            assert "--invalidation-mode unchecked-hash" in rest


def test_the_service_listens_where_its_health_is_asked() -> None:
    command = containerfile.command("service")
    port = command[command.index("--port") + 1]
    assert containerfile.last("service", "EXPOSE") == port
    assert f"http://127.0.0.1:{port}/readyz" in containerfile.check_of_health()[-1]
    options = subprocess.run([sys.executable, "-m", "clv", "serve", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert all(word in options.stdout for word in command if word.startswith("--"))
