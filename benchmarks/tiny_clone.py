"""A clone of HEAD with a tiny shop, in which benchmarks kill processes, and the count of what the kills leave."""

import hashlib
import os
import random
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from clv.errors import InputError
from tests.settings import set_param
from tests.small_repo import SMALL

MARK = "CLV_KILLS"  # in the environment of all that is started here
PATIENCE_SECONDS = 60
PYTHON = sys.executable
FOLDERS = ("code", "data", "models", "reports")


@dataclass
class Tally:
    """What the kills of one target left."""

    name: str
    times: int = 0
    half_written: int = 0
    orphans: int = 0
    next_failed: int = 0
    longest: float = 0.0
    seen: list[str] = field(default_factory=list)

    def row(self) -> str:
        counts = f"{self.times:>6}{self.half_written:>14}{self.orphans:>9}{self.next_failed:>13}"
        return f"{self.name:<30}{counts}{self.longest:>12.1f}"


@dataclass(frozen=True)
class Clone:
    """A clone; `whole` has the hash of each output as it should be, by path."""

    root: Path
    env: dict[str, str]
    rng: random.Random
    whole: dict[str, str] = field(default_factory=dict)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        log = (self.root.parent / "log").open("wb")
        with log:
            return subprocess.Popen(command, cwd=self.root, env=self.env, stdout=log, stderr=log)

    def run(self, *command: str) -> float:
        """Run a command to its end; return the seconds it took. Raises `InputError` where it fails."""
        start = time.perf_counter()
        if self.start(*command).wait() != 0:
            said = (self.root.parent / "log").read_text(encoding="utf-8", errors="replace")
            raise InputError(f"{' '.join(command)} failed: {said[-600:]}")
        return time.perf_counter() - start

    def outputs(self) -> dict[str, str]:
        """SHA-256 of all outputs except temporary ones, by path."""
        files = [path for folder in FOLDERS for path in (self.root / folder).rglob("*") if path.is_file()]
        names = {path.relative_to(self.root).as_posix(): path for path in files}
        return {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
            for name, path in sorted(names.items())
            if ".partial" not in name
        }

    def left(self) -> list[psutil.Process]:
        """The processes that were started here and still run."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.pid != os.getpid() and process.environ().get(MARK) == self.env[MARK]:
                    found += [process] if process.status() != psutil.STATUS_ZOMBIE else []
        return found

    def settle(self, tally: Tally) -> None:
        """Wait until nothing runs; a process that still runs then counts as an orphan, and is killed."""
        start = time.perf_counter()
        while (left := self.left()) and time.perf_counter() - start < PATIENCE_SECONDS:
            time.sleep(0.1)
        tally.longest = max(tally.longest, time.perf_counter() - start)
        if left:
            tally.orphans += 1
            tally.seen.append(f"left: {[process.cmdline() for process in left]}")
            for process in left:
                with suppress(psutil.Error):
                    process.kill()

    def compare(self, tally: Tally, when: str) -> None:
        now = self.outputs()
        if differing := sorted(
            name for name in now.keys() | self.whole.keys() if now.get(name) != self.whole.get(name)
        ):
            tally.half_written += 1
            tally.seen.append(f"{when}: {', '.join(differing[:5])}")

    def go_on(self, tally: Tally, *command: str) -> None:
        """Require that the next run succeeds, gives the same outputs, and leaves no temporary file."""
        try:
            self.run(*command)
        except InputError as error:
            tally.next_failed += 1
            tally.seen.append(str(error))
            return
        stale = [path.name for folder in FOLDERS for path in (self.root / folder).rglob("*.partial")]
        if stale or self.outputs() != self.whole:
            tally.next_failed += 1
            tally.seen.append(f"after the next run: {stale or 'other bytes'}")


def make_clone(root: Path, rng: random.Random) -> Clone:
    """The clone after its first run, committed."""
    path = f"{Path(PYTHON).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DVC_", "PYTHON"))}
    who = {f"GIT_{who}_{what}": "test@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    clone = Clone(root, kept | who | {"PATH": path, "HOME": str(root.parent), "CLV_THREADS": "2"}, rng)
    subprocess.run(["git", "clone", "--quiet", ".", str(root)], check=True)
    for key, value in SMALL.items():
        set_param(root, key, value)
    clone.env[MARK] = root.parent.name
    clone.run("dvc", "repro")
    clone.run("git", "add", "--all")
    clone.run("git", "commit", "--quiet", "--message", "A tiny shop")
    clone.whole.update(clone.outputs())
    return clone
