"""Independent jobs side by side, each in its own process."""

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
    """Yield the results of the jobs in their order, each once it is available; jobs and results must be picklable.

    Processes are used because limits on the threads of BLAS and OpenMP apply to a whole process, and some fits set
    their own. They are spawned because a forked process inherits thread pools that no longer run. They end when this
    process does, for whatever reason. Raises `InputError` if one of them was killed.
    """
    if n_processes == 1 or len(jobs) < 2:
        yield from (job() for job in jobs)
        return
    _start_tracker()
    workers = min(n_processes, len(jobs))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=follow_parent) as pool:
        try:
            futures = [pool.submit(job) for job in jobs]
            pool.submit(_nothing)  # makes the pool list its processes again, or it may not watch the last one
            for future in futures:
                yield future.result()
        except BrokenProcessPool:
            raise InputError(
                f"one of the {workers} parallel processes was killed, perhaps for lack of memory; "
                f"set {THREADS} to fewer than {workers}, and run it again"
            ) from None


def _nothing() -> None:
    """A job that does nothing.

    `ProcessPoolExecutor.submit` wakes the thread that watches the processes before it starts a new one, so that this
    thread does not know the new one: if it were killed, no error would be raised while the others work.
    """


def _start_tracker() -> None:
    """Start the tracker that removes what killed workers leave in memory, without its warnings."""
    sys.warnoptions.append("ignore:resource_tracker")
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions.remove("ignore:resource_tracker")
