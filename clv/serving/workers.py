"""The process that forecasts, apart from the one that answers: a queue with an end, and a new one when it is lost."""

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

    Used from one event loop. The process ends when this one does, however that comes.
    """

    def __init__(self, folder: Path, queue: int):
        self._folder, self.queue = folder, queue
        self.waiting = 0  # calls that run or wait now, also those whose caller has gone
        self._closed = False
        self._pool = self._new_pool()

    async def warm(self) -> None:
        """Have the process started, the release loaded there and a customer forecast, so that nobody waits for that."""
        await self._result(self._submit(warming.warm))

    async def call(self, task: Callable[..., T], *args: Any) -> T:
        """What a function of a module (`clv.serving.tasks`) gives in the process; what it raises is raised here.

        Raises `BusyError` at once where the queue is full, `WorkerLostError` where the process ends meanwhile: another
        is there for the next call.
        """
        if self.waiting >= self.queue:
            raise BusyError(self.waiting)
        future = self._submit(partial(_answer, task, args))
        self.waiting += 1
        future.add_done_callback(partial(self._count_down, asyncio.get_running_loop()))
        return await self._result(future)

    async def close(self) -> None:
        """End the process when the calls that run or wait have ended; later calls raise `WorkerLostError`."""
        self._closed = True
        await asyncio.to_thread(self._pool.shutdown)

    def _submit(self, job: Callable[[], T]) -> "Future[T]":
        if self._closed:
            raise WorkerLostError
        try:
            return self._pool.submit(job)
        except BrokenProcessPool:  # it ended while nobody waited for it
            self._pool = self._new_pool()
            return self._pool.submit(job)

    async def _result(self, future: "Future[T]") -> T:
        pool = self._pool
        try:
            return await asyncio.wrap_future(future)
        except BrokenProcessPool:
            if self._pool is pool and not self._closed:
                self._pool = self._new_pool()
                self._pool.submit(warming.warm)  # beside the answers, so that the next one does not wait for it all
            raise WorkerLostError from None

    def _count_down(self, loop: asyncio.AbstractEventLoop, _: "Future[Any]") -> None:
        """A call has ended: said by another thread, and perhaps after the loop."""
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._ended)

    def _ended(self) -> None:
        self.waiting -= 1

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), initializer=worker_folder.begin, initargs=(self._folder,)
        )


def _answer(task: Callable[..., T], args: tuple[Any, ...]) -> T:
    """Run a task in the process that forecasts. An error that cannot leave it would be taken for its end."""
    try:
        return task(*args)
    except Exception as error:
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:
            kind = InputError if isinstance(error, InputError) else RuntimeError
            raise kind(f"{error}" if kind is InputError else f"{type(error).__name__}: {error}") from None
        raise
