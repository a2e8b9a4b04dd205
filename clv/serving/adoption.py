"""Adopt a run, whole or not at all, as a copy whose hashes are checked; the original files are never served.

A concurrent `dvc repro` cannot lead to a mix: every copy must have the hash recorded in one dvc.lock, in which all
stages must be consistent.
"""

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from clv import json_artifacts, paths, storage
from clv.errors import InputError, listed
from clv.replacing import replacing
from clv.serving import dvc_hashes
from clv.serving.contents import contents
from clv.serving.one_run import require_one_run, require_recorded
from clv.serving.recorded import LOCK, Lock, id_of
from clv.serving.release import Release
from clv.serving.release_folder import ReleaseFolder, is_whole, synced

FailingVerdict = Literal["warn", "refuse"]


@dataclass(frozen=True)
class Pending:
    """A run that is not served: the id of its release, "" if there is no dvc.lock, and the reason in one line."""

    release: str
    why: str


def newest(root: Path) -> str:
    """The id of the release of the dvc.lock in `root`; raises `InputError` if there is none."""
    return id_of(_lock(root))


def adopt(root: Path, folder: Path, failing: FailingVerdict) -> Release:
    """Copy the run recorded by dvc.lock in `root` to `folder`/releases/ID, and load it from there.

    Only one process at a time may do so in a folder (`ReleaseFolder.held`); `ReleaseFolder.switch` then makes the
    release the served one. Raises `InputError`, which names the artifact or stage, if the run is not whole, is being
    replaced, or fails its verdict and must not be served for that.
    """
    content = _lock(root)
    target = ReleaseFolder(folder).of(id_of(content))
    if is_whole(target):
        _require_verdict(target, failing)
        return Release.load(target)
    for left in target.parent.glob(".*.partial"):  # left by another run, whose copying was killed
        shutil.rmtree(left)
    with replacing(target) as aside:
        aside.mkdir(parents=True)
        (aside / LOCK).write_bytes(content)
        _copy_run(root, aside)
        _require_verdict(aside, failing)
        release = Release.load(aside)
        for path in (aside, *aside.rglob("*")):
            synced(path)
    synced(target.parent)
    return replace(release, folder=target)


def _lock(root: Path) -> bytes:
    try:
        return (root / LOCK).read_bytes()
    except FileNotFoundError:
        raise InputError(f"{root / LOCK} does not exist; run `dvc repro`, which writes it") from None


def _copy_run(root: Path, aside: Path) -> None:
    """Copy the artifacts of a release beside its dvc.lock, which is already there."""
    lock, ignored = Lock.read(aside / LOCK), dvc_hashes.ignored_by(root)
    require_one_run(lock, root)
    for path in contents(lock):
        source = root / path
        names = dvc_hashes.files_in(source, ignored) if source.is_dir() else [""]
        with suppress(FileNotFoundError):  # missing, or being replaced
            for name in names:
                (aside / path / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source / name, aside / path / name)
        require_recorded(lock, path, dvc_hashes.of_path(aside / path))


def may_be_served(folder: Path, failing: FailingVerdict) -> bool:
    """Whether a release may be served with its verdict."""
    try:
        _require_verdict(folder, failing)
    except InputError:
        return False
    return True


def _require_verdict(folder: Path, failing: FailingVerdict) -> None:
    checks = storage.read_json(folder / paths.VERDICT, json_artifacts.SHAPES.get(paths.VERDICT))
    failed = [check["name"] for check in checks if check["status"] == "fail"]
    if failed and failing == "refuse":
        raise InputError(
            f"{paths.VERDICT}: {listed(failed)} failed, and serve.failing_verdict is refuse; fix the cause and run "
            "again, or set it to warn"
        )
