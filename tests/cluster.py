"""A Dask scheduler and its workers for the tests: processes on 127.0.0.1, ended by their process ids."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from distributed import Client

from tests.conftest import ROOT

PATIENCE_SECONDS = 60


@dataclass
class Cluster:
    """One scheduler, at `address`, and workers."""

    folder: Path
    env: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    address: str = ""

    def start(self, *command: str) -> psutil.Process:
        """Run a part of the cluster in a folder of its own, with the code of this repo."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=self.folder, env=self.env, stdout=log, stderr=log
            )
        self.processes.append(process)
        return psutil.Process(process.pid)

    def start_scheduler(self) -> None:
        """Start the scheduler on a free port, and wait until its address is known."""
        where = self.folder / "scheduler.json"
        quiet = ["--no-dashboard", "--no-show"]
        here = ["--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(where)]
        self.start("distributed.cli.dask_scheduler", *here, *quiet)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (where.exists() and '"address"' in where.read_text()):
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.05)
        self.address = where.read_text().split('"address": "')[1].split('"')[0]

    def start_worker(self) -> psutil.Process:
        """Start a worker of one thread."""
        alone = ["--nthreads", "1", "--no-nanny", "--no-dashboard"]
        here = ["--host", "127.0.0.1", "--local-directory", str(self.folder)]
        return self.start("distributed.cli.dask_worker", self.address, *here, *alone)

    def wait_for(self, workers: int) -> None:
        """Wait until `workers` workers have joined."""
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=PATIENCE_SECONDS)

    def stop(self) -> None:
        """End all processes, the workers first: without the scheduler they would wait for it."""
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(PATIENCE_SECONDS)


@contextmanager
def cluster(folder: Path, workers: int, **extra: str) -> Iterator[Cluster]:
    """A running cluster, which is always ended with the block."""
    folder.mkdir()
    started = Cluster(folder, os.environ | {"PYTHONPATH": str(ROOT)} | extra)
    try:
        started.start_scheduler()
        for _ in range(workers):
            started.start_worker()
        if workers:
            started.wait_for(workers)
        yield started
    finally:
        started.stop()
