"""A file that one process at a time holds exclusively, until it ends for any reason."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clv.errors import InputError


@contextmanager
def held(path: Path, otherwise: str) -> Iterator[int]:
    """Lock a file, creating it and its folder; yields its descriptor. A child that inherits it holds the lock too.

    Raises `InputError` with the message `otherwise` if another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(otherwise) from None
        yield file.fileno()
