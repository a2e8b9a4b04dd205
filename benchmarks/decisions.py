"""Seconds and memory of the decisions for a million customers: `python -m benchmarks.decisions`.

The stages are segment, budget, campaign and audience.

The customers of the current data are repeated under new ids in a temporary copy, each time as blocks of their own.
Money and recency are varied, so that no two rows are equal. The stages run there as `dvc repro` would run them, with
the models of the repo. Needs the outputs of the pipeline. Goal: 60 seconds for all four, and 2 GiB at the peak of any.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from clv import block_parts, paths, storage
from clv.errors import InputError, run_stage
from clv.features.columns import CUSTOMER
from clv.features.store import n_blocks, read_plan

STAGES = ("segment", "budget", "campaign", "audience")
AS_THEY_ARE = ("params.yaml", "clv", "stages", "data/templates", "models/today", "reports", str(paths.PLAN))
CLEAN = ("customers", "touches", "transactions", "experiments")
MONEY = ("monetary_value", "predicted_clv", "realised")


def again(rows: pd.DataFrame, copy: int) -> pd.DataFrame:
    """The rows under other ids; money changed by up to a tenth, recency shortened by up to nine days."""
    rng = np.random.default_rng(copy)
    made = rows.assign(**{CUSTOMER: rows[CUSTOMER] + f"-{copy:04d}"})
    for name in MONEY:
        if name in made:
            made[name] = made[name] * rng.uniform(0.9, 1.1, len(made))
    if "recency_days" in made:
        made["recency_days"] = (made["recency_days"] - rng.integers(0, 10, len(made))).clip(lower=0)
    return made


def make_copy(root: Path, customers: int) -> int:
    """Fill an empty folder with what the stages need, for at least `customers` customers; return how many there are."""
    for name in AS_THEY_ARE:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if Path(name).is_dir() else shutil.copy2)(name, root / name)
    today = read_plan().today
    n, cutoffs = n_blocks(today.forecast), {today.forecast.cutoff, (today.calibration or today.forecast).cutoff}
    folders = [*(paths.snapshot(str(cutoff)) for cutoff in cutoffs), *map(paths.clean, CLEAN)]
    known = len(storage.read_table(paths.snapshot(str(today.forecast.cutoff)), [CUSTOMER]))
    times = -(-customers // known)
    for folder in folders:
        for block in range(n):
            rows = block_parts.plain(block_parts.read_part(str(folder / paths.part(block)))).to_pandas()
            for copy in range(times):
                table = pa.Table.from_pandas(again(rows, copy), preserve_index=False).replace_schema_metadata()
                block_parts.write_part(table, str(root / folder / paths.part(copy * n + block)))
    test = storage.read_table(paths.TEST_FORECASTS, [CUSTOMER, "predicted_clv", "realised"])
    storage.write_table(
        pd.concat([again(test, copy) for copy in range(times)]), root / paths.TEST_FORECASTS / paths.part(0)
    )
    shutil.copy2(paths.OUTCOMES, root / paths.OUTCOMES)
    return known * times


def measure(stage: str, root: Path) -> tuple[float, float, float]:
    """Seconds, seconds of CPU and peak memory (GiB) of a stage in the copy."""
    start = time.perf_counter()
    environment = os.environ | {"PYTHONPATH": str(root)}
    process = subprocess.Popen([sys.executable, "-m", f"stages.{stage}"], cwd=root, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # reaped here, so that Popen does not look for it
    if process.returncode != 0:
        raise InputError(f"stage {stage} failed on the copy; its message is above")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = make_copy(Path(folder), chosen.customers)
        figures = {stage: measure(stage, Path(folder)) for stage in STAGES}
    seconds, cpu, memory = zip(*figures.values(), strict=True)
    figures["all"] = (sum(seconds), sum(cpu), max(memory))
    print(f"{made:,} customers\n{'stage':<10}{'seconds':>9}{'CPU s':>9}{'peak GiB':>10}")
    for stage, row in figures.items():
        print(f"{stage:<10}{row[0]:>9.1f}{row[1]:>9.1f}{row[2]:>10.2f}")


if __name__ == "__main__":
    run_stage(main)
