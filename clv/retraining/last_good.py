"""The last good run, which is HEAD, and how to return to it after a night that was refused, failed or was killed."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from clv import paths, storage
from clv.errors import InputError
from clv.publishing.revision import git, require_committed, uncommitted
from clv.retraining.dvc_calls import dvc
from clv.serving.recorded import LOCK, Lock
from clv.yaml_file import read_yaml

FOLDER = Path(".retrain")  # not in git: the lock, and marks of work in progress
UNDER_WAY = FOLDER / "under_way"  # names the commit from which an unfinished night began
UNCACHED = "audience"  # the stage whose lists of persons are in no cache
NOBODY = ("-c", "user.name=clv", "-c", "user.email=clv@localhost")  # commits if git has no user configured


class Night:
    """A night in progress; its changes to the repo are undone unless it keeps them."""

    def __init__(self, root: Path):
        self._root = root
        self.is_kept = False

    def keep(self, message: str) -> str:
        """Commit what the run wrote and nothing else, which makes it the last good run; return the commit."""
        known = subprocess.run(["git", "config", "user.email"], cwd=self._root, capture_output=True, check=False)
        who = () if known.returncode == 0 else NOBODY
        files = written(self._root)
        git(self._root, "add", "--", *files)
        git(self._root, *who, "commit", "--quiet", "--message", message, "--only", "--", *files)
        self.is_kept = True
        return git(self._root, "rev-parse", "HEAD")


def written(root: Path) -> list[str]:
    """The files that a night writes and git tracks: dvc.lock, the history, outputs that DVC does not cache."""
    stages = read_yaml(root / "dvc.yaml")["stages"].values()
    outs = [entry for stage in stages for kind in ("outs", "metrics") for entry in stage.get(kind, [])]
    plain = [path for entry in outs for path, how in entry.items() if how.get("cache") is False]
    names = [str(LOCK), str(paths.HISTORY), str(paths.PREVIOUS), *plain]
    listed = git(root, "ls-files", "--cached", "--others", "--exclude-standard", "--", *names)
    return sorted(set(listed.splitlines()))


@contextmanager
def under_way(root: Path) -> Iterator[Night]:
    """Run a night; at its end, also after an error, the repo is as in HEAD, which includes the run if it was kept.

    A killed night is undone by `recover`.
    """
    night = Night(root)
    storage.write_text(git(root, "rev-parse", "HEAD"), root / UNDER_WAY)
    try:
        yield night
    except Exception as error:
        if not night.is_kept:
            _restore_after(error, root)
        raise
    if not night.is_kept:
        restore(root)
    (root / UNDER_WAY).unlink()


def _restore_after(why: Exception, root: Path) -> None:
    """Restore the last good run; if that fails too, the error gives both reasons, and the next night tries again."""
    try:
        restore(root)
    except InputError as error:
        raise InputError(f"{why}; restoring the last good run failed too, and is retried next night: {error}") from why
    (root / UNDER_WAY).unlink()


def recover(root: Path) -> bool:
    """Restore the last good run if a night was killed; return whether one was.

    Raises `InputError` if files in git have other changes, or git is running here.
    """
    killed = (root / UNDER_WAY).exists()
    if killed:
        _remove_git_lock(root)
        restore(root)
        (root / UNDER_WAY).unlink()
    require_committed(root, "a new run begins from the last commit")
    return killed


def restore(root: Path) -> None:
    """Restore the state of HEAD: files in git, then data, models and pages from DVC's cache, then lists of persons."""
    _check_out(root)
    dvc("checkout", "--quiet", "--force", "--allow-missing")
    if (root / paths.CUSTOMER_VALUES).exists():  # not in a new clone, which has no outputs yet
        dvc("repro", "--quiet", "--single-item", UNCACHED)
        _check_out(root)  # the lists may have been made with newer parameters than the run's
    lost = [out for out in _outputs(root) if not (root / out).exists()]
    if lost:
        print(f"retrain: {len(lost)} outputs of the last run are not in DVC's cache, such as {lost[0]}; run dvc pull")
    changed = set(uncommitted(root)) & set(written(root))
    if changed:
        raise InputError(f"{min(changed)} differs from HEAD; run `git checkout HEAD -- {min(changed)}`")


def _outputs(root: Path) -> list[str]:
    """The outputs that dvc.lock records; none if it does not exist."""
    if not (root / LOCK).exists():
        return []
    return [out for outs in Lock.read(root / LOCK).outs.values() for out in outs]


def _check_out(root: Path) -> None:
    """Reset the files that a night writes to their content in HEAD; files that HEAD does not have are only unstaged."""
    names = written(root)
    git(root, "reset", "--quiet", "HEAD", "--", *names)
    known = git(root, "ls-tree", "-r", "--name-only", "HEAD", "--", *names).splitlines()
    git(root, "checkout", "--quiet", "HEAD", "--", *known)


def _remove_git_lock(root: Path) -> None:
    """Remove the lock of a git that was killed with a night; raise `InputError` if git is running here."""
    lock = root / git(root, "rev-parse", "--git-path", "index.lock")
    if lock.exists():
        if any(Path(at).is_relative_to(root) for at in _folders_of_git()):
            raise InputError(f"git is running in this folder, as {lock} shows; wait for it to end")
        lock.unlink()


def _folders_of_git() -> Sequence[str]:
    """The working folders of all git processes on this machine."""
    found = psutil.process_iter(["name", "cwd"])
    return [process.info["cwd"] for process in found if process.info["name"] == "git" and process.info["cwd"]]
