"""Move from release to release: watch dvc.lock, adopt a run that is whole, and switch once its worker is ready."""

import asyncio
import math
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from clv.errors import InputError, in_one_line
from clv.serving.adoption import Pending, adopt, may_be_served, newest
from clv.serving.one_run import FilesDifferError
from clv.serving.params import ServeParams
from clv.serving.recorded import LOCK
from clv.serving.refused import WorkerLostError
from clv.serving.release import Release
from clv.serving.release_folder import ReleaseFolder
from clv.serving.workers import Workers

GRACE_SECONDS = 10.0  # for responses in progress with the previous release
RETRY_SECONDS = 60.0  # after an error such as a full disk or memory
ROOMS = ("data", "models", "reports")

Stamps = list[tuple[str, int, int, int]]  # path, time in ns, bytes, inode


async def start(root: Path, serve: ServeParams) -> tuple[Release, Workers]:
    """The first release of a service: the run in `root`, else the last good release, which does not depend on `root`.

    Its worker is warm, and from now on it is the served release. The caller holds the folder (`ReleaseFolder.held`).
    Raises the error that kept the run from being served if there is no other release.
    """
    releases = ReleaseFolder(Path(serve.folder))
    try:
        release = await asyncio.to_thread(adopt, root, releases.folder, serve.failing_verdict)
        workers = await warmed(release, serve.queue)
    except (InputError, OSError, MemoryError):
        good = await asyncio.to_thread(releases.last_good, partial(may_be_served, failing=serve.failing_verdict))
        if good is None:
            raise
        release = await asyncio.to_thread(Release.load, good)
        workers = await warmed(release, serve.queue)
    await asyncio.to_thread(releases.switch, release.id)
    await asyncio.to_thread(releases.tidy, release.id)
    return release, workers


async def warmed(release: Release, queue: int) -> Workers:
    """The worker of a release, ready to forecast; raises its error if it cannot start."""
    workers = Workers(release.folder, queue)
    try:
        await workers.warm()
    except BaseException:
        await workers.close()
        raise
    return workers


class Watcher:
    """Checks dvc.lock in `root` at intervals, and calls `switched` with each new release and its warm worker.

    `switched` is called in the event loop; from then on requests use the new release. The old worker is closed, and
    older releases are removed, once earlier requests have had time to finish. `pending` is the run that is not served,
    and why, as of the last attempt.
    """

    def __init__(
        self,
        root: Path,
        serve: ServeParams,
        served: tuple[Release, Workers],
        switched: Callable[[Release, Workers], object],
    ):
        self._root, self._serve, self._switched = root, serve, switched
        self._releases = ReleaseFolder(Path(serve.folder))
        self._release, self._workers = served
        self._tried: Stamps = []  # at the last attempt, dvc.lock first
        self._seen: Stamps = []  # at the last check
        self._by_files = False  # whether files were the obstacle, which can change without a new dvc.lock
        self._retry_at = math.inf
        self._changing = asyncio.Lock()  # guards the releases in the folder: none is removed while one is added
        self._retiring: set[asyncio.Task[None]] = set()
        self.pending: Pending | None = None

    async def run(self) -> None:
        """Check until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(self._serve.watch_seconds)

    async def look(self) -> None:
        """Adopt the run in dvc.lock if it is not the served one and there is a reason to try.

        A reason is a new dvc.lock; or, if files were the obstacle, that they changed and no longer change; or, if the
        machine was, that a minute has passed.
        """
        rooms = ROOMS if self._by_files else ()
        seen = await asyncio.to_thread(_stamps, self._root, rooms)
        at_rest, self._seen = seen == self._seen, seen
        new_lock = seen[:1] != self._tried[:1]
        if new_lock or (self._by_files and at_rest and seen != self._tried) or time.monotonic() >= self._retry_at:
            self._tried = seen if self._by_files else await asyncio.to_thread(_stamps, self._root, ROOMS)
            await self._try()

    async def _try(self) -> None:
        self._by_files, self._retry_at, release = False, math.inf, ""
        try:
            release = await asyncio.to_thread(newest, self._root)
            if release != self._release.id:
                async with self._changing:
                    await self._move_on()
            self.pending = None
            return
        except FilesDifferError as error:
            self._by_files, why = True, str(error)
        except WorkerLostError as error:
            self._retry_at, why = time.monotonic() + RETRY_SECONDS, str(error)
        except InputError as error:
            why = str(error)
        except (OSError, MemoryError) as error:
            self._retry_at, why = time.monotonic() + RETRY_SECONDS, in_one_line(error)
        except Exception as error:  # a bug, or a run made by other code
            self.pending = Pending(release, f"{type(error).__name__}: {error}; the log of the service shows where")
            raise
        self.pending = Pending(release, why)

    async def _move_on(self) -> None:
        """Adopt the run, warm a worker for it, and switch to both."""
        release = await asyncio.to_thread(adopt, self._root, self._releases.folder, self._serve.failing_verdict)
        workers = await warmed(release, self._serve.queue)
        await asyncio.to_thread(self._releases.switch, release.id)
        old, self._release, self._workers = self._workers, release, workers
        self._switched(release, workers)
        task = asyncio.create_task(self._retire(old))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _retire(self, workers: Workers) -> None:
        await asyncio.sleep(GRACE_SECONDS)
        await workers.close()
        async with self._changing:
            await asyncio.to_thread(self._releases.tidy, self._release.id)


def _stamps(root: Path, rooms: tuple[str, ...]) -> Stamps:
    """Time, size and inode of dvc.lock and of the files in some folders."""
    files = sorted(path for room in rooms for path in (root / room).rglob("*") if path.is_file())
    return [(str(path), *_stamp(path)) for path in (root / LOCK, *files)]


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        at = path.stat()
    except OSError:
        return 0, 0, 0
    return at.st_mtime_ns, at.st_size, at.st_ino
