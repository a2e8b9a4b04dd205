"""The last good run, which HEAD holds, and the way back to it: after a night that was refused, failed or was killed."""

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

FOLDER = Path(".retrain")  # not in git: the lock, and notes of what is under way
UNDER_WAY = FOLDER / "under_way"  # a night began from the commit named there, and has not ended
UNCACHED = "audience"  # the stage whose lists of persons no cache keeps
NOBODY = ("-c", "user.name=clv", "-c", "user.email=clv@localhost")  # commits where git knows no name


class Night:
    """What a night that is under way makes of the repo: kept where it says so, else undone."""

    def __init__(self, root: Path):
        self._root = root
        self.is_kept = False

    def keep(self, message: str) -> str:
        """Commit what the run wrote, and nothing else; from now on it is the last good one. Gives the commit."""
        known = subprocess.run(["git", "config", "user.email"], cwd=self._root, capture_output=True, check=False)
        who = () if known.returncode == 0 else NOBODY
        files = written(self._root)
        git(self._root, "add", "--", *files)
        git(self._root, *who, "commit", "--quiet", "--message", message, "--only", "--", *files)
        self.is_kept = True
        return git(self._root, "rev-parse", "HEAD")


def written(root: Path) -> list[str]:
    """The files that a night writes and git holds: dvc.lock, the history, outputs that DVC does not cache."""
    stages = read_yaml(root / "dvc.yaml")["stages"].values()
    outs = [entry for stage in stages for kind in ("outs", "metrics") for entry in stage.get(kind, [])]
    plain = [path for entry in outs for path, how in entry.items() if how.get("cache") is False]
    names = [str(LOCK), str(paths.HISTORY), str(paths.PREVIOUS), *plain]
    listed = git(root, "ls-files", "--cached", "--others", "--exclude-standard", "--", *names)
    return sorted(set(listed.splitlines()))


@contextmanager
def under_way(root: Path) -> Iterator[Night]:
    """A night: at its end all is as HEAD has it, whether it kept what it made or not, and whatever ended it."""
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
    """Go back; where that fails too, the message has both reasons, and the next night tries again."""
    try:
        restore(root)
    except InputError as error:
        raise InputError(f"{why}; nor could the last good run be restored, which the next night does: {error}") from why
    (root / UNDER_WAY).unlink()


def recover(root: Path) -> bool:
    """Go back to the last good run where a night was killed; whether one was.

    Raises `InputError` where files in git were changed by others, or git works here.
    """
    killed = (root / UNDER_WAY).exists()
    if killed:
        _remove_git_lock(root)
        restore(root)
        (root / UNDER_WAY).unlink()
    require_committed(root)
    return killed


def restore(root: Path) -> None:
    """Bring back what HEAD has: files in git, then data, models and pages from DVC's cache, then lists of persons."""
    _check_out(root)
    dvc("checkout", "--quiet", "--force", "--allow-missing")
    if (root / paths.CUSTOMER_VALUES).exists():  # not in a new clone, where nothing has been made yet
        dvc("repro", "--quiet", "--single-item", UNCACHED)
        _check_out(root)  # parameters of the lists may be newer than the run
    lost = [out for out in _outputs(root) if not (root / out).exists()]
    if lost:
        print(f"retrain: {len(lost)} outputs of the last run are not in DVC's cache, {lost[0]} the first; run dvc pull")
    changed = set(uncommitted(root)) & set(written(root))
    if changed:
        raise InputError(f"{min(changed)} is not as HEAD has it; git checkout HEAD -- {min(changed)}")


def _outputs(root: Path) -> list[str]:
    """What dvc.lock records as written; nothing where there is none yet."""
    if not (root / LOCK).exists():
        return []
    return [out for outs in Lock.read(root / LOCK).outs.values() for out in outs]


def _check_out(root: Path) -> None:
    """Give the files that a night writes the content they have in HEAD; one that HEAD has not is left out of git."""
    names = written(root)
    git(root, "reset", "--quiet", "HEAD", "--", *names)
    known = git(root, "ls-tree", "-r", "--name-only", "HEAD", "--", *names).splitlines()
    git(root, "checkout", "--quiet", "HEAD", "--", *known)


def _remove_git_lock(root: Path) -> None:
    """A git that was killed with a night leaves its lock; one that works here keeps it."""
    lock = root / git(root, "rev-parse", "--git-path", "index.lock")
    if lock.exists():
        if any(Path(at).is_relative_to(root) for at in _folders_of_git()):
            raise InputError(f"git works in this folder, as {lock} shows; wait for it to end")
        lock.unlink()


def _folders_of_git() -> Sequence[str]:
    """The working folders of all git that run on this machine."""
    found = psutil.process_iter(["name", "cwd"])
    return [process.info["cwd"] for process in found if process.info["name"] == "git" and process.info["cwd"]]
