"""Independent pieces of work side by side, each in a process of its own."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

T = TypeVar("T")


def side_by_side(jobs: Sequence[Callable[[], T]], n_processes: int) -> Iterator[T]:
    """The results of the jobs in their order, as they come; the jobs and their results must be picklable.

    Processes, because limits on the threads of BLAS and OpenMP hold for a whole process, and some fits need theirs. New
    ones, because a forked one inherits thread pools that no longer run.
    """
    if n_processes == 1 or len(jobs) < 2:
        yield from (job() for job in jobs)
        return
    with ProcessPoolExecutor(min(n_processes, len(jobs)), mp_context=get_context("spawn")) as pool:
        for future in [pool.submit(job) for job in jobs]:
            yield future.result()
