"""Inputs that a worker needs as files on its own machine, such as the folder of a model."""

import atexit
import shutil
import tempfile
import threading
from pathlib import Path

from fsspec.core import url_to_fs

from clv.block_parts import reaching
from clv.errors import InputError

_lock = threading.Lock()
_copies: dict[str, Path] = {}


def local_copy(at: str) -> Path:
    """The folder or file at a place that `clv.compute.Places` gives: the path itself, or a local copy of a URL.

    A URL is copied once per process, since its content does not change; the copy is removed when the process ends.
    """
    if "://" not in at:
        return Path(at)
    with _lock:
        if at not in _copies:
            folder = Path(tempfile.mkdtemp(prefix="clv-copy-"))
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            _copies[at] = _download(at, folder / at.rpartition("/")[2])
        return _copies[at]


def _download(at: str, to: Path) -> Path:
    with reaching(at):
        files, root = url_to_fs(at)
        found = files.find(root, detail=True)
        if not found:
            raise FileNotFoundError("there are no files at this address")
        for name, about in found.items():
            path = to / name.removeprefix(root).lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            files.get_file(name, str(path))
            if path.stat().st_size != about["size"]:
                raise InputError(f"{name} was not copied completely; run it again")
    return to
