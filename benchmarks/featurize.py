"""What features cost against reading the file, pandas and Dask: `python -m benchmarks.featurize [LINES [LARGE]]`.

Draws clean tables of LINES order lines (10 million, ten orders of one line per customer) and of LARGE (50 million) into
a temporary folder. The tables "few" hold customer, time, amount, category and eco flag, which is enough for 69 of
the features; pandas computes 57 of these too. The tables "all" hold every column, customers and touches. Each figure is
the median of REPEATS processes on two threads; pandas and the large tables run once.
"""

import hashlib
import json
import math
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.blocks import CUSTOMERS_PER_BLOCK, LAST_DAY, write_blocks
from benchmarks.pandas_features import pandas_features
from clv import block_parts, paths
from clv.compute import mapper, within_reach
from clv.features.block import FEATURE_TABLES, Clean
from clv.features.columns import CUSTOMER
from clv.features.params import CustomerShares
from clv.features.parts import Job
from clv.features.snapshot import make_snapshot
from clv.features.sources import source_means
from clv.machine import Machine
from tests.cluster import cluster
from tests.features.twins import FEW, obvious

HORIZON = 180
REPEATS = 3
THREADS = 2
SAMPLE = 200  # customers on whom groupby.apply is timed


@dataclass(frozen=True)
class Cost:
    """Seconds of the work, CPU seconds of all its threads, GiB at the peak of its process."""

    seconds: float
    cpu: float
    peak: float


def cutoffs(n: int) -> list[date]:
    """The newest labelled cutoff and those before."""
    return [LAST_DAY - timedelta(days=HORIZON + 90 * i) for i in range(n)]


def featurize(folder: Path, n_cutoffs: str, scheduler: str | None = None) -> None:
    """Both passes of the stage, written to `folder/out`."""
    tables = {table: pq.ParquetFile(folder / table / paths.part(0)) for table in FEATURE_TABLES}
    columns = frozenset(
        f"{table}.{name}"
        for table, file in tables.items()
        if file.metadata.num_rows
        for name in file.schema_arrow.names
    )
    n_blocks = len(list((folder / "transactions").iterdir()))
    wanted = cutoffs(int(n_cutoffs))
    machine = Machine(THREADS, scheduler=scheduler)
    inputs, out = [(folder, FEATURE_TABLES)], folder / "out"
    with mapper(machine) as each, within_reach(machine, inputs, out) as places:
        job = Job(places.of(folder), places.output, columns, wanted, LAST_DAY, HORIZON, CustomerShares(0.7, 0.15, 0.15))
        means = source_means(each(job.windows, n_blocks), wanted)
        each(partial(job.snapshots_of, means), n_blocks)


def over_parts(folder: Path, work: Callable[[Path], object]) -> None:
    """Do something with each clean part."""
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, [path for table in FEATURE_TABLES for path in sorted((folder / table).iterdir())]))


def scan(path: Path) -> None:
    """Read a part and sum its columns."""
    for column in block_parts.read_part(str(path)).columns:
        if pa.types.is_timestamp(column.type):
            pc.sum(column.cast(pa.int64()))
        elif not pa.types.is_dictionary(column.type) and not pa.types.is_string(column.type):
            pc.sum(column)


def copy(path: Path) -> None:
    """Read a part and write it again."""
    table = block_parts.read_part(str(path))
    text = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    block_parts.write_batches(
        table.schema, [table], path.parents[1] / "copy" / path.parent.name / path.name, repeated=text
    )


def write_again(path: Path) -> None:
    """Write a part of a snapshot again."""
    table = pq.ParquetFile(path).read(use_threads=False)
    block_parts.write_part(table, str(path.parents[2] / "copy" / path.parent.name / path.name))


def write_snapshots_again(folder: Path) -> None:
    """Read the clean parts and write the snapshots that lie in `out`: the least that featurize must do."""
    over_parts(folder, lambda path: block_parts.read_part(str(path)))
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write_again, sorted((folder / "out").rglob("part-*"))))


def read_frame(folder: Path) -> pd.DataFrame:
    """All lines as one frame, ids and categories as categoricals."""
    files = [block_parts.read_part(str(path)) for path in sorted((folder / "transactions").iterdir())]
    return pa.concat_tables(files).unify_dictionaries().to_pandas()


MEASURES: dict[str, Callable[..., object]] = {
    "scan": lambda folder: over_parts(folder, scan),
    "copy": lambda folder: over_parts(folder, copy),
    "read, write snapshots": write_snapshots_again,
    "featurize": featurize,
    "pandas": lambda folder: pandas_features(read_frame(folder), cutoffs(1)[0], HORIZON),
}


def measure(name: str, folder: str, *more: str) -> None:
    """Print the cost of one measure in this process, as JSON."""
    start, cpu = time.perf_counter(), time.process_time()
    MEASURES[name](Path(folder), *more)
    spent = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu}
    print(json.dumps(spent | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}))


def cost(name: str, folder: Path, *more: str, repeats: int = REPEATS) -> Cost:
    """The medians of a measure, printed."""
    command = [sys.executable, "-m", "benchmarks.featurize", "measure", name, str(folder), *more]
    runs = []
    for _ in range(repeats):
        if name == "featurize":
            shutil.rmtree(folder / "out", ignore_errors=True)
        runs.append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
    found = Cost(*(statistics.median(run[key] for run in runs) for key in ("seconds", "cpu", "peak")))
    label = f"{folder.name}: {name} {' '.join(more[:1])}{' on Dask' if len(more) > 1 else ''}"
    print(f"{label:<52}{found.seconds:>9.2f}{found.cpu:>9.2f}{found.peak:>9.2f}", flush=True)
    return found


