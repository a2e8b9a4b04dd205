"""Seconds and memory of drawing the default shop at growing sizes: `python -m benchmarks.world`.

Prints the median of three draws per size. Each size has a process of its own, so that the peak memory is that of the
size. Goal: 1,000,000 orders in at most 5 s on 2 cores, and memory proportional to the output.
"""

import resource
import statistics
import subprocess
import sys
import time
from dataclasses import replace

from clv import paths
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.errors import run_stage
from clv.strict import load

SIZES = (54_000, 108_000, 216_000)  # customers; the last has about a million orders
DRAWS = 3


def measure(n_customers: int) -> None:
    """Print one line: what was drawn, median seconds, MiB of the tables, peak MiB above the start."""
    synthetic = load(SyntheticParams, paths.SYNTHETIC)
    sized = replace(synthetic, world="default", default=replace(synthetic.default, n_customers=n_customers))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = []
    for _ in range(DRAWS):
        start = time.perf_counter()
        world = make_world(sized, seed=1, horizon_days=180)
        seconds.append(time.perf_counter() - start)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
        lines = world.tables["transactions"]
        orders, size = lines["order_id"].nunique(), sum(t.memory_usage(deep=True).sum() for t in world.tables.values())
        counts = f"{n_customers:>10,}{orders:>12,}{len(lines):>12,}{len(world.tables['touches']):>12,}"
        del world, lines
    print(f"{counts}{statistics.median(seconds):>9.1f}{size / 2**20:>12,.0f}{peak:>10,.0f}")


def main() -> None:
    if len(sys.argv) == 2:
        measure(int(sys.argv[1]))
        return
    heads = (("customers", 10), ("orders", 12), ("lines", 12), ("touches", 12), ("seconds", 9), ("tables MiB", 12))
    print("".join(f"{name:>{width}}" for name, width in heads) + f"{'peak MiB':>10}", flush=True)
    for size in SIZES:
        subprocess.run([sys.executable, "-m", "benchmarks.world", str(size)], check=True)


if __name__ == "__main__":
    run_stage(main)
