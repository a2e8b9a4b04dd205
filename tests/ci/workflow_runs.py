"""Run workflows with act, without containers: the steps are real; actions and the programs they call are stubs."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

LABEL = "ubuntu-24.04"
# Actions would be fetched from GitHub. These stubs replace them, and a folder replaces the store of artifacts.
ACTIONS = {
    "actions/setup-python": "true",
    "actions/cache": "true",
    "actions/upload-artifact": 'for path in $INPUT_PATH; do cp -r "${path/%"/"/"/."}" "$STUBS/artifacts/"; done',
    "actions/download-artifact": 'cp -r "$STUBS/artifacts/." .',
}
ACTION = """
name: stub
description: stub
inputs:
  path:
    default: ""
runs:
  using: composite
  steps:
    - shell: bash
      env:
        INPUT_PATH: ${{{{ inputs.path }}}}
      run: {script}
"""
# Each stub records how it was called, and with which of the variables that workflows set.
PROGRAM = """#!/bin/sh
given=$(env | grep -E '^(AWS_ACCESS_KEY_ID|CLV_DATABASE_URI|DRY_RUN)=.' | sort | tr '\\n' ' ')
echo "$given$(basename "$0") $*" >>"$STUBS/calls"
"""
PROGRAMS = {
    "docker": "",
    "gh": "",
    "make": """case $1 in
  setup) mkdir -p .venv/bin && cp "$STUBS/bin/docker" .venv/bin/dvc ;;
  repro) mkdir -p reports && touch reports/index.html ;;
  retrain) [ ! -e "$STUBS/failing" ] && git commit --quiet --allow-empty --message "Retrain" ;;
esac
""",
    "python": """case "$*" in
  "-m venv"*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && cp "$0" "$3/bin/clv" ;;
  "-m build"*) mkdir -p dist && touch dist/clv-1.0.0-py3-none-any.whl dist/clv-1.0.0.tar.gz ;;
esac
""",
    "check": '[ ! -e "$STUBS/failing" ]\n',
}


@dataclass(frozen=True)
class Run:
    """Whether a workflow succeeded, its output, and the calls of its steps, in order."""

    succeeded: bool
    said: str
    calls: list[str]


@dataclass(frozen=True)
class Host:
    """A folder with a repo that holds the workflows, the repo's origin, and the stubs."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "repo"

    @property
    def origin(self) -> Path:
        return self.folder / "origin.git"

    def fail(self) -> None:
        """Let `make retrain` and `.ci/run` fail."""
        (self.folder / "failing").touch()

    def run(self, name: str, event: str, ref: str, *options: str) -> Run:
        """Run a workflow as for an event on this ref; options are those of act."""
        calls = write(self.folder / "calls", "")
        payload = write(self.folder / "event.json", json.dumps({"ref": ref}))
        workflow = self.root / ".github" / "workflows" / f"{name}.yml"
        command = [Path(sys.executable).parent / "act", event, "--workflows", workflow, "--eventpath", payload]
        command += ["--platform", f"{LABEL}=-self-hosted", "--secret", "GITHUB_TOKEN=token"]  # or act asks gh
        command += [part for action in self._actions() for part in ("--local-repository", action)]
        env = {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder / "home"),
            "STUBS": str(self.folder),
        }
        done = subprocess.run([*command, *options], cwd=self.root, env=env, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        return Run(done.returncode == 0, said, calls.read_text(encoding="utf-8").splitlines())

    def _actions(self) -> list[str]:
        """Each action, as the workflows pin it, with the folder that replaces it."""
        workflows = (self.root / ".github" / "workflows").iterdir()
        pinned = {use for path in workflows for use in re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8"))}
        return [f"{use}={self.folder / 'actions' / use.partition('@')[0]}" for use in sorted(pinned)]


def host(folder: Path) -> Host:
    """Make such a folder. Its repo is at version 1.0.0, committed and pushed."""
    made = Host(folder)
    for name, script in ACTIONS.items():
        write(folder / "actions" / name / "action.yml", ACTION.format(script=json.dumps(script)))
    for name, script in PROGRAMS.items():
        write(folder / "bin" / name, PROGRAM + script).chmod(0o755)
    for name in ("artifacts", "home"):
        (folder / name).mkdir()
    shutil.copytree(ROOT / ".github", made.root / ".github")
    (made.root / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "release_notes.py", made.root / ".ci")
    shutil.copy(folder / "bin" / "check", made.root / ".ci" / "run")
    write(made.root / "pyproject.toml", '[project]\nversion = "1.0.0"\n')
    write(made.root / "CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n## 1.0.0 (2030-01-31)\n\n- News.\n")
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(made.origin))
    git(made.root, "init", "--quiet", "--initial-branch=main")
    git(made.root, "add", "--all")
    identity = ("-c", "user.name=shop", "-c", "user.email=shop@localhost")
    git(made.root, *identity, "commit", "--quiet", "--message", "Begin")
    git(made.root, "remote", "add", "origin", str(made.origin))
    git(made.root, "push", "--quiet", "origin", "main")
    return made


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
