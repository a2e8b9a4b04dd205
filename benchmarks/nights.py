"""Nights of a small shop that grows, while a service answers requests all the time: `python -m benchmarks.nights`.

In a copy of this repo with a shop of 900 customers, a day is added to the file each night, and `clv retrain` is called.
Some nights get a poisoned file first: half of it, amounts in cents, or a day twice. Then nights are killed by SIGKILL
at random moments, each followed by one that is not. Meanwhile a service in the same folder answers a client that sends
one request after the other. `--nights 30 --kills 10` sets how many nights and kills there are.

Prints how each night ended and how long it took; how many requests failed; whether any release was served that no
commit holds; whether the night after a kill failed; and how far the realised revenue in the table of runs is off from
what pandas adds up. Exits 1 unless all is as it should be.
"""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pandas as pd

from clv import paths
from clv.errors import InputError, run_stage
from clv.serving.recorded import LOCK, id_of
from tests.retraining.growing_shop import HORIZON, GrowingShop, growing_shop
from tests.servers import free_port

RETRAIN = (sys.executable, "-m", "clv", "retrain")
MONEY = ["amount", "unit_price", "discount"]
PATIENCE_SECONDS = 120.0
Poison = Callable[[pd.DataFrame, date], pd.DataFrame]


def half(lines: pd.DataFrame, _: date) -> pd.DataFrame:
    return lines.head(len(lines) // 2)


def in_cents(lines: pd.DataFrame, day: date) -> pd.DataFrame:
    new = lines["order_ts"].dt.date == day
    return lines.assign(**{name: lines[name].where(~new, lines[name] * 100) for name in MONEY})


def doubled(lines: pd.DataFrame, day: date) -> pd.DataFrame:
    return pd.concat([lines, lines[lines["order_ts"].dt.date == day]])


POISONS: dict[str, Poison] = {"half a file": half, "amounts in cents": in_cents, "a doubled day": doubled}


@dataclass
class Seen:
    """What went wrong, in words; how long the nights took that made a run; how many good files were not believed."""

    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    doubted: int = 0


@dataclass
class Client:
    """A client that sends the service one request after the other: what failed, and the releases that answered."""

    address: str
    requests: int = 0
    failed: list[str] = field(default_factory=list)
    releases: set[str] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        while not self.over.is_set():
            for path in ("/readyz", "/v1/customers?limit=10", "/reports/08_runs.html"):
                self.requests += 1
                try:
                    with urlopen(f"{self.address}{path}", timeout=PATIENCE_SECONDS) as answer:
                        body = answer.read()
                        if path.startswith("/v1"):
                            self.releases.add(json.loads(body)["release"])
                except (URLError, OSError, ValueError) as error:
                    self.failed.append(f"{path}: {error}")
            self.over.wait(0.2)


@contextmanager
def served(shop: GrowingShop) -> Iterator[Client]:
    """A service over the shop's runs, and a client that sends it requests until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "clv", "serve", "--port", str(port)]
    with (shop.repo.root.parent / "service.log").open("w") as log:
        process = subprocess.Popen(command, cwd=shop.repo.root, env=shop.repo.env, stdout=log, stderr=log)
    client = Client(f"http://127.0.0.1:{port}")
    asking = threading.Thread(target=client.ask)
    try:
        wait_until(lambda: is_ready(client.address), "the service is not ready")
        asking.start()
        yield client
        newest = id_of((shop.repo.root / LOCK).read_bytes())
        wait_until(lambda: newest in client.releases, "the last run is not served in the end")
    finally:
        client.over.set()
        if asking.is_alive():
            asking.join()
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


def is_ready(address: str) -> bool:
    try:
        with urlopen(f"{address}/readyz", timeout=PATIENCE_SECONDS) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def wait_until(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise InputError(f"{otherwise} after {PATIENCE_SECONDS:g} s; see its log")
        time.sleep(0.2)


def night(shop: GrowingShop, seen: Seen, name: str, fails: bool = False) -> None:
    """Call `clv retrain`, print how it ended, and note any outcome that is not as it should be."""
    start = time.perf_counter()
    done = subprocess.run(RETRAIN, cwd=shop.repo.root, env=shop.repo.env, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    said = [line for line in done.stdout.splitlines() if line.startswith("retrain: ")]
    last = done.stderr.splitlines()[-1] if done.returncode else said[-1] if said else ""
    print(f"{name:<34}{took:>6.1f} s  {last[:150]}", flush=True)
    believed = "error: the new data are not believed: " not in done.stderr
    if (not fails and not believed) and done.returncode == 1:
        seen.doubted += 1  # by chance, with a reason: the next night goes on
    elif (done.returncode == 1) is not fails or done.returncode not in (0, 1) or believed is fails:
        seen.wrong.append(f"{name}: exit code {done.returncode}: {done.stderr[-400:]}")
    elif not fails:
        seen.seconds.append(took)
    if shop.repo.run("git", "status", "--porcelain").stdout:
        seen.wrong.append(f"{name}: files in git differ from HEAD")


def grow(shop: GrowingShop, nights: int, seen: Seen) -> Iterator[None]:
    """Add a day each night; the poisoned files are spread over the nights."""
    when = {nights * (i + 1) // (len(POISONS) + 1): name for i, name in enumerate(POISONS)}
    for number in range(nights):
        day = shop.first_day + timedelta(days=number)
        if number in when:
            head = shop.repo.run("git", "rev-parse", "HEAD").stdout
            shop.deliver(POISONS[when[number]](shop.up_to(day), day))
            night(shop, seen, f"{day} {when[number]}", fails=True)
            if shop.repo.run("git", "rev-parse", "HEAD").stdout != head:
                seen.wrong.append(f"{day}: {when[number]} became a run")
        shop.deliver(shop.up_to(day))
        night(shop, seen, str(day))
        yield


def kill(shop: GrowingShop, day: date, moment: float, seen: Seen) -> None:
    """Kill a night after `moment` seconds; the next night must make the run."""
    shop.deliver(shop.up_to(day))
    head = shop.repo.run("git", "rev-parse", "HEAD").stdout
    with (shop.repo.root.parent / "killed.log").open("w") as log:
        process = subprocess.Popen(RETRAIN, cwd=shop.repo.root, env=shop.repo.env, stdout=log, stderr=log)
    try:
        process.wait(moment)
        print(f"{day} had ended before {moment:.1f} s", flush=True)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        if shop.repo.run("git", "rev-parse", "HEAD").stdout != head:
            print(f"{day} was committed before {moment:.1f} s", flush=True)
    night(shop, seen, f"{day} after a kill at {moment:.1f} s")
    if shop.history()["as_of"].iloc[-1] != str(day):
        seen.wrong.append(f"{day}: the night after the kill made no run of it")


def released(shop: GrowingShop) -> set[str]:
    """The releases that commits hold."""
    commits = shop.repo.run("git", "log", "--format=%H", "--", str(LOCK)).stdout.split()
    return {id_of(shop.repo.run("git", "show", f"{commit}:{LOCK}").stdout.encode()) for commit in commits}


def off_from_pandas(shop: GrowingShop) -> tuple[int, float]:
    """How many runs have a horizon that is over, and the largest error of their realised revenue against pandas."""
    lines = pd.concat([pd.read_parquet(part) for part in (shop.repo.root / paths.clean("transactions")).iterdir()])
    day, most = lines["order_ts"].dt.normalize(), 0.0
    runs = shop.runs().dropna(subset="realised")
    for run in runs.itertuples():
        as_of = pd.Timestamp(run.as_of)
        known = set(lines.loc[day <= as_of, "customer_id"])
        after = (day > as_of) & (day <= as_of + pd.Timedelta(days=HORIZON)) & lines["customer_id"].isin(known)
        most = max(most, abs(float(run.realised) - lines.loc[after, "amount_minor"].sum() / 100))
    return len(runs), most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nights", type=int, default=30)
    parser.add_argument("--kills", type=int, default=10)
    chosen = parser.parse_args()
    seen, rng = Seen(), random.Random(chosen.kills)
    os.environ["CLV_THREADS"] = "2"
    with tempfile.TemporaryDirectory() as folder:
        shop = growing_shop(Path(folder))
        nights = grow(shop, chosen.nights, seen)
        next(nights)  # the service begins with the first run
        with served(shop) as client:
            for _ in nights:
                pass
            usual = statistics.median(seen.seconds)
            for number in range(chosen.kills):
                day = shop.first_day + timedelta(days=chosen.nights + number)
                kill(shop, day, usual * (number + rng.random()) / chosen.kills, seen)
        foreign = client.releases - released(shop)
        over, off = off_from_pandas(shop)
        print(f"runs in the history: {len(shop.history())}; a night takes {usual:.1f} s in the median")
        print(
            f"the service: {client.requests:,} requests, {len(client.failed)} failed, {len(client.releases)} releases"
        )
        print(f"good files that were not believed: {seen.doubted}")
        print(f"releases that no commit holds: {len(foreign)}")
        print(f"runs whose horizon is over: {over}; what came is off from pandas by at most {off:.2f}")
    for text in [*seen.wrong, *client.failed[:5]]:
        print(f"wrong: {text}")
    if seen.wrong or client.failed or foreign or off or not over:
        sys.exit(1)


if __name__ == "__main__":
    run_stage(main)
