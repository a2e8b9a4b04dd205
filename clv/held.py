"""A file that one process at a time has to itself, until it ends, however it does."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clv.errors import InputError


@contextmanager
def held(path: Path, otherwise: str) -> Iterator[int]:
    """Hold a file, which is made with its folder; gives its descriptor. A process that inherits that holds it too.

    Raises `InputError` with the message `otherwise` where another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(otherwise) from None
        yield file.fileno()
