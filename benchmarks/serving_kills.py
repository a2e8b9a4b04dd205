"""SIGKILLs of the service while it moves on to another release: `python -m benchmarks.serving_kills`.

First it is killed while it adopts a run: two runs of a small shop replace each other in a folder, stage by stage with
dvc.lock as `dvc repro` writes it, and a service that watches the folder is killed at a random moment. Then it is killed
while a real `dvc repro` runs in a clone of HEAD with a tiny shop. `--adoptions 200 --repros 20` sets how often.

Prints for each how often the service was killed, and how often afterwards a release was not whole or a mix of two runs,
a process was left, or no release was left to serve; the most entries that the folder of releases ever had; and the
longest time that a process outlived the kill. Exits 1 unless the counts of errors are zero and the last run is served
in the end.
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

from benchmarks.tiny_clone import make_clone
from clv import params
from clv.errors import InputError, run_stage
from clv.serving import watching
from clv.serving.contents import contents
from clv.serving.params import ServeParams
from clv.serving.recorded import LOCK, Lock
from clv.serving.release import Release
from clv.serving.release_folder import KEPT, ReleaseFolder, is_whole
from clv.serving.watching import Watcher
from clv.yaml_file import read_yaml
from tests.serving import small_run
from tests.settings import set_param, write_yaml

MARK = "CLV_SERVING_KILLS"  # in the environment of all that is started here
PATIENCE_SECONDS = 60.0
UNDISTURBED = 10  # kills after which the service is left to run until it serves the run
ROOMS = ("data", "models", "reports")


@dataclass
class Count:
    """What was seen after the kills."""

    name: str
    kills: int = 0
    not_whole: int = 0
    orphans: int = 0
    nothing_left: int = 0
    most_entries: int = 0
    longest: float = 0.0
    seen: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.not_whole or self.orphans or self.nothing_left or self.seen)

    def row(self) -> str:
        counts = f"{self.kills:>6}{self.not_whole:>11}{self.orphans:>9}{self.nothing_left:>14}{self.most_entries:>9}"
        return f"{self.name:<26}{counts}{self.longest:>12.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="SIGKILLs of the service while it moves on to another release.")
    parser.add_argument("--adoptions", type=int, default=200)
    parser.add_argument("--repros", type=int, default=20)
    args = parser.parse_args()
    os.environ |= {MARK: str(os.getpid()), "PYTHONWARNINGS": "ignore:resource_tracker"}
    multiprocessing.set_forkserver_preload(["clv.serving.watching", "clv.serving.tasks"])
    counts = []
    with tempfile.TemporaryDirectory(prefix="clv-serving-") as folder:
        counts += [of_adoptions(Path(folder), args.adoptions)] if args.adoptions else []
        counts += [of_repro(Path(folder), args.repros)] if args.repros else []
    print(
        f"{'killed':<26}{'times':>6}{'not whole':>11}{'orphans':>9}{'nothing left':>14}{'entries':>9}{'longest, s':>12}"
    )
    for count in counts:
        print("\n".join([count.row(), *(f"  {line}" for line in count.seen)]))
    if not all(count.is_clean for count in counts):
        sys.exit(1)


def of_adoptions(folder: Path, kills: int) -> Count:
    """Kill a service at moments of the time that it takes to notice the other run and to adopt it."""
    count, rng = Count("while a run is adopted"), random.Random(1)
    runs = [folder / "run_1" / "clv", folder / "run_2" / "clv"]
    for seed, run in enumerate(runs):
        small_run.make(run, seed)
    root, serve = folder / "root", _parameters(folder / "serve")
    for name in (*ROOMS, ".dvcignore", LOCK):
        _put(runs[0] / name, root / name)
    releases = ReleaseFolder(Path(serve.folder))
    known, takes = [contents(Lock.read(run / LOCK)) for run in runs], 0.0
    while count.kills < kills:
        if count.kills % UNDISTURBED == 0:
            _rerun(runs[count.kills // UNDISTURBED % 2], root)
            takes = _serve_until(root, serve, lambda: releases.current == Lock.read(root / LOCK).id)
        writing = threading.Thread(target=_rerun, args=(rng.choice(runs), root))
        writing.start()
        service = _start(root, serve)
        time.sleep(1.5 * takes * rng.random())
        service.kill()
        service.join()
        writing.join()
        count.kills += 1
        _check(count, releases, known)
    return _ended(count, root, serve)


def of_repro(folder: Path, kills: int) -> Count:
    """Kill a service at moments spread over real runs of the pipeline; in the end it must serve the last run."""
    count, rng = Count("during a dvc repro"), random.Random(2)
    clone = make_clone(folder / "clone" / "clv", rng)
    root, serve = clone.root, _parameters(folder / "serve_repro")
    releases = ReleaseFolder(Path(serve.folder))
    _serve_until(root, serve, lambda: releases.current == Lock.read(root / LOCK).id)
    seed = 0
    while count.kills < kills:
        seed += 1
        set_param(root, "seed", seed)
        repro = clone.start("dvc", "repro")
        while repro.poll() is None and count.kills < kills:
            service = _start(root, serve)
            with suppress(subprocess.TimeoutExpired):
                repro.wait(2 + 8 * rng.random())
            service.kill()
            service.join()
            count.kills += 1
            _check(count, releases, None)
        if repro.wait() != 0:
            raise InputError(f"dvc repro failed: {(root.parent / 'log').read_text(encoding='utf-8')[-600:]}")
    return _ended(count, root, serve)


def _ended(count: Count, root: Path, serve: ServeParams) -> Count:
    """Require that the service reaches the run in the folder, and keeps no more releases than it should."""
    releases = ReleaseFolder(Path(serve.folder))
    _serve_until(root, serve, lambda: releases.current == Lock.read(root / LOCK).id)
    releases.tidy(releases.current)
    if len(entries := list(releases.of("").iterdir())) > KEPT:
        count.seen.append(f"too much is kept: {', '.join(path.name for path in entries)}")
    return count


def _parameters(folder: Path) -> ServeParams:
    return replace(params.load().serve, folder=str(folder), watch_seconds=0.1)


def _start(root: Path, serve: ServeParams) -> BaseProcess:
    service = multiprocessing.get_context("forkserver").Process(target=_serve, args=(root, serve))
    service.start()
    return service


def _serve(root: Path, serve: ServeParams) -> None:
    """A service without HTTP: it begins with the release that is there, and moves on to later ones."""
    watching.GRACE_SECONDS = 0.0
    with ReleaseFolder(Path(serve.folder)).held():
        asyncio.run(_watch(root, serve))


async def _watch(root: Path, serve: ServeParams) -> None:
    served = await watching.start(root, serve)
    await Watcher(root, serve, served, lambda release, workers: None).run()


def _serve_until(root: Path, serve: ServeParams, reached: Callable[[], bool]) -> float:
    """Let a service run undisturbed until `reached` holds; return the seconds that it took."""
    start = time.perf_counter()
    service = _start(root, serve)
    while not reached():
        if time.perf_counter() - start > PATIENCE_SECONDS or not service.is_alive():
            raise InputError("the service did not get to the run that lies there; see above")
        time.sleep(0.05)
    took = time.perf_counter() - start
    service.kill()
    service.join()
    return took


def _check(count: Count, releases: ReleaseFolder, known: list[dict[Path, str]] | None) -> None:
    """Count what a killed service left: processes, and releases that are not whole or none of the `known` runs."""
    start = time.perf_counter()
    while (left := _workers()) and time.perf_counter() - start < PATIENCE_SECONDS:
        time.sleep(0.05)
    count.longest = max(count.longest, time.perf_counter() - start)
    if left:
        count.orphans += 1
        count.seen.append(f"left: {[process.cmdline() for process in left]}")
    entries = [path.name for path in releases.of("").iterdir()]
    count.most_entries = max(count.most_entries, len(entries))
    for name in (name for name in entries if not name.startswith(".")):
        if not is_whole(releases.of(name)):
            count.not_whole += 1
            count.seen.append(f"not whole: {name}")
        elif known is not None and contents(Lock.read(releases.of(name) / LOCK)) not in known:
            count.not_whole += 1
            count.seen.append(f"of two runs: {name}")
    good = releases.last_good()
    try:
        if good is None or Release.load(good).id != releases.current:
            raise InputError(f"{releases.current or 'nothing'} is named as current, {good} is there")
    except InputError as error:
        count.nothing_left += 1
        count.seen.append(str(error))


def _workers() -> list[psutil.Process]:
    """The worker processes of services that were started here."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            mine = process.environ().get(MARK) == os.environ[MARK] and process.status() != psutil.STATUS_ZOMBIE
            found += [process] if mine and "spawn_main" in " ".join(process.cmdline()) else []
    return found


def _rerun(run: Path, root: Path) -> None:
    """Replace the outputs of a run by those of another, stage by stage, and record each in dvc.lock as DVC does."""
    final, lock = read_yaml(run / LOCK), read_yaml(root / LOCK)
    for stage, outs in Lock.read(run / LOCK).outs.items():
        for out in outs:
            if (run / out).exists() and not out.startswith("code/"):
                _put(run / out, root / out)
        lock["stages"][stage] = final["stages"][stage]
        write_yaml(lock, root / f"{LOCK}.partial")
        (root / f"{LOCK}.partial").replace(root / LOCK)
    _put(run / LOCK, root / LOCK)


def _put(source: Path, target: Path) -> None:
    """Replace a file or folder by a copy, as stages do: it is always whole, or absent for a moment."""
    aside = target.with_name(f".{target.name}.partial")
    aside.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, aside)
        shutil.rmtree(target, ignore_errors=True)
    else:
        shutil.copyfile(source, aside)
    aside.replace(target)


if __name__ == "__main__":
    run_stage(main)
