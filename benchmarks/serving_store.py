"""The customers of a release by the million: `python -m benchmarks.serving_store`, or with `--rows 100000`.

The customer values of this repo are repeated under new ids up to that number of rows, and are read as the service reads
them, in a process of its own. Prints how long it takes to be ready, and its resident memory then and at its peak. Also
prints, in microseconds: the median and the 99th percentile of one customer by id; and for each kind of selection the
time of its first page of 100, and the median and the 99th percentile of the page after it.
"""

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from clv import artifacts, paths
from clv.errors import run_stage
from clv.marketing.store import read_values
from clv.serving.customer_table import CustomerTable
from clv.serving.selection import Selection
from clv.serving.sorted_rows import SortedRows

RELEASE = "0123456789ab"
TIMES = 2000
SELECTIONS = {
    "all": Selection(),
    "a tier": Selection(tier="High-CLV"),
    "a tier, elite, best 5%": Selection(tier="High-CLV", elite=True, top_pct=5.0),
    "by recency": Selection(sort="recency_days"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="The customers of a release by the million.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--file", type=Path, help="measure this file, in this process")
    args = parser.parse_args()
    if args.file:
        measure(args.file)
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "customer_values.parquet"
        repeated(args.rows, path)
        print(f"{args.rows:,} rows, {path.stat().st_size / 1e6:.0f} MB of Parquet", flush=True)
        command = [sys.executable, "-m", "benchmarks.serving_store", "--file", str(path)]
        subprocess.run(command, check=True)


def repeated(rows: int, path: Path) -> None:
    """Write customer values of `rows` customers, each with a forecast of its own, in the order of their ids."""
    values = read_values()
    whole = values.iloc[np.arange(rows) % len(values)].reset_index(drop=True)
    whole["customer_id"] = [f"C{i:07d}" for i in range(rows)]
    whole["predicted_clv"] += np.random.default_rng(1).random(rows).round(2)
    pq.write_table(pa.Table.from_pandas(whole, preserve_index=False), path, compression="zstd")


def measure(path: Path) -> None:
    before = psutil.Process().memory_info().rss
    start = time.perf_counter()
    table = CustomerTable(SortedRows.read(path, artifacts.TABLE[paths.CUSTOMER_VALUES]), RELEASE)
    ready = time.perf_counter() - start
    after = psutil.Process().memory_info().rss
    print(f"ready after {ready:.1f} s, {after / 2**20:,.0f} MiB ({before / 2**20:,.0f} before)")
    rng = random.Random(1)
    one = timed(lambda: table.get(f"C{rng.randrange(len(table)):07d}"))
    print(f"{'':<32}{'first':>10}{'median':>10}{'p99':>10}   microseconds")
    print(f"{'one customer':<32}{'':>10}{one}")
    for name, chosen in SELECTIONS.items():
        first = time.perf_counter()
        _, total, cursor = table.page(chosen, None, 100)
        first = 1e6 * (time.perf_counter() - first)
        again = timed(partial(table.page, chosen, cursor, 100))
        print(f"{f'100 of {total:,}, {name}':<32}{first:>10,.0f}{again}")
    print(f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10:,.0f} MiB")


def timed(ask: Callable[[], object]) -> str:
    took = []
    for _ in range(TIMES):
        start = time.perf_counter()
        ask()
        took.append(1e6 * (time.perf_counter() - start))
    return f"{np.median(took):>10,.0f}{np.percentile(took, 99):>10,.0f}"


if __name__ == "__main__":
    run_stage(main)
