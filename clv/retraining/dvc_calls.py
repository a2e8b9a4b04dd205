"""DVC within this process, so that it ends with it: no killed night leaves a `dvc repro` running."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dvc.cli import main

from clv.errors import InputError

PATIENCE_SECONDS = 5.0
ERROR = "error: "  # prefix of the line in which a stage reports why it failed


def dvc(*arguments: str) -> None:
    """Run a command of DVC. Raises `InputError` if it fails, with the error of the stage that failed."""
    with _errors() as said:
        failed = main(list(arguments)) != 0
    if failed:
        why = said[-1] if said else f"its own message is above; run `dvc {' '.join(arguments)}` to see it again"
        raise InputError(f"dvc {arguments[0]} failed: {why}")


@contextmanager
def _errors() -> Iterator[list[str]]:
    """Collect the error lines that this process and its children write within the block; all output is passed on."""
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
        listener.join(PATIENCE_SECONDS)  # a process left by a stage may still hold the pipe


def _pass_on(ours: int, terminal: int, said: list[str]) -> None:
    with os.fdopen(ours, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            os.write(terminal, line.encode("utf-8"))
            if line.startswith(ERROR):
                said.append(line.removeprefix(ERROR).strip())
    os.close(terminal)
