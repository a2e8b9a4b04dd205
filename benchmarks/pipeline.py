"""Seconds and memory of every stage on the current data and parameters: `python -m benchmarks.pipeline`.

Runs the commands of dvc.yaml in order, in this working tree; the outputs are those that `dvc repro` makes.
"""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from clv.errors import InputError, run_stage
from clv.yaml_file import read_yaml

LOOK_SECONDS = 0.1  # between two readings of the memory of all processes


@dataclass(frozen=True)
class StageCost:
    """Seconds by the clock and of the processor; MiB at the peak of the largest process, and of all of them together.

    The latter is read ten times a second. On Linux a page that processes share counts once, elsewhere once for each.
    """

    name: str
    seconds: float
    cpu: float
    peak: float
    together: float


def costs(root: Path, skipped: Sequence[str] = ()) -> Iterator[StageCost]:
    """Run the stages in a working tree, in order, except those in `skipped`, and yield the cost of each."""
    stages = read_yaml(root / "dvc.yaml")["stages"]
    for name, stage in stages.items():
        if name in skipped:
            continue
        process = psutil.Popen(
            [sys.executable, *shlex.split(stage["cmd"])[1:]],
            cwd=root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        start, together, ended = time.perf_counter(), 0, 0
        while not ended:
            together = max(together, _resident(process))
            time.sleep(LOOK_SECONDS)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if os.waitstatus_to_exitcode(status) != 0:
            raise InputError(f"stage {name} failed; run `{stage['cmd']}` in {root} to see why")
        seconds, peak = time.perf_counter() - start, usage.ru_maxrss / 1024
        yield StageCost(name, seconds, usage.ru_utime + usage.ru_stime, peak, max(peak, together / 2**20))


def _resident(process: psutil.Process) -> int:
    """Bytes in memory of a process and of all processes below it."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        for some in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += some.memory_full_info().pss if psutil.LINUX else some.memory_info().rss
    return total


def main() -> None:
    total = 0.0
    print(f"{'stage':<18}{'seconds':>9}{'CPU s':>9}{'peak MiB':>10}{'of all':>9}")
    for cost in costs(Path()):
        total += cost.seconds
        print(f"{cost.name:<18}{cost.seconds:>9.1f}{cost.cpu:>9.1f}{cost.peak:>10.0f}{cost.together:>9.0f}", flush=True)
    print(f"{'all':<18}{total:>9.1f}")


if __name__ == "__main__":
    run_stage(main)
