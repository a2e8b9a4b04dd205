"""The page of deploy/: it names every file there, and the files that its commands use exist."""

import re

import pytest

from tests.conftest import ROOT
from tests.deploy.programs import DEPLOY, compose
from tests.recipes import blocks

TEXT = (DEPLOY / "README.md").read_text(encoding="utf-8")
CALLED = {path for block in blocks(TEXT, "console") for path in re.findall(r"deploy/[\w./-]*", block)}
MADE = {"deploy/.env", "deploy/secrets", "deploy/secrets/metrics_key", "deploy/secrets/grafana_password"}


@pytest.mark.parametrize(
    "name", sorted(path.name for path in DEPLOY.iterdir() if path.name not in ("README.md", "secrets"))
)
def test_every_file_is_named(name: str) -> None:
    assert name in TEXT


def test_the_files_in_commands_are_there() -> None:
    assert all((ROOT / path).exists() for path in CALLED - MADE)
    assert MADE <= CALLED


def test_its_variables_are_those_of_the_compose_file() -> None:
    asked = set(re.findall(r"\$\{(CLV_\w+)", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    assert asked <= set(re.findall(r"CLV_\w+", TEXT))


def test_its_images_are_those_that_are_run() -> None:
    built = set(re.findall(r"-t (clv-\w+:\S+)", TEXT))
    assert built == {found["image"] for found in compose().values() if found["image"].startswith("clv-")}


def test_a_line_of_cron_starts_what_the_others_start() -> None:
    lines = re.findall(r"`(15 3 \* \* \* .*)`", TEXT)
    assert len(lines) == 2
    assert "python -m clv retrain" in lines[0]
    assert "run --rm retrain" in lines[1]
