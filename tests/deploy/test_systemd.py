"""The units: systemd accepts them, they are sandboxed, and they start the same commands as the images."""

import sys
from pathlib import Path

import pytest

from clv.__main__ import COMMANDS
from tests.deploy import containerfile
from tests.deploy.programs import DEPLOY, program, said

UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
PYTHON = "/srv/clv/.venv/bin/python"
EXPOSED_AT_MOST = 25  # of 100, as systemd-analyze security counts


def setting(name: str, unit: str) -> str:
    text = (DEPLOY / "systemd" / unit).read_text(encoding="utf-8")
    return next(line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{name}="))


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    analyze = program("systemd-analyze", "systemd")
    for path in UNITS:  # systemd also checks that programs exist, so the units name the Python that runs this test
        text = path.read_text(encoding="utf-8").replace(PYTHON, sys.executable)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    assert said(analyze, "verify", *(tmp_path / path.name for path in UNITS)) == ""


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_unit_is_locked_in(path: Path) -> None:
    analyze = program("systemd-analyze", "systemd")
    found = said(analyze, "security", "--offline=true", f"--threshold={EXPOSED_AT_MOST}", path)
    assert f"Overall exposure level for {path.name}" in found
    assert setting("NoNewPrivileges", path.name) == "yes"
    assert setting("ProtectSystem", path.name) == "strict"


def test_each_may_write_where_it_must() -> None:
    assert setting("ReadWritePaths", "clv-retrain.service") == setting("WorkingDirectory", "clv-retrain.service")
    command = setting("ExecStart", "clv-serve.service").split()
    assert setting("ReadWritePaths", "clv-serve.service") == command[command.index("--folder") + 1]


def test_the_commands_are_those_of_the_images() -> None:
    assert setting("ExecStart", "clv-retrain.service").split()[1:] == containerfile.command("pipeline")[1:]
    command = setting("ExecStart", "clv-serve.service").split()
    inside = " ".join(containerfile.command("service")[1:])
    assert " ".join(command[1:]) == inside.replace("--host 0.0.0.0 ", ""), "a unit serves its machine, or a proxy on it"
    assert command[3] in COMMANDS


def test_a_night_that_was_missed_is_made_up_for() -> None:
    assert setting("Persistent", "clv-retrain.timer") == "true"
    assert setting("RandomizedDelaySec", "clv-retrain.timer")
