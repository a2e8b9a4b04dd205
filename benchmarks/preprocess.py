"""Cleaning five million order lines against reading them: `python -m benchmarks.preprocess [LINES]`.

Draws the default shop at that size into a temporary folder. The work runs in a process of its own, so that the peak
memory is that of the work: it reads the raw Parquet file with pandas, and it reads, cleans and writes the file as the
stage does, with two threads. Prints the median time of each, their ratio, and the peak memory of the stage, which runs
first. Goals: at most 5 times the time of reading; 50 million lines in at most 1 GiB.
"""

import multiprocessing
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from clv import paths, storage
from clv.data.cleaned_blocks import clean_by_blocks
from clv.data.params import PreprocessParams
from clv.data.schema import TABLES, names
from clv.data.source import Source, TableSource
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.machine import Machine
from clv.strict import load
from stages.preprocess import Params

REPEATS = 5
LINES_PER_CUSTOMER = 8.8  # of the default shop


def write_lines(n: int, path: Path) -> int:
    """Write about n order lines of the default shop as generate does; return their number."""
    synthetic = load(SyntheticParams, paths.SYNTHETIC)
    shop = replace(synthetic.default, n_customers=round(n / LINES_PER_CUSTOMER), emails_per_year=0.0, ads_per_year=0.0)
    lines = make_world(replace(synthetic, world="default", default=shop), 1, horizon_days=180).tables["transactions"]
    storage.write_table(lines, path)
    return len(lines)


def write_others(folder: Path) -> None:
    """Write the other raw tables, without rows."""
    for table in TABLES.keys() - {"transactions"}:
        frame = pd.DataFrame(columns=names(TABLES[table]), dtype="str")
        storage.write_table(frame, folder / paths.raw(table))


def preprocess(params: PreprocessParams) -> None:
    """Clean the transactions of the working folder as the stage does."""
    shutil.rmtree("clean", ignore_errors=True)
    source = Source("files", {table: TableSource(table, 0) for table in TABLES})
    clean_by_blocks(Path("clean"), source, params, None, Machine(threads=2))


def measure(folder: Path, params: PreprocessParams) -> None:
    """Print the median seconds of reading and of the stage, taken in turns, and the peak memory of the stage."""
    os.chdir(folder)
    reading, whole = [], [_seconds(lambda: preprocess(params))]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    for _ in range(REPEATS):
        reading.append(_seconds(lambda: pd.read_parquet(paths.raw("transactions"))))
        whole.append(_seconds(lambda: preprocess(params)))
    ratio = statistics.median(whole) / statistics.median(reading)
    print(f"read {statistics.median(reading):.2f} s, preprocess {statistics.median(whole):.2f} s")
    print(f"ratio {ratio:.2f}, peak {peak:.2f} GiB")


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    params = load(Params).preprocess
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{write_lines(n, folder / paths.raw('transactions')):,} lines")
        write_others(folder)
        child = multiprocessing.get_context("spawn").Process(target=measure, args=(folder, params))
        child.start()
        child.join()
        if child.exitcode:
            raise SystemExit(child.exitcode)


if __name__ == "__main__":
    main()
