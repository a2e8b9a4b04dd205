"""Cleaning five million order lines against reading them: `python -m benchmarks.preprocess [LINES]`.

Draws the default shop at that size into a temporary folder, then, in a process of its own, so that its peak memory is
that of the work: reads the raw Parquet file as pandas does, and reads, cleans and writes it as the stage does. Prints
the median of each, their ratio and the peak. Goal: at most 5 times the reading, and 3 GiB.
"""

import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from clv import paths, storage
from clv.data import identity, newest_days, shop_rhythm
from clv.data.blocks import count_blocks
from clv.data.bought_days import BoughtDays
from clv.data.cleaning import clean_table, require_balance, require_some_left
from clv.data.figures import summarise
from clv.data.lines import Cleaning
from clv.data.parquet import read_raw, write_clean
from clv.data.source import Source, TableSource
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.strict import load

REPEATS = 5
ROWS_PER_BLOCK = 300_000  # as in params.yaml
LINES_PER_CUSTOMER = 8.8  # of the default shop


def write_lines(n: int, path: Path) -> int:
    """Write about n order lines of the default shop as generate does; give their number."""
    synthetic = load(SyntheticParams, paths.SYNTHETIC)
    shop = replace(synthetic.default, n_customers=round(n / LINES_PER_CUSTOMER), emails_per_year=0.0, ads_per_year=0.0)
    lines = make_world(replace(synthetic, world="default", default=shop), 1, horizon_days=180).tables["transactions"]
    storage.write_table(lines, path)
    return len(lines)


def preprocess(raw: Path, clean: Path) -> None:
    """What the stage does with the transactions."""
    frame = read_raw("transactions", raw)
    cleaned = clean_table("transactions", frame, Cleaning(time_zone="UTC"))
    require_balance(cleaned, len(frame))
    require_some_left(cleaned, 0.3, str(raw))
    identity.require_whole_ids(cleaned, TableSource(str(raw), len(frame)))
    tables, bought = {"transactions": cleaned}, BoughtDays.of(cleaned)
    matches = identity.match_tables(tables, bought, Source("files", {}))
    newest_days.examine(bought, None)
    identity.examine(cleaned, bought, matches)
    shop_rhythm.examine(bought)
    summarise({"transactions": len(frame)}, tables, bought, None)
    del frame
    write_clean(cleaned, clean, count_blocks({"transactions": len(cleaned.order)}, ROWS_PER_BLOCK))


def measure(raw: Path, clean: Path) -> None:
    """Median seconds of reading and of the whole, in turns, and the peak memory of this process."""
    reading, whole = [], []
    for _ in range(REPEATS):
        whole.append(_seconds(lambda: preprocess(raw, clean)))
        reading.append(_seconds(lambda: pd.read_parquet(raw)))
    ratio = statistics.median(whole) / statistics.median(reading)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"read {statistics.median(reading):.2f} s, preprocess {statistics.median(whole):.2f} s")
    print(f"ratio {ratio:.2f}, peak {peak:.2f} GiB")


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.parquet"
        print(f"{write_lines(n, raw):,} lines")
        child = multiprocessing.get_context("spawn").Process(target=measure, args=(raw, Path(folder) / "clean"))
        child.start()
        child.join()
        if child.exitcode:
            raise SystemExit(child.exitcode)


if __name__ == "__main__":
    main()
