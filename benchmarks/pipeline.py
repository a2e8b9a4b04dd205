"""Seconds and memory of every stage on the current data and parameters: `python -m benchmarks.pipeline`.

Runs the commands of dvc.yaml in order, in this working tree; the outputs are those that `dvc repro` makes.
"""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clv.errors import InputError, run_stage
from clv.yaml_file import read_yaml


@dataclass(frozen=True)
class StageCost:
    """Seconds by the clock and of the processor, and MiB at the peak of the stage's process."""

    name: str
    seconds: float
    cpu: float
    peak: float


def costs(root: Path) -> Iterator[StageCost]:
    """Run the stages in a working tree, in order, and give what each has cost."""
    stages = read_yaml(root / "dvc.yaml")["stages"]
    quiet = subprocess.DEVNULL
    for name, stage in stages.items():
        command = [sys.executable, *shlex.split(stage["cmd"])[1:]]
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=root, stdout=quiet, stderr=quiet)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)  # reaped here, so that Popen does not look for it
        if process.returncode != 0:
            raise InputError(f"stage {name} failed; run `{stage['cmd']}` in {root} to see why")
        seconds = time.perf_counter() - start
        yield StageCost(name, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main() -> None:
    total = 0.0
    print(f"{'stage':<18}{'seconds':>9}{'CPU s':>9}{'peak MiB':>10}")
    for cost in costs(Path()):
        total += cost.seconds
        print(f"{cost.name:<18}{cost.seconds:>9.1f}{cost.cpu:>9.1f}{cost.peak:>10.0f}", flush=True)
    print(f"{'all':<18}{total:>9.1f}")


if __name__ == "__main__":
    run_stage(main)
