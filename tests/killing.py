"""Waiting, for tests that kill processes."""

import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psutil

PATIENCE_SECONDS = 300  # enough for a busy machine


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all processes have ended; zombies count as ended."""

    def runs(process: psutil.Process) -> bool:
        with suppress(psutil.NoSuchProcess):
            return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
        return False

    return not any(runs(process) for process in processes)


def below(process: subprocess.Popen[Any]) -> list[psutil.Process]:
    """All processes below a process, at any depth."""
    return list(psutil.Process(process.pid).children(recursive=True))
