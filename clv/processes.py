"""Independent pieces of work side by side, each in a process of its own."""

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, resource_tracker
from typing import TypeVar

from clv.errors import InputError
from clv.machine import THREADS
from clv.stopping import follow_parent

T = TypeVar("T")


def side_by_side(jobs: Sequence[Callable[[], T]], n_processes: int) -> Iterator[T]:
    """The results of the jobs in their order, as they come; the jobs and their results must be picklable.

    Processes, because limits on the threads of BLAS and OpenMP hold for a whole process, and some fits need theirs. New
    ones, because a forked one inherits thread pools that no longer run. They end when this process does, however that
    comes. Raises `InputError` where one of them was killed.
    """
    if n_processes == 1 or len(jobs) < 2:
        yield from (job() for job in jobs)
        return
    _start_tracker()
    workers = min(n_processes, len(jobs))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=follow_parent) as pool:
        try:
            futures = [pool.submit(job) for job in jobs]
            pool.submit(_nothing)  # lets the pool look at its processes anew, else it may not watch the last one
            for future in futures:
                yield future.result()
        except BrokenProcessPool:
            raise InputError(
                f"one of the {workers} processes that worked side by side was killed, perhaps for want of memory; "
                f"set {THREADS} to fewer than {workers}, and run it again"
            ) from None


def _nothing() -> None:
    """A job that does nothing.

    `ProcessPoolExecutor.submit` wakes the thread that watches the processes before it starts a new one, which that
    thread then does not know: if it is killed, nobody notices while the others work.
    """


def _start_tracker() -> None:
    """The process that removes what killed workers leave in memory shall not warn that it did."""
    sys.warnoptions.append("ignore:resource_tracker")
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions.remove("ignore:resource_tracker")
