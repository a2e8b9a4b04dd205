"""The record of a run in dvc.lock: what each stage read and wrote, its parameters, and whether they are consistent."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from clv import paths
from clv.errors import InputError
from clv.yaml_file import read_yaml

LOCK = Path("dvc.lock")
ID_DIGITS = 12


@dataclass(frozen=True)
class Lock:
    """For each stage the hashes (DVC's md5) of dependencies and outputs, by path, and its parameters by dotted name.

    `id` is that of the release of this exact file. Stages are in the order in which they run.
    """

    id: str
    deps: Mapping[str, Mapping[str, str]]
    outs: Mapping[str, Mapping[str, str]]
    params: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, path: Path) -> "Lock":
        """Read a dvc.lock; raises `InputError` if it is invalid, or is being written."""
        try:
            return _read(_LockFile(path.read_bytes(), path))
        except FileNotFoundError:
            raise InputError(f"{path} does not exist; run `dvc repro`, which writes it") from None

    def producer(self, path: str) -> tuple[str, str] | None:
        """The stage that wrote a path, or a folder above it, and that output; None if no stage did."""
        for stage, outs in self.outs.items():
            for out in outs:
                if path == out or path.startswith(f"{out}/"):
                    return stage, out
        return None

    def hash_of(self, path: Path) -> str | None:
        """The recorded hash of an output, or of a file in one that a later stage read; None if there is none."""
        recorded = (hashes for hashes in (*self.outs.values(), *self.deps.values()))
        return next((hashes[path.as_posix()] for hashes in recorded if path.as_posix() in hashes), None)

    def parameters(self) -> dict[str, Any]:
        """All parameters by section; raises `InputError` if two stages ran with different values of one."""
        whole: dict[str, Any] = {}
        seen: dict[tuple[str, ...], tuple[Any, str]] = {}
        for stage, given in self.params.items():
            for dotted, value in given.items():
                for path, leaf in _leaves(tuple(dotted.split(".")), value):
                    before, other = seen.setdefault(path, (leaf, stage))
                    if before != leaf:
                        raise InputError(
                            f"{LOCK} mixes two runs: stage {stage} ran with {'.'.join(path)} = {leaf!r}, but stage "
                            f"{other} with {before!r}; run `dvc repro`"
                        )
                    _put(whole, path, leaf)
        return whole


@dataclass(frozen=True)
class _LockFile:
    """The bytes of a dvc.lock, independent of its path."""

    content: bytes
    path: Path = field(compare=False)


@lru_cache(4)  # a copy has the same bytes, and YAML is slow to read
def _read(file: _LockFile) -> Lock:
    content = read_yaml(file.path)
    if file.path.read_bytes() != file.content:
        raise InputError(f"{file.path} is being written; try again when `dvc repro` has finished")
    try:
        stages: dict[str, Any] = content["stages"]
        deps = {name: _hashes(stage.get("deps", [])) for name, stage in stages.items()}
        outs = {name: _hashes(stage.get("outs", [])) for name, stage in stages.items()}
        order = list(TopologicalSorter(_readers(deps, outs)).static_order())
        params = {name: stages[name].get("params", {}).get(paths.PARAMS.name, {}) for name in order}
    except (AttributeError, KeyError, TypeError, CycleError):
        raise InputError(f"{file.path} is not the dvc.lock of a pipeline; run `dvc repro`, which writes it") from None
    return Lock(id_of(file.content), {n: deps[n] for n in order}, {n: outs[n] for n in order}, params)


def id_of(lock: bytes) -> str:
    """The id of the release of a dvc.lock, from its bytes."""
    return hashlib.sha256(lock).hexdigest()[:ID_DIGITS]


def _hashes(entries: list[dict[str, Any]]) -> dict[str, str]:
    return {entry["path"]: entry["md5"] for entry in entries if "md5" in entry}


def _readers(deps: Mapping[str, Mapping[str, str]], outs: Mapping[str, Mapping[str, str]]) -> dict[str, set[str]]:
    """For each stage the stages whose outputs, or files in them, it reads."""
    writer = {path: stage for stage, written in outs.items() for path in written}
    return {
        stage: {writer[str(at)] for path in read for at in (Path(path), *Path(path).parents) if str(at) in writer}
        for stage, read in deps.items()
    }


def _leaves(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves((*path, str(name)), inner)
    else:
        yield path, value


def _put(whole: dict[str, Any], path: tuple[str, ...], leaf: Any) -> None:
    *parents, last = path
    for parent in parents:
        whole = whole.setdefault(parent, {})
    whole[last] = leaf
