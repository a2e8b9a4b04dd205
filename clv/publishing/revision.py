"""Determine from git and DVC which revision the reports belong to, and which files they are."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dvc.exceptions import DvcException
from dvc.ignore import DvcIgnoreFilter
from dvc.repo import Repo

from clv.errors import InputError
from clv.publishing.publication import REPORTS

OF_A_REVISION = "what is published must belong to a commit"


def git(root: Path, *arguments: str) -> str:
    """The output of git; raises `InputError` with the last line of its errors if it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise InputError("git is not installed, or not on PATH; install it (Debian: apt install git)") from None
    if done.returncode:
        why = done.stderr.strip().splitlines() or ["no reason given"]
        raise InputError(f"git {arguments[0]} failed: {why[-1]}; run it in a clone of this repo")
    return done.stdout.rstrip("\n")


def uncommitted(root: Path) -> list[str]:
    """The tracked files that differ from HEAD, in the work tree or in the index."""
    return [line[3:] for line in git(root, "status", "--porcelain", "--untracked-files=no").splitlines()]


def require_committed(root: Path, why: str) -> None:
    """Raise `InputError` if tracked files differ from HEAD; `why` is the rule that they break."""
    files = uncommitted(root)
    if files:
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        raise InputError(f"{files[0]}{more} differ{'' if more else 's'} from HEAD, and {why}; commit, or git stash")


@contextmanager
def opened(root: Path) -> Iterator[Repo]:
    """Open the DVC repo at `root`; any error of DVC becomes an `InputError`."""
    try:
        with Repo(str(root)) as repo:
            yield repo
    except DvcException as error:
        raise InputError(f"DVC: {' '.join(str(error).split())}") from None


def require_reproduced(repo: Repo, ignored: Callable[[Path], bool]) -> None:
    """Raise `InputError` if an output that is not `ignored`, or anything it was made from, differs from dvc.lock."""
    found = differences(repo.status(), ignored)
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise InputError(
            f"the reports do not belong to this revision, as dvc status shows: {found[0]}{more}; "
            f"run make repro (in a new clone dvc pull) and commit what that changes"
        )


def differences(status: dict[str, list[Any]], ignored: Callable[[Path], bool]) -> list[str]:
    """One line per difference that `dvc status --json` reports, except for outputs that are `ignored`."""
    found = []
    for stage, changes in sorted(status.items()):
        for change in changes:
            if isinstance(change, str):  # such as "changed command"
                found.append(f"{stage}: {change}")
                continue
            for kind, entries in change.items():
                for path, what in entries.items():
                    if kind == "changed outs" and ignored(Path(path)):
                        continue
                    said = (
                        ", ".join(f"{key} {value}" for key, value in what.items()) if isinstance(what, dict) else what
                    )
                    found.append(f"{stage}: {path} {said}")
    return found


def report_files(repo: Repo) -> list[Path]:
    """Every file under reports/ that is an output of the pipeline, by name, relative to the root.

    Other files there belong to no revision.
    """
    root = Path(repo.root_dir)
    ignore: DvcIgnoreFilter = repo.dvcignore
    found: set[Path] = set()
    for out in repo.index.outs:
        path = Path(out.fs_path)
        if path.relative_to(root).is_relative_to(REPORTS) and path.exists():
            files = [str(path)] if path.is_file() else ignore.find(out.fs, str(path))  # as DVC hashes a folder
            found |= {Path(file).relative_to(root) for file in files}
    return sorted(found)
