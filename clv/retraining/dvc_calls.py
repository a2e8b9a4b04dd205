"""DVC within this process: it ends with it, so that no killed night leaves a `dvc repro` that goes on."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dvc.cli import main

from clv.errors import InputError

PATIENCE_SECONDS = 5.0
ERROR = "error: "  # with which a stage says why it failed


def dvc(*arguments: str) -> None:
    """Run a command of DVC. Raises `InputError` where it fails, with what the stage that failed said."""
    with _errors() as said:
        failed = main(list(arguments)) != 0
    if failed:
        why = said[-1] if said else f"its own message is above; run `dvc {' '.join(arguments)}` to see it again"
        raise InputError(f"dvc {arguments[0]} failed: {why}")


@contextmanager
def _errors() -> Iterator[list[str]]:
    """The error lines that this process, and what it starts, write in the block; they are passed on as they come."""
    said: list[str] = []
    sys.stderr.flush()
    ours, theirs = os.pipe()
    terminal = os.dup(2)
    os.dup2(theirs, 2)
    os.close(theirs)
    listener = threading.Thread(target=_pass_on, args=(ours, terminal, said), daemon=True)
    listener.start()
    try:
        yield said
    finally:
        sys.stderr.flush()
        os.dup2(terminal, 2)
        listener.join(PATIENCE_SECONDS)  # what a stage left running may still hold it


def _pass_on(ours: int, terminal: int, said: list[str]) -> None:
    with os.fdopen(ours, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            os.write(terminal, line.encode("utf-8"))
            if line.startswith(ERROR):
                said.append(line.removeprefix(ERROR).strip())
    os.close(terminal)