def seconds_of_apply(frame: pd.DataFrame) -> float:
    """Seconds of groupby.apply per customer, from a sample of the customers in one block's frame."""
    sample = frame[frame[CUSTOMER].isin(frame[CUSTOMER].cat.categories[:SAMPLE])].astype({"category": "str"})
    none = frame.head(0)

    def one(lines: pd.DataFrame) -> pd.Series:
        clean = Clean(lines, none, none)
        return pd.Series(obvious(clean, lines[CUSTOMER].iloc[0], cutoffs(1)[0], HORIZON, FEW))

    before = sample[sample["order_ts"] < pd.Timestamp(cutoffs(1)[0])]
    bought = before[before[CUSTOMER].isin(before.loc[before["amount_minor"] > 0, CUSTOMER])]
    start = time.perf_counter()
    bought.groupby(CUSTOMER, observed=True)[list(bought.columns)].apply(one)
    return (time.perf_counter() - start) / bought[CUSTOMER].nunique()


def require_equal(frame: pd.DataFrame) -> int:
    """Require pandas' features to equal ours on one block; return how many there are."""
    theirs = pandas_features(frame, cutoffs(1)[0], HORIZON)
    empty = pd.DataFrame({"customer_id": pd.Series(dtype="str")})
    plain = frame.astype({"customer_id": "str", "category": "str"})
    clean = Clean(plain, empty, empty.assign(touch_ts=pd.Series(dtype="datetime64[us]")))
    ours = make_snapshot(clean, cutoffs(1)[0], LAST_DAY, HORIZON).set_index(CUSTOMER)
    theirs.index = theirs.index.astype("str")
    for name in theirs.columns:
        if ours[name].dtype == "str":
            assert (ours[name] == theirs[name].astype("str")).all(), name
        else:
            pd.testing.assert_series_equal(
                ours[name], theirs[name].astype("float64"), atol=1e-4, rtol=1e-6, check_names=False, check_freq=False
            )
    return len(theirs.columns)


def digest(folder: Path) -> str:
    """A hash of all files of a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("part-*")):
        found.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def ratios_of(folder: Path) -> tuple[Cost, list[tuple[str, float, str]]]:
    """The cost of one and of six cutoffs on a folder, against the cost of reading and writing it."""
    name, scanned, copied = folder.name, cost("scan", folder), cost("copy", folder)
    six, one = cost("featurize", folder, "6"), cost("featurize", folder, "1")
    least = cost("read, write snapshots", folder)
    return one, [
        (f"{name}: one cutoff over the scan", one.seconds / scanned.seconds, "<= 15"),
        (f"{name}: CPU over that of reading and writing the clean parts", one.cpu / copied.cpu, "<= 2.5"),
        (f"{name}: CPU over that of reading them and writing the snapshot", one.cpu / least.cpu, ""),
        (f"{name}: six cutoffs over one", six.seconds / one.seconds, "<= 3.5"),
        (f"{name}: peak GiB, one cutoff", one.peak, "<= 1.5"),
        (f"{name}: peak GiB, six cutoffs", six.peak, "<= 1.5"),
    ]


def ratios_of_pandas(few: Path, ours: Cost) -> list[tuple[str, float, str]]:
    """How long pandas takes for the same, vectorised and customer by customer."""
    frame = block_parts.read_part(str(few / "transactions" / paths.part(0))).to_pandas()
    equal = require_equal(frame)
    vectorised = cost("pandas", few, repeats=1)
    customers = CUSTOMERS_PER_BLOCK * len(list((few / "transactions").iterdir()))
    applied = seconds_of_apply(frame) * customers
    print(f"{few.name + f': groupby.apply, by {SAMPLE} of {customers:,} customers':<52}{applied:>9.0f}")
    return [
        (f"vectorised pandas over one cutoff, {equal} equal features", vectorised.seconds / ours.seconds, ">= 4"),
        ("groupby.apply over one cutoff", applied / ours.seconds, ">= 500"),
    ]


def ratio_of_dask(every: Path, local: Cost) -> tuple[str, float, str]:
    """How long a scheduler and two workers of one thread take for the same bytes."""
    before = digest(every / "out")
    with tempfile.TemporaryDirectory() as folder, cluster(Path(folder) / "dask", workers=THREADS) as dask:
        remote = cost("featurize", every, "1", dask.address)
    assert digest(every / "out") == before, "Dask gave other bytes"
    return "Dask, with equal bytes, over local threads", remote.seconds / local.seconds, "<= 1.3"


def main() -> None:
    if sys.argv[1:2] == ["measure"]:
        measure(*sys.argv[2:])
        return
    lines, large_lines = (int(float(argument)) for argument in [*sys.argv[1:], "1e7", "5e7"][:2])
    with tempfile.TemporaryDirectory() as root:
        few, every, large = (Path(root) / name for name in ("few", "all", "large, few"))
        write_blocks(lines, few, few=True)
        write_blocks(lines, every, few=False)
        write_blocks(large_lines, large, few=True)
        print(f"{f'{lines:,} lines; large: {large_lines:,}':<52}{'seconds':>9}{'CPU s':>9}{'peak GiB':>9}")
        one, ratios = ratios_of(few)
        ratios += ratios_of_pandas(few, one)
        one_of_all, more = ratios_of(every)
        ratios += [*more, ratio_of_dask(every, one_of_all)]
        one_of_large = cost("featurize", large, "1", repeats=1)
    exponent = math.log(one_of_large.seconds / one.seconds) / math.log(large_lines / lines)
    ratios.append(("exponent of the time from few to large", exponent, "<= 1.05"))
    ratios.append(("large: peak GiB", one_of_large.peak, "<= 1.5"))
    print()
    for label, value, goal in ratios:
        print(f"{label:<68}{value:>9.2f}  {goal}")


if __name__ == "__main__":
    main()
