"""The version of a release and its text: pyproject.toml, CITATION.cff and CHANGELOG.md agree, and the tag with them."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from clv.yaml_file import read_yaml
from tests.conftest import ROOT

SCRIPT = ROOT / ".ci" / "release_notes.py"
CHANGELOG = """# Changelog

## Unreleased

- Not out yet.

## 1.10.0 (2030-03-31)

## 1.1.0 (2030-02-28)

### Added

- Named as `## 1.0.0` in text.

## 1.0.0 (2030-01-31)

- First.
"""


def notes(tmp_path: Path, version: str, *tags: str) -> subprocess.CompletedProcess[str]:
    """The result of the script in a repo of this version with that changelog."""
    script = tmp_path / ".ci" / SCRIPT.name
    script.parent.mkdir()
    script.write_bytes(SCRIPT.read_bytes())
    (tmp_path / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n', encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    return subprocess.run([sys.executable, script, *tags], capture_output=True, text=True, check=False)


def test_project_citation_and_changelog_name_one_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    citation = read_yaml(ROOT / "CITATION.cff")
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert citation["version"] == version
    assert headings[:2] == ["Unreleased", f"{version} ({citation['date-released']})"]


def test_the_changelog_has_notes_of_this_version() -> None:
    version = read_yaml(ROOT / "CITATION.cff")["version"]
    done = subprocess.run([sys.executable, SCRIPT, f"v{version}"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("### Added\n")


@pytest.mark.parametrize(
    ("version", "text"),
    [("1.1.0", "### Added\n\n- Named as `## 1.0.0` in text.\n"), ("1.0.0", "- First.\n")],
    ids=["in the middle", "at the end"],
)
def test_the_notes_are_one_section(tmp_path: Path, version: str, text: str) -> None:
    done = notes(tmp_path, version, f"v{version}")
    assert (done.returncode, done.stdout, done.stderr) == (0, text, "")


@pytest.mark.parametrize(
    ("version", "tags", "line"),
    [
        ("1.1.0", ["v1.0.0"], "the tag is v1.0.0, and pyproject.toml has version 1.1.0; tag v1.1.0, or correct it"),
        ("1.1.0", ["1.1.0"], "the tag is 1.1.0, and pyproject.toml has version 1.1.0; tag v1.1.0, or correct it"),
        ("1.2.0", ["v1.2.0"], "CHANGELOG.md has nothing below '## 1.2.0 (YYYY-MM-DD)'; write what is new there"),
        ("1.10.0", ["v1.10.0"], "CHANGELOG.md has nothing below '## 1.10.0 (YYYY-MM-DD)'; write what is new there"),
        ("1.1.0", [], "name one tag; python3 .ci/release_notes.py v0.2.0"),
    ],
    ids=["another version", "no v", "no section", "an empty section", "no tag"],
)
def test_what_stops_a_release_is_one_line(tmp_path: Path, version: str, tags: list[str], line: str) -> None:
    done = notes(tmp_path, version, *tags)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"error: {line}\n")
