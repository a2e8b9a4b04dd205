"""Check that the artifacts recorded in dvc.lock, and those in the repo, all come from one run."""

from collections.abc import Mapping
from pathlib import Path

from clv.errors import InputError
from clv.serving import dvc_hashes
from clv.serving.contents import contents
from clv.serving.recorded import LOCK, Lock

LISTING = "code"  # the stage that lists code files, whose current state may differ
TO_ITS_END = "run `dvc repro` until it finishes"


class FilesDifferError(InputError):
    """Files differ from those recorded in dvc.lock: a stage is writing them, or somebody changed them."""


def require_one_run(lock: Lock, root: Path) -> None:
    """Raise `InputError` if a stage did not read what its producer wrote, or ran with parameters of another run.

    All stages are checked, not only those that produce artifacts of a release. dvc.lock suffices, except for files
    inside an output that is a folder: their hashes are computed from that folder in `root`, if it is the recorded one;
    otherwise `FilesDifferError` is raised.
    """
    for artifact, recorded in contents(lock).items():
        if not recorded:
            raise InputError(f"{LOCK} has no record of {artifact}; {TO_ITS_END}")
    lock.parameters()
    parts: list[tuple[str, str, str]] = []
    for stage in (name for name in lock.deps if name != LISTING):
        for path in lock.deps[stage]:
            producer, out = lock.producer(path) or ("", "")
            if path == out:
                _require_same(lock, stage, path, producer, lock.outs[producer][out])
            elif producer:
                parts.append((stage, path, out))
    folders: dict[str, Mapping[str, str]] = {}
    for stage, path, out in parts:
        producer, _ = lock.producer(out) or ("", "")
        if out not in folders:
            folders[out] = _files(root / out, dvc_hashes.ignored_by(root))
            require_recorded(lock, Path(out), dvc_hashes.of_files(folders[out]))
        _require_same(lock, stage, path, producer, _within(folders[out], path.removeprefix(f"{out}/")))


def require_recorded(lock: Lock, path: Path, found: str) -> None:
    """Raise `FilesDifferError` if the hash of an artifact is not the recorded one; "" stands for a missing artifact."""
    if found != lock.hash_of(path):
        stage, _ = lock.producer(path.as_posix()) or ("", "")
        raise FilesDifferError(
            f"{path} is {'not as' if found else 'missing, although'} stage {stage} recorded it; {TO_ITS_END}, "
            "or `dvc checkout`"
        )


def _require_same(lock: Lock, stage: str, path: str, producer: str, written: str) -> None:
    if lock.deps[stage][path] != written:
        raise InputError(f"stage {stage} read a different {path} than stage {producer} wrote; {TO_ITS_END}")


def _files(folder: Path, ignored: tuple[str, ...]) -> Mapping[str, str]:
    """The hashes of the files of an output, by their relative paths."""
    return {name: dvc_hashes.of_file(folder / name) for name in dvc_hashes.files_in(folder, ignored)}


def _within(files: Mapping[str, str], name: str) -> str:
    """The hash of a file or folder, from the hashes of all files."""
    if name in files:
        return files[name]
    return dvc_hashes.of_files(
        {path.removeprefix(f"{name}/"): md5 for path, md5 in files.items() if path.startswith(f"{name}/")}
    )
