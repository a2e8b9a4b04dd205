"""The programs that check the files of deploy/, where this machine has them, and those files as data."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"


def program(name: str, package: str) -> str:
    """A program of Debian. Without it the test is skipped; it fails if .ci/run, as root, should have installed it."""
    found = shutil.which(name)
    if found is None:
        missing = f"no {name} on PATH; on Debian: apt install {package}"
        if os.environ.get("CI") and os.geteuid() == 0 and shutil.which("apt-get"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found


def own_program(name: str) -> str:
    """A program that a package of requirements.txt installs."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found, f"{name} comes with requirements.txt"
    return found


def said(*command: str | Path, code: int = 0, **how: Any) -> str:
    """The output of a command, on both streams; it must end with this exit code."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, encoding="utf-8", **how
    )
    assert done.returncode == code, done.stdout
    return done.stdout


def documents(path: Path) -> list[Any]:
    """The documents of a YAML file, as plain dictionaries and lists."""
    return list(YAML(typ="safe", pure=True).load_all(path.read_text(encoding="utf-8")))


def compose() -> dict[str, Any]:
    """The services of the compose file."""
    return dict(documents(DEPLOY / "compose.yaml")[0]["services"])
