"""Outputs that are written whole or not at all, even if the process fails while it writes."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from clv.stopping import undone, whole

# Errors of the disk or of permissions, independent of what is written.
OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO, errno.EACCES, errno.EPERM)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; on success it takes the place of `path`, on failure it is removed.

    Works for a file and for a folder; the caller must create a folder. Leftovers of a killed run are removed first.
    """
    with _named(path), whole():  # so that a stopped process does not create again what it removed
        path.parent.mkdir(parents=True, exist_ok=True)
    old = path.with_name(f".{path.name}.old.partial")
    if old.exists() and not path.exists():  # killed between the two steps below
        old.replace(path)
    _remove(old)
    with _named(path), _temporary(path) as temporary:
        yield temporary
        if temporary.is_dir() and (path.exists() or path.is_symlink()):
            with whole():
                path.replace(old)
                temporary.replace(path)
            _remove(old)
        else:
            with whole():
                temporary.replace(path)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Report an error of the disk for `path`, which the user knows, not for the temporary path beside it."""
    try:
        yield
    except OSError as error:
        about = str(error.filename or "")
        if error.errno in OF_THE_DISK and (not about or about.startswith(str(_beside(path)))):
            error.filename = str(path)
        raise


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")


@contextmanager
def scratch(path: Path) -> Iterator[Path]:
    """A new temporary folder beside `path`; it is removed at the end, or by the next run after a kill."""
    with _temporary(path) as folder:
        with whole():
            folder.mkdir(parents=True)
        yield folder


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, which does not exist before and after, even if the process is stopped."""
    temporary = _beside(path)
    _remove(temporary)
    with undone(partial(_remove_while_written, temporary)):
        try:
            yield temporary
        finally:
            with suppress(OSError):  # a folder that is not writable has no temporary file either
                _remove(temporary)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _remove_while_written(path: Path) -> None:
    """Remove a path although other threads may still write files into it."""
    while path.exists() or path.is_symlink():
        with suppress(OSError):
            _remove(path)
