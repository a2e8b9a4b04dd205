"""Seconds and memory of every stage on the current data and parameters: `python -m benchmarks.pipeline`.

Runs the commands of dvc.yaml in order, in this working tree; the outputs are those that `dvc repro` makes.
"""

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

from clv.errors import InputError, run_stage
from clv.yaml_file import read_yaml


def commands() -> list[tuple[str, list[str]]]:
    """Name and command of each stage."""
    stages = read_yaml(Path("dvc.yaml"))["stages"]
    return [(name, shlex.split(stage["cmd"])) for name, stage in stages.items()]


def main() -> None:
    total = 0.0
    print(f"{'stage':<18}{'seconds':>9}{'CPU s':>9}{'peak MiB':>10}")
    for name, command in commands():
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, *command[1:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)  # reaped here, so that Popen does not look for it
        if process.returncode != 0:
            raise InputError(f"stage {name} failed; run `{' '.join(command)}` to see why")
        seconds = time.perf_counter() - start
        total += seconds
        print(f"{name:<18}{seconds:>9.1f}{usage.ru_utime + usage.ru_stime:>9.1f}{usage.ru_maxrss / 1024:>10.0f}")
    print(f"{'all':<18}{total:>9.1f}")


if __name__ == "__main__":
    run_stage(main)
