"""A worker that is killed in the middle of a stage, for the tests of each stage that maps over blocks."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from clv.machine import Machine
from tests.cluster import cluster
from tests.killing import PATIENCE_SECONDS


def kept(target: Path) -> Path:
    """The folder in which `clv.kept_blocks` keeps finished blocks for `target`."""
    return target.with_name(f".{target.name}.kept.partial")


def n_done(target: Path) -> int:
    """How many blocks are done, in all maps for `target`."""
    return len([path for path in kept(target).glob("done/*/*") if path.name.isdigit()])


def wait_for_blocks(target: Path, n: int, ended: Callable[[], object]) -> None:
    """Wait until `n` blocks are done; fails if the run has `ended` before."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while n_done(target) < n:
        assert not ended(), f"it ended after {n_done(target)} blocks"
        assert time.monotonic() < deadline, f"{n_done(target)} blocks after {PATIENCE_SECONDS} s"
        time.sleep(0.002)


def with_a_worker_killed(
    run: Callable[[Machine], object], target: Path, folder: Path, after: int, of: int, **extra: str
) -> None:
    """Run the work that makes `target` on two workers, one of which gets SIGKILL when `after` blocks are done.

    `of` is the number of blocks in all maps of the run: before that the run is not over. The cluster runs in `folder`,
    with `extra` in its environment.
    """
    with cluster(folder, workers=1, **extra) as running, ThreadPoolExecutor(1) as pool:
        victim = running.start_worker()
        running.wait_for(workers=2)
        made = pool.submit(run, Machine(1, scheduler=running.address))
        wait_for_blocks(target, after, lambda: made.done() and (made.result(), True))
        victim.kill()
        assert n_done(target) < of, "the worker was killed too late to matter"
        victim.wait(PATIENCE_SECONDS)
        made.result()
    assert not kept(target).exists()
