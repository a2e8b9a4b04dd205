"""Stopping a process, on a signal or when its parent ends: nothing half-written, nothing left running.

A thread waits for signals, since the main thread may be in a library that does not return to Python for minutes.
Unfinished work is undone by the functions registered for that, then the process ends at once. SIGKILL leaves no time
for it: child processes notice that their parent is gone, and the next run removes temporary files beside outputs.
"""

import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import parent_process
from typing import NoReturn

import psutil

SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name)]
STARTED_BY_DVC = "DVC_ROOT"  # DVC sets it for the command of a stage
POLL_SECONDS = 0.3
PATIENCE_SECONDS = 5  # per undo function: a server may not answer
_TRACKER = "multiprocessing.resource_tracker"  # ends by itself after removing what the others left in memory

_whole = threading.Lock()
_begun = threading.Event()
_to_undo: list[Callable[[], object]] = []


@contextmanager
def undone(undo: Callable[[], object]) -> Iterator[None]:
    """Call `undo`, in another thread, if the process is stopped within the block."""
    _to_undo.append(undo)
    try:
        yield
    finally:
        _to_undo.remove(undo)


@contextmanager
def whole() -> Iterator[None]:
    """Make the block atomic: the process stops only after it has finished, or before it starts. Keep it short."""
    with _whole:
        yield


@contextmanager
def stoppable() -> Iterator[None]:
    """Within the block SIGTERM, SIGINT and SIGHUP stop the process, as does the end of DVC if DVC started it.

    A signal that is ignored, as under `nohup`, or already has a handler is left alone. Only the main thread can handle
    signals: in another thread the block changes nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    before = {number: signal.getsignal(number) for number in SIGNALS}
    taken = [number for number in before if before[number] in (signal.SIG_DFL, signal.default_int_handler)]
    for number in taken:
        signal.signal(number, lambda *_: None)
    woken = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    over = threading.Event()
    threading.Thread(target=_take, args=(ours, taken), daemon=True).start()
    if STARTED_BY_DVC in os.environ:
        threading.Thread(target=_follow_dvc, args=(over,), daemon=True).start()
    try:
        yield
    finally:
        if _begun.is_set():  # an error now is only a result of ending the other processes
            threading.Event().wait()
        over.set()
        signal.set_wakeup_fd(woken)
        for number in taken:
            signal.signal(number, before[number])
        theirs.close()


def follow_parent() -> None:
    """Stop this worker of `multiprocessing` when its parent ends; Ctrl-C is left to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()


def stop(why: str, code: int) -> NoReturn:
    """End all child processes, undo unfinished work, report why in one line, and exit with a code."""
    _begun.set()
    _whole.acquire()  # never released: the main thread must not finish what is being undone
    with suppress(psutil.Error):
        _end_children()
    for undo in reversed(_to_undo.copy()):  # a copy, as the main thread may still leave blocks
        each = threading.Thread(target=_quietly, args=(undo,), daemon=True)
        each.start()
        each.join(PATIENCE_SECONDS)
    with suppress(OSError, ValueError):  # the reader is gone
        sys.stdout.flush()
        if why:
            print(f"error: {why}; no half-written file is left; run it again", file=sys.stderr, flush=True)
    os._exit(code)


def _quietly(undo: Callable[[], object]) -> None:
    with suppress(Exception):
        undo()


def _end_children() -> None:
    """Kill all descendants of this process until none is left: workers, and whatever they started."""
    for _ in range(10):
        children = [child for child in psutil.Process().children(recursive=True) if not _is_tracker(child)]
        if not children:
            return
        for child in children:
            with suppress(psutil.Error):
                child.kill()
        psutil.wait_procs(children, timeout=1)


def _is_tracker(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE or _TRACKER in " ".join(process.cmdline())
    except psutil.Error:  # it has ended
        return True


def _take(ours: socket.socket, taken: Collection[int]) -> None:
    """Wait for one of the signals until the other end of the socket is closed."""
    with ours:
        while numbers := ours.recv(64):
            for number in numbers:
                if number in taken:
                    stop(f"stopped by {signal.Signals(number).name}", 128 + number)


def _follow() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        stop("", 1)


def _follow_dvc(over: threading.Event) -> None:
    """Stop when DVC ends: a killed DVC leaves its stage running, and the next `dvc repro` would run beside it."""
    dvc = _above()
    while not over.is_set():
        if dvc is None or not _runs(dvc):
            stop("DVC, which ran this stage, has ended", 1)
        over.wait(POLL_SECONDS)


def _above() -> psutil.Process | None:
    """The nearest ancestor that can be DVC, a Python process; else the parent; None if that is init."""
    above = psutil.Process().parents()
    for process in above:
        with suppress(psutil.Error):
            if re.search("python|dvc", f"{process.name()} {process.exe()}", flags=re.IGNORECASE):
                return process
    return above[0] if above and above[0].pid != 1 else None


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:  # it exists, but gives no details
        return True
