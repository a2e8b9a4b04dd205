"""The pipeline on a Dask cluster here, against threads: `python -m benchmarks.cluster [CUSTOMERS]`.

A clone of HEAD with a shop of CUSTOMERS (20,000) in some twenty blocks runs the commands of dvc.yaml without tuning: in
two threads; on a scheduler and two workers of one thread; and on these with storage in a folder, then on S3 (rclone).
Prints the seconds of the stages that map over blocks, and of all stages. Then a worker is killed by SIGKILL in the
middle of each stage that maps. Exits 1 where any output differs from that of two threads. Goal: Dask takes at most 1.3
times as long as threads.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

from benchmarks.pipeline import costs
from clv import paths
from clv.errors import InputError, run_stage
from clv.machine import SCHEDULER, STORAGE, THREADS, Machine
from tests.cluster import cluster
from tests.killed_worker import with_a_worker_killed
from tests.servers import s3_server
from tests.settings import set_param

CUSTOMERS = 20_000
BLOCKS = 20
ROWS_PER_CUSTOMER = 26  # of the largest table, touches
FOLDERS = ("data", "models", "reports")
MAPPED = {
    "preprocess": paths.CLEAN,
    "featurize": paths.SNAPSHOTS,
    "evaluate": paths.TEST_FORECASTS,
    "segment": paths.CUSTOMER_VALUES,
}
WAYS = ("two threads", "Dask", "Dask, folder", "Dask, S3")


def make_clone(root: Path, customers: int) -> None:
    subprocess.run(["git", "clone", "--quiet", ".", str(root)], check=True)
    settings = {
        "synthetic.yaml:default.n_customers": customers,
        "tune.trials": 0,
        "preprocess.rows_per_block": max(customers * ROWS_PER_CUSTOMER // BLOCKS, 1000),
    }
    for key, value in settings.items():
        set_param(root, key, value)


@contextmanager
def environment(way: str, root: Path, folder: Path) -> Iterator[None]:
    """Set the environment variables of one way to run the stages, and start the servers that it needs."""
    with ExitStack() as servers:
        more = {THREADS: "2"}
        if way == "Dask, S3":
            (folder / "s3").mkdir()
            more |= servers.enter_context(s3_server(folder / "s3", "blocks")).env | {STORAGE: "s3://blocks/clv"}
        elif way == "Dask, folder":
            more[STORAGE] = str(folder / "storage")
        if way.startswith("Dask"):
            code = {"PYTHONPATH": str(root)}
            more[SCHEDULER] = servers.enter_context(cluster(folder / way, workers=2, **more, **code)).address
        servers.enter_context(patch.dict(os.environ, more))
        yield


def digests(root: Path) -> dict[str, str]:
    """SHA-256 of all outputs, by path."""
    files = sorted(path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def require_equal(root: Path, expected: dict[str, str], when: str) -> None:
    """Raise `InputError` where an output has other bytes, is missing, or was not expected."""
    now = digests(root)
    if other := sorted(name for name in now.keys() | expected.keys() if now.get(name) != expected.get(name)):
        raise InputError(f"{when}: {len(other)} outputs have other bytes, {', '.join(other[:5])}")


def run_with_a_kill(stage: str, root: Path, folder: Path) -> None:
    """Run a stage on two workers, one of which is killed when a block is done."""

    def run(machine: Machine) -> None:
        env = os.environ | {SCHEDULER: str(machine.scheduler)}
        done = subprocess.run([sys.executable, "-m", f"stages.{stage}"], cwd=root, env=env, check=False)
        if done.returncode:
            raise InputError(f"{stage} failed where a worker was killed; its line above shows why")

    with_a_worker_killed(run, root / MAPPED[stage], folder, after=1, of=BLOCKS, PYTHONPATH=str(root))
    print(f"{stage}: a worker killed, the same bytes", flush=True)


def main() -> None:
    customers = int(float(sys.argv[1])) if sys.argv[1:] else CUSTOMERS
    with tempfile.TemporaryDirectory(prefix="clv-cluster-") as temporary:
        folder = Path(temporary)
        root = folder / "clv"
        make_clone(root, customers)
        print(f"{customers:,} customers{'':<8}{''.join(f'{name:>12}' for name in (*MAPPED, 'all'))}")
        expected, first = {}, 0.0
        for way in WAYS:
            with environment(way, root, folder):
                seconds = {cost.name: cost.seconds for cost in costs(root)}
            total = sum(seconds.values())
            spent = "".join(f"{seconds[name]:>12.1f}" for name in MAPPED)
            print(f"{way:<20}{spent}{total:>12.1f}", flush=True)
            if way == WAYS[0]:
                expected, first = digests(root), total
            elif way == "Dask":
                print(f"Dask over threads: {total / first:.2f}, goal at most 1.3", flush=True)
            require_equal(root, expected, way)
        for stage in MAPPED:
            run_with_a_kill(stage, root, folder / f"kill-{stage}")
            require_equal(root, expected, f"{stage}, a worker killed")


if __name__ == "__main__":
    run_stage(main)
