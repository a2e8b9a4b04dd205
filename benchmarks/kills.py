"""Kills at random moments, and what is left: `python -m benchmarks.kills`, or with the names of some targets.

A clone of HEAD with a tiny shop is made in a temporary folder and run once. Then stages, `publish` and `dvc repro` are
killed there, each time at another moment, by SIGKILL and SIGTERM in turn. The S3 server dies while `dvc push` sends;
the PostgreSQL server or its reader dies while a query is read; a disk is full, or cannot be written. Prints a line for
each target: the number of kills; how often a file was half-written, a process was left, or the next run failed or gave
other bytes; and the longest time that a process outlived the kill. Exits 1 unless these counts of errors are zero.
`--kills 3` sets the number of kills for each target. The disks need root, as they are mounted; without root a line
reports that they are left out.
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.tiny_clone import PYTHON, Clone, Tally, make_clone
from clv.errors import InputError, run_stage
from tests.servers import Postgres, free_port, postgres
from tests.settings import set_param

STAGES = ("generate", "preprocess", "featurize", "train", "segment", "report")
DISKS = {"generate": "data", "featurize": "data", "train": "models", "report": "reports"}
ROWS = "SELECT i % 500 AS customer_id, timestamp '2024-12-31' - i * interval '1 minute' AS order_ts, 9.5 AS amount"
QUERY = f"{ROWS} FROM generate_series(1, 1000000) i ORDER BY i"


def killed(clone: Clone, name: str, times: int, command: list[str], then: list[str]) -> Tally:
    """Kill a command at moments spread over the time that it takes, and run `then` after each kill."""
    tally = Tally(name)
    takes = clone.run(*command)
    while tally.times < times:
        number = (signal.SIGKILL, signal.SIGTERM)[tally.times % 2]
        process = clone.start(*command)
        moment = takes * (tally.times + clone.rng.random()) / times
        try:
            process.wait(moment)
            takes *= 0.9  # it had ended by then
            continue
        except subprocess.TimeoutExpired:
            process.send_signal(number)
        process.wait()
        clone.settle(tally)
        clone.compare(tally, f"{number.name} after {moment:.2f} of {takes:.2f} s")
        clone.go_on(tally, *then)
        tally.times += 1
    return tally


def stages(clone: Clone, times: int, names: tuple[str, ...] = STAGES) -> Iterator[Tally]:
    for name in names:
        command = [PYTHON, "-m", f"stages.{name}"]
        yield killed(clone, f"python -m stages.{name}", times, command, command)


def repro(clone: Clone, times: int) -> Iterator[Tally]:
    for stage in ("featurize", "report"):
        command = ["dvc", "repro", "--force", "--single-item", stage]
        yield killed(clone, f"dvc repro ({stage})", -(-times // 2), command, ["dvc", "repro"])


@contextmanager
def s3(clone: Clone, folder: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """A function that starts an S3 server, again after each kill, always on the port and folder that the clone uses."""
    port = free_port()
    (folder / "clv-store").mkdir(parents=True)
    clone.env.update(
        AWS_ENDPOINT_URL_S3=f"http://127.0.0.1:{port}",
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test-secret",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_RESPONSE_CHECKSUM_VALIDATION="when_required",
    )
    rclone = str(Path(PYTHON).parent / "rclone")
    command = [rclone, "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", "test,test-secret", str(folder)]
    servers: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        servers.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        time.sleep(1)
        return servers[-1]

    try:
        yield start
    finally:
        for server in servers:
            server.kill()
            server.wait()


def publish(clone: Clone, times: int) -> Iterator[Tally]:
    with s3(clone, clone.root.parent / "published") as start:
        start()
        command = [PYTHON, "-m", "clv", "publish"]
        emptied = ["sh", "-c", f"rm -rf ../published/clv-store/* && exec {' '.join(command)}"]
        yield killed(clone, "publish", times, emptied, command)


def push(clone: Clone, times: int) -> Iterator[Tally]:
    """The S3 server is killed while `dvc push` sends: what it has stored is whole, and the next push sends the rest."""
    tally = Tally("S3 server during dvc push")
    bucket = clone.root.parent / "pushed"
    with s3(clone, bucket) as start:
        server = start()
        takes = clone.run("dvc", "push", "--quiet")
        while tally.times < times:
            shutil.rmtree(bucket / "clv-store" / "dvc", ignore_errors=True)
            process = clone.start("dvc", "push", "--quiet")
            time.sleep(takes * (0.3 + 0.7 * (tally.times + clone.rng.random()) / times))
            server.kill()
            server.wait()
            process.send_signal(signal.SIGTERM)  # it would try again for minutes
            process.wait()
            clone.settle(tally)
            server = start()
            clone.go_on(tally, "dvc", "push", "--quiet")
            for path in (bucket / "clv-store" / "dvc").rglob("*"):
                name = path.parent.name + path.name.removesuffix(".dir")
                if path.is_file() and hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() != name:
                    tally.half_written += 1
                    tally.seen.append(f"{path.name} in the bucket is not what its name promises")
            clone.compare(tally, "during a push")
            tally.times += 1
    yield tally


def database(clone: Clone, times: int) -> Iterator[Tally]:
    """First the server is killed while generate reads; then generate is killed, and its backend must end."""
    folder = clone.root.parent / "shop"
    folder.mkdir()
    for name in ("params.yaml", "synthetic.yaml"):
        shutil.copy(clone.root / name, folder)
    for key, value in {"source": "sql", "sql.transactions": QUERY}.items():
        set_param(folder, f"generate.{key}", value)
    with postgres() as server:
        env = clone.env | {"CLV_DATABASE_URI": server.uri, "PYTHONPATH": str(clone.root)}
        shop = Clone(folder, env, clone.rng)
        command = [PYTHON, "-m", "stages.generate"]
        shop.run(*command)
        shop.whole.update(shop.outputs())
        yield server_killed(shop, server, times, command)
        tally = killed(shop, "reader of PostgreSQL", times, command, command)
        if backends(server):
            tally.orphans += 1
            tally.seen.append("a backend runs on")
        yield tally


def server_killed(shop: Clone, server: Postgres, times: int, command: list[str]) -> Tally:
    tally = Tally("PostgreSQL while it is read")
    while tally.times < times:
        process = shop.start(*command)
        while not backends(server) and process.poll() is None:
            time.sleep(0.02)
        time.sleep(shop.rng.random())
        server.kill()
        process.wait()
        shop.settle(tally)
        shop.compare(tally, "the server was killed")
        server.start()
        shop.go_on(tally, *command)
        tally.times += 1
    return tally


def backends(server: Postgres) -> bool:
    return (
        server.sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND pid <> pg_backend_pid()") != "0"
    )


def disks(clone: Clone, times: int) -> Iterator[Tally]:
    """Each folder on a disk of its own that fills up at another moment, then on one that cannot be written."""
    if os.geteuid() != 0:
        print("kills: no full disk and no read-only folder, which only root can mount")
        return
    for name, how in (("full disk", "full"), ("read-only folder", "ro")):
        tally = Tally(name)
        while tally.times < times:
            stage, folder = sorted(DISKS.items())[tally.times % len(DISKS)]
            with mounted(clone.root / folder) as free:
                spare = int(free * clone.rng.random() / 4)
                remount(clone.root / folder, f"size={used(clone.root / folder) + spare}" if how == "full" else "ro")
                process = clone.start(PYTHON, "-m", f"stages.{stage}")
                if process.wait() == 0:
                    tally.seen.append(f"{stage} took no notice of a {name}")
                    tally.half_written += 1
                clone.settle(tally)
                clone.compare(tally, f"{stage}, {name}")
                remount(clone.root / folder, "rw,size=4G")
                clone.go_on(tally, PYTHON, "-m", f"stages.{stage}")
            tally.times += 1
        yield tally


@contextmanager
def mounted(folder: Path) -> Iterator[int]:
    """Put a folder's content on a disk of its own; yields the bytes in use."""
    aside = folder.with_name(f"{folder.name}.aside")
    shutil.copytree(folder, aside, symlinks=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4G", "tmpfs", str(folder)], check=True)
    try:
        shutil.copytree(aside, folder, symlinks=True, dirs_exist_ok=True)
        yield used(folder)
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        shutil.rmtree(aside)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def used(folder: Path) -> int:
    disk = os.statvfs(folder)
    return (disk.f_blocks - disk.f_bfree) * disk.f_frsize


TARGETS: dict[str, tuple[int, Callable[[Clone, int], Iterator[Tally]]]] = {
    "stages": (7, stages),
    "repro": (6, repro),
    "publish": (6, publish),
    "push": (4, push),
    "database": (5, database),
    "disks": (4, disks),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; all without one")
    parser.add_argument("--kills", type=int, help="of each, or of each stage")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    chosen = parser.parse_args()
    if unknown := set(chosen.targets) - TARGETS.keys():
        raise InputError(f"benchmarks.kills takes {', '.join(TARGETS)}, got {sorted(unknown)[0]}")
    tallies = []
    with tempfile.TemporaryDirectory(prefix="clv-kills-") as folder:
        clone = make_clone(Path(folder) / "clv", random.Random(chosen.seed))
        heads = f"{'times':>6}{'half-written':>14}{'orphans':>9}{'next failed':>13}{'longest s':>12}"
        print(f"{'killed':<30}{heads}", flush=True)
        for name in chosen.targets or TARGETS:
            times, kill = TARGETS[name]
            for tally in kill(clone, chosen.kills or times):
                print("\n".join([tally.row(), *(f"    {line}" for line in tally.seen)]), flush=True)
                tallies.append(tally)
    wrong = sum(tally.half_written + tally.orphans + tally.next_failed for tally in tallies)
    print(f"{sum(tally.times for tally in tallies)} kills, {wrong} of them left something wrong")
    if wrong:
        sys.exit(1)


if __name__ == "__main__":
    run_stage(main)
