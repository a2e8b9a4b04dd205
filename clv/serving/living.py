"""The life cycle of the service: it starts with a release, moves on to newer ones, and leaves no process behind."""

import asyncio
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from clv.errors import InputError
from clv.serving.state import State
from clv.serving.watching import Watcher, start


@asynccontextmanager
async def living(state: State, root: Path) -> AsyncIterator[None]:
    """Watch for runs while the app runs; it responds from the start, but is not ready before the first is adopted."""
    watching = asyncio.create_task(_watch(state, root))
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        if state.serving is not None:
            await state.serving.workers.close()
        state.journal.close()


async def _watch(state: State, root: Path) -> None:
    """Serve the latest run, then each newer one; errors are reported, and the step is tried again."""
    said = ""
    while True:
        try:
            if state.watcher is None:
                await _begin(state, root)
            else:
                await state.watcher.run()
        except InputError as error:
            if str(error) != said:
                print(f"serve: {error}", file=sys.stderr, flush=True)
            said = str(error)
        except Exception:  # a bug: the current release stays served
            traceback.print_exc()
        await asyncio.sleep(state.params.watch_seconds)


async def _begin(state: State, root: Path) -> None:
    release, workers = await start(root, state.params)
    state.switch(release, workers)
    state.watcher = Watcher(root, state.params, (release, workers), state.switch)
    count = f"{len(release.customers):,} customers"
    print(f"serve: ready with release {release.id} as of {release.as_of}, {count}", flush=True)
