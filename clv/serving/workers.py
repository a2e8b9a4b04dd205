"""The forecasting process, separate from the serving one, with a bounded queue; it is replaced if it is lost."""

import asyncio
import pickle
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from clv.errors import InputError
from clv.serving import warming, worker_folder
from clv.serving.refused import BusyError, WorkerLostError

T = TypeVar("T")


class Workers:
    """One process with the forecaster of a release in memory, and at most `queue` calls that run or wait.

    Use it from one event loop. The process ends when this one does, for whatever reason.
    """

    def __init__(self, folder: Path, queue: int):
        self._folder, self.queue = folder, queue
        self.waiting = 0  # calls that run or wait now, including those whose caller is gone
        self._closed = False
        self._pool = self._new_pool()

    async def warm(self) -> None:
        """Start the process, load the release and make one forecast there, so that no request waits for that."""
        await self._result(self._submit(warming.warm))

    async def call(self, task: Callable[..., T], *args: Any) -> T:
        """Run a function of a module (`clv.serving.tasks`) in the process; its result is returned, its errors raised.

        Raises `BusyError` at once if the queue is full, and `WorkerLostError` if the process ends meanwhile; the next
        call gets a new one.
        """
        if self.waiting >= self.queue:
            raise BusyError(self.waiting)
        future = self._submit(partial(_answer, task, args))
        self.waiting += 1
        future.add_done_callback(partial(self._count_down, asyncio.get_running_loop()))
        return await self._result(future)

    async def close(self) -> None:
        """End the process once the calls that run or wait have finished; later calls raise `WorkerLostError`."""
        self._closed = True
        await asyncio.to_thread(self._pool.shutdown)

    def _submit(self, job: Callable[[], T]) -> "Future[T]":
        if self._closed:
            raise WorkerLostError
        try:
            return self._pool.submit(job)
        except BrokenProcessPool:  # it ended while idle
            self._pool = self._new_pool()
            return self._pool.submit(job)

    async def _result(self, future: "Future[T]") -> T:
        pool = self._pool
        try:
            return await asyncio.wrap_future(future)
        except BrokenProcessPool:
            if self._pool is pool and not self._closed:
                self._pool = self._new_pool()
                self._pool.submit(warming.warm)  # in the background, so that the next call waits less
            raise WorkerLostError from None

    def _count_down(self, loop: asyncio.AbstractEventLoop, _: "Future[Any]") -> None:
        """Count a finished call; this runs in another thread, and perhaps after the loop was closed."""
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._ended)

    def _ended(self) -> None:
        self.waiting -= 1

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), initializer=worker_folder.begin, initargs=(self._folder,)
        )


def _answer(task: Callable[..., T], args: tuple[Any, ...]) -> T:
    """Run a task in the forecasting process; replace an error that cannot be pickled, which would break the pool."""
    try:
        return task(*args)
    except Exception as error:
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:
            kind = InputError if isinstance(error, InputError) else RuntimeError
            raise kind(f"{error}" if kind is InputError else f"{type(error).__name__}: {error}") from None
        raise
