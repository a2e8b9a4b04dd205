"""The workflows, the forms and CITATION.cff pass linters and schemas, and keep the rules of this repo."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clv.yaml_file import read_yaml
from tests.conftest import ROOT

BIN = Path(sys.executable).parent
PATH = f"{BIN}{os.pathsep}{os.environ['PATH']}"
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
PINNED = re.compile(r"uses: (?P<action>[\w.-]+/[\w./-]+)@(?P<digest>[0-9a-f]{40}) # v\d+\.\d+\.\d+")
MAY_WRITE = {
    ("release", "image"): {"packages"},
    ("release", "release"): {"contents"},
    ("retrain", "retrain"): {"contents"},
}
SCHEMAS = {
    "CITATION.cff": "citation-file-format",
    ".github/dependabot.yml": "dependabot",
    ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
    ".github/ISSUE_TEMPLATE/bug_report.yml": "github-issue-forms",
    ".github/ISSUE_TEMPLATE/feature_request.yml": "github-issue-forms",
}


def said(tool: str, *arguments: str | Path) -> tuple[int, str]:
    """The exit code of a tool of the environment, and its output on both streams. It has no token for GitHub."""
    done = subprocess.run(
        [BIN / tool, *arguments], cwd=ROOT, env={"PATH": PATH}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def require_shellcheck() -> None:
    """Without shellcheck the test is skipped; where CI is set, it fails."""
    if shutil.which("shellcheck", path=PATH) is None:
        missing = "no shellcheck on PATH; on Debian: apt install shellcheck"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)


def linted(*paths: Path) -> tuple[int, str]:
    return said("jactionlint", "--strict-exit", *paths)


def audited(*paths: Path) -> tuple[int, str]:
    return said("zizmor", "--offline", "--no-progress", *paths)


def jobs(workflow: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = read_yaml(workflow)["jobs"]
    return found


def broken(tmp_path: Path, old: str, new: str) -> Path:
    """The workflow of CI with a mistake: `new` in place of `old`."""
    text = (GITHUB / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / ".github" / "workflows" / "ci.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_there_are_workflows_for_ci_release_and_retraining() -> None:
    assert [path.stem for path in WORKFLOWS] == ["ci", "release", "retrain"]


def test_the_linter_finds_no_mistake() -> None:
    assert linted(*WORKFLOWS) == (0, "")


def test_the_audit_finds_no_weakness() -> None:
    code, text = audited(GITHUB)
    assert code == 0, text
    assert "No findings to report" in text
    for path in [*WORKFLOWS, GITHUB / "dependabot.yml"]:
        assert f"completed {path}" in text


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("branches: [main]", "branch: main", "workflow-syntax"),
        ("hashFiles('dvc.lock')", "hashFile('dvc.lock')", "undefined function"),
    ],
    ids=["a key that GitHub does not know", "a function that it does not know"],
)
def test_the_linter_finds(tmp_path: Path, old: str, new: str, finding: str) -> None:
    code, text = linted(broken(tmp_path, old, new))
    assert code == 1
    assert finding in text


def test_the_linter_reads_scripts(tmp_path: Path) -> None:
    require_shellcheck()
    code, text = linted(broken(tmp_path, "run: .ci/run", "run: cat $MISSING"))
    assert code == 1
    assert "SC2086" in text


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("persist-credentials: false", "clean: true", "artipacked"),
        ("run: .ci/run", "run: echo ${{ github.event.pull_request.title }}", "template-injection"),
        ("  pull_request:", "  pull_request_target:", "dangerous-triggers"),
    ],
    ids=["credentials that stay", "a title that is run", "rights for a fork"],
)
def test_the_audit_finds(tmp_path: Path, old: str, new: str, finding: str) -> None:
    code, text = audited(broken(tmp_path, old, new))
    assert code > 10
    assert finding in text


def test_actions_are_pinned_by_digest_with_their_version_beside_it() -> None:
    digests: dict[str, set[str]] = {}
    for path in WORKFLOWS:
        for line in path.read_text(encoding="utf-8").splitlines():
            if re.search(r"\buses:", line):
                pinned = PINNED.fullmatch(line.strip().removeprefix("- "))
                assert pinned, f"{path.name}: {line.strip()}: pin the digest of a commit, its version as a comment"
                digests.setdefault(pinned["action"], set()).add(pinned["digest"])
    assert {action: found for action, found in digests.items() if len(found) > 1} == {}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_job_has_no_right_that_it_does_not_need(path: Path) -> None:
    assert read_yaml(path)["permissions"] == {}
    for name, job in jobs(path).items():
        granted = job["permissions"]
        assert {right for right, level in granted.items() if level != "read"} == MAY_WRITE.get((path.stem, name), set())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_only_steps_that_need_them_see_secrets(path: Path) -> None:
    workflow = read_yaml(path)
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert {step["name"] for step in steps if "secrets." in str(step.get("env"))} <= {"Publish", "Retrain"}
    for step in steps:
        step.pop("env", None)
    assert "secrets." not in str(workflow)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_scripts_take_values_from_the_environment(path: Path) -> None:
    for job in jobs(path).values():
        assert not [step["run"] for step in job["steps"] if "${{" in step.get("run", "")]


def test_data_of_customers_gets_into_no_cache() -> None:
    """A pull request from a fork can read what a run on main cached."""
    assert "cache" not in str(jobs(GITHUB / "workflows" / "retrain.yml"))


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_github_reads_has_its_form(name: str) -> None:
    schema = f"vendor.{SCHEMAS[name]}"
    code, text = said("check-jsonschema", "--builtin-schema", schema, "--default-filetype", "yaml", ROOT / name)
    assert code == 0, text


def test_every_form_is_checked() -> None:
    assert {f".github/ISSUE_TEMPLATE/{path.name}" for path in (GITHUB / "ISSUE_TEMPLATE").iterdir()} <= SCHEMAS.keys()


def test_a_form_that_github_would_not_read_is_found(tmp_path: Path) -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    path = tmp_path / "CITATION.cff"
    path.write_text(text.replace("authors:", "author:"), encoding="utf-8")
    code, found = said("check-jsonschema", "--builtin-schema", "vendor.citation-file-format", path)
    assert code == 1
    assert "'authors' is a required property" in found
