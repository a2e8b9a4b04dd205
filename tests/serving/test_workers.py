"""The process that forecasts: the batch's numbers, a queue with a limit, and no process left behind."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pandas as pd
import psutil
import pytest

from clv import paths
from clv.errors import InputError
from clv.serving import tasks
from clv.serving.refused import BusyError, WorkerLostError
from clv.serving.release import Release
from clv.serving.workers import Workers
from tests.conftest import ROOT
from tests.killing import gone, wait_for
from tests.serving.raw_rows import raw_rows

HELD = """
import asyncio, sys, time
from pathlib import Path
from clv.serving.workers import Workers

async def main():
    await Workers(Path(sys.argv[1]), 1).warm()
    print("warm", flush=True)
    time.sleep(600)

asyncio.run(main())
"""


OTHERS: set[int] = set()  # worker processes of services of other tests


def started() -> list[psutil.Process]:
    """The worker processes that this file started."""
    found = psutil.Process().children(recursive=True)
    return [one for one in found if one.pid not in OTHERS and "spawn_main" in " ".join(one.cmdline())]


@pytest.fixture(scope="module")
def workers(release: Release) -> Iterator[Workers]:
    """Warm workers, with a queue for two calls."""
    OTHERS.update(process.pid for process in started())
    made = Workers(release.folder, 2)
    asyncio.run(made.warm())
    yield made
    asyncio.run(made.close())
    assert started() == []


def test_forecasts_are_those_of_the_batch(workers: Workers, release: Release) -> None:
    batch = pd.read_parquet(release.path(paths.CUSTOMER_VALUES)).set_index("customer_id", drop=False)
    alone = list(batch.index[::97])
    whole, *singles = [
        asyncio.run(workers.call(tasks.forecast, raw_rows(release.folder, ids)))
        for ids in (None, *([i] for i in alone))
    ]
    assert [row["customer_id"] for row in whole["customers"]] == sorted(batch.index)
    assert [len(answer["customers"]) for answer in singles] == [1] * len(alone)
    for row in [*whole["customers"], *(answer["customers"][0] for answer in singles)]:
        of_batch = batch.loc[row["customer_id"], list(row)]
        assert row == of_batch.astype(object).where(of_batch.notna(), None).to_dict()


def test_what_is_set_aside_is_counted_and_what_is_missing_is_named(workers: Workers, release: Release) -> None:
    rows = raw_rows(release.folder, ["C0000001"])
    nobodys = rows["transactions"][0] | {"customer_id": None, "order_id": "of nobody"}
    answer = asyncio.run(workers.call(tasks.forecast, rows | {"transactions": [*rows["transactions"], nobodys]}))
    assert answer["set_aside"] == {"blank_customer_id": 1}
    assert len(answer["customers"]) == 1
    assert asyncio.run(workers.call(tasks.forecast, rows | {"touches": []}))["customers"]
    with pytest.raises(InputError, match="no transactions, which every forecast needs"):
        asyncio.run(workers.call(tasks.forecast, {"customers": rows["customers"]}))


class OddError(InputError):
    """An error that pickle cannot restore."""

    def __init__(self, a: str, b: str):
        super().__init__(f"{a} and {b}")


def odd() -> None:
    raise OddError("this", "that")


def test_no_error_of_a_task_is_taken_for_the_end_of_the_process(workers: Workers) -> None:
    before = started()
    with pytest.raises(InputError, match="this and that"):
        asyncio.run(workers.call(odd))
    with pytest.raises(ZeroDivisionError):
        asyncio.run(workers.call(divmod, 1, 0))
    assert started() == before


def test_a_full_queue_says_so_at_once(workers: Workers, release: Release) -> None:
    rows = raw_rows(release.folder)

    async def ask() -> None:
        running = [asyncio.create_task(workers.call(tasks.forecast, rows)) for _ in range(2)]
        await asyncio.sleep(0)
        start = time.perf_counter()
        with pytest.raises(BusyError) as refused:
            await workers.call(tasks.forecast, rows)
        assert time.perf_counter() - start < 0.05
        assert refused.value.code == "busy"
        running[1].cancel()
        with pytest.raises(asyncio.CancelledError):
            await running[1]
        assert workers.waiting > 0
        await running[0]
        while workers.waiting:  # for the call whose caller has gone
            await asyncio.sleep(0.01)

    asyncio.run(ask())


def test_a_killed_worker_is_replaced(workers: Workers, release: Release) -> None:
    rows = raw_rows(release.folder)

    async def ask() -> None:
        running = asyncio.create_task(workers.call(time.sleep, 60.0))
        await asyncio.sleep(0.05)
        started()[0].kill()
        with pytest.raises(WorkerLostError) as lost:
            await running
        assert lost.value.code == "worker_lost"
        assert (await workers.call(tasks.forecast, rows))["customers"]
        (idle,) = started()
        idle.kill()
        await asyncio.to_thread(idle.wait)
        await asyncio.sleep(0.5)
        assert (await workers.call(tasks.forecast, rows))["customers"], "nobody waited for it, so nobody is refused"

    asyncio.run(ask())


def test_a_closed_worker_is_no_error_of_ours(release: Release) -> None:
    async def ask() -> None:
        closed = Workers(release.folder, 1)
        await closed.close()
        with pytest.raises(WorkerLostError):
            await closed.call(tasks.forecast, {})

    asyncio.run(ask())


def test_a_worker_that_is_lost_while_it_is_closed_is_not_replaced(release: Release) -> None:
    others = set(started())

    async def ask() -> None:
        closing = Workers(release.folder, 1)
        await closing.warm()
        running = asyncio.create_task(closing.call(time.sleep, 60.0))
        await asyncio.sleep(0.05)
        closed = asyncio.create_task(closing.close())
        await asyncio.sleep(0.05)
        (ours,) = set(started()) - others
        ours.kill()
        with pytest.raises(WorkerLostError):
            await running
        await closed
        with pytest.raises(WorkerLostError):
            await closing.call(time.sleep, 0.0)

    asyncio.run(ask())
    assert set(started()) == others


def test_a_killed_server_leaves_no_worker(release: Release) -> None:
    command = [sys.executable, "-c", HELD, str(release.folder)]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "warm\n"
        below = psutil.Process(server.pid).children(recursive=True)
        assert len(below) >= 1
        server.kill()
        server.wait()
        wait_for(lambda: gone(below))
