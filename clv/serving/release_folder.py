"""The folder of the service, by default .serve/: copied releases, and which of them is served."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clv.errors import InputError
from clv.held import held
from clv.replacing import replacing
from clv.serving import dvc_hashes
from clv.serving.contents import contents
from clv.serving.recorded import LOCK, Lock

KEPT = 2  # releases: the served one, and the one before it, which pending responses may still use


@dataclass(frozen=True)
class ReleaseFolder:
    """`releases/ID/` for each release, whole or absent; `current`, the id of the served one."""

    folder: Path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Lock the folder until the process ends for any reason; raises `InputError` if another process holds it."""
        self.of("").mkdir(parents=True, exist_ok=True)
        taken = f"another service keeps its releases in {self.folder}; stop it, or set serve.folder to another folder"
        with held(self.folder / "lock", taken):
            yield

    def of(self, release: str) -> Path:
        """The folder of a release."""
        return self.folder / "releases" / release

    @property
    def current(self) -> str:
        """The id of the served release; "" before the first."""
        pointer = self.folder / "current"
        return pointer.read_text(encoding="ascii").strip() if pointer.exists() else ""

    def switch(self, release: str) -> None:
        """Serve another release from now on, also after a restart: the pointer is on disk when this returns."""
        with replacing(self.folder / "current") as temporary:
            temporary.write_text(f"{release}\n", encoding="ascii")
            synced(temporary)
        synced(self.folder)

    def last_good(self, may_be_served: Callable[[Path], bool] = lambda folder: True) -> Path | None:
        """The served release if it is whole and may be served, else the newest such one; None if there is none."""
        there = sorted(self.of("").glob("[!.]*"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        return next(
            (
                path
                for path in sorted(there, key=lambda p: p.name != self.current)
                if is_whole(path) and may_be_served(path)
            ),
            None,
        )

    def tidy(self, served: str) -> None:
        """Remove leftovers of adoptions, and all releases but the served one and the last before it."""
        there = sorted(self.of("").glob("[!.]*"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        keep = sorted(there, key=lambda path: path.name != served)[:KEPT]
        for path in self.of("").iterdir():
            if path not in keep:
                if not path.name.startswith("."):  # so that a kill leaves no release that lacks files
                    path = path.replace(path.with_name(f".{path.name}.partial"))
                shutil.rmtree(path)


def is_whole(folder: Path) -> bool:
    """Whether every file of a release has the hash that its dvc.lock recorded."""
    try:
        recorded = contents(Lock.read(folder / LOCK))
    except InputError:
        return False
    return all(dvc_hashes.of_path(folder / path) == written for path, written in recorded.items())


def synced(path: Path) -> None:
    """Flush a file, or the names in a folder, to disk, so that they survive a power failure."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
