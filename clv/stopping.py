"""How a process stops when it is told to, or when who started it is gone: nothing half-written, nothing left running.

A signal is taken by a thread, since the main one may be in a library that does not return to Python for minutes. What
is half done is undone by what was registered for that, then the process ends at once. SIGKILL leaves no time for it:
the processes that were started see that their parent is gone, and the next run removes temporary files beside outputs.
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
PATIENCE_SECONDS = 5  # for one thing to be undone: a server may not answer
_TRACKER = "multiprocessing.resource_tracker"  # ends by itself, when it has removed what the others left in memory

_whole = threading.Lock()
_begun = threading.Event()
_to_undo: list[Callable[[], object]] = []


@contextmanager
def undone(undo: Callable[[], object]) -> Iterator[None]:
    """Have `undo` called, in another thread, if the process is stopped within the block."""
    _to_undo.append(undo)
    try:
        yield
    finally:
        _to_undo.remove(undo)


@contextmanager
def whole() -> Iterator[None]:
    """What is done in the block is done whole before the process stops, or waits for the end: keep it short."""
    with _whole:
        yield


@contextmanager
def stoppable() -> Iterator[None]:
    """Within the block SIGTERM, SIGINT and SIGHUP stop the process, and so does the end of DVC, if that started it.

    A signal that is ignored, as `nohup` does, or handled by others stays so. Only the main thread can do that: in
    another the block changes nothing.
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
        if _begun.is_set():  # an error now is no more than what the end of the others does to this thread
            threading.Event().wait()
        over.set()
        signal.set_wakeup_fd(woken)
        for number in taken:
            signal.signal(number, before[number])
        theirs.close()


def follow_parent() -> None:
    """Stop this process, a worker of `multiprocessing`, when its parent has ended; Ctrl-C is left to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()


def stop(why: str, code: int) -> NoReturn:
    """End what this process started, undo what is half done, say why in one line, and end with an exit code."""
    _begun.set()
    _whole.acquire()  # for good: the main thread still runs, and shall not finish what is being undone
    with suppress(psutil.Error):
        _end_children()
    for undo in reversed(_to_undo.copy()):  # the main thread still leaves blocks
        each = threading.Thread(target=_quietly, args=(undo,), daemon=True)
        each.start()
        each.join(PATIENCE_SECONDS)
    with suppress(OSError, ValueError):  # nobody reads any more
        sys.stdout.flush()
        if why:
            print(f"error: {why}; nothing half-written is left, run it again", file=sys.stderr, flush=True)
    os._exit(code)


def _quietly(undo: Callable[[], object]) -> None:
    with suppress(Exception):
        undo()


def _end_children() -> None:
    """Kill all processes below this one, until there are none: workers, and whatever these started."""
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
    """Wait for one of the signals; the other end of the socket is closed when nobody waits any more."""
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
    """DVC does not end the command of a stage when it is killed, and the next `dvc repro` would run beside it."""
    dvc = _above()
    while not over.is_set():
        if dvc is None or not _runs(dvc):
            stop("DVC, which ran this stage, has ended", 1)
        over.wait(POLL_SECONDS)


def _above() -> psutil.Process | None:
    """The nearest process above this one that can be DVC, a Python; else the parent; None if init took its place."""
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
    except psutil.Error:  # it is there, and says no more
        return True
