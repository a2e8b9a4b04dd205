"""SIGKILLs of the journal's writer at random moments under load: `python -m benchmarks.journal_kills [KILLS]`.

Eight threads append to one journal until their process is killed, KILLS times (50). After every other kill half a line
is added, as a loss of power may leave one. After each kill the journal is replayed: every acknowledged event must be
there once with its content, no half line may be there, and each thread's events must be in order. Exits 1 on the first
error. Prints how many events a single thread appends per second.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from clv.data.journal_rows import read_journal
from clv.errors import run_stage
from clv.serving.journal import FILE, Journal
from tests.serving.journal_writer import THREADS, event, kill_writers


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with tempfile.TemporaryDirectory(prefix="clv-journal-") as folder:
        try:
            acknowledged = kill_writers(Path(folder) / "kills", kills, random.Random(1))
        except AssertionError as error:
            sys.exit(f"wrong: {error}")
        written = len(read_journal(str(Path(folder) / "kills" / FILE)))
        print(f"{kills} kills, {THREADS} threads: {len(acknowledged):,} events acknowledged, each of them there once")
        print(f"{written:,} written, no half line, each thread's in order")
        journal = Journal(Path(folder) / "alone")
        began = time.perf_counter()
        for number in range(500):
            journal.append(event(f"alone-0-{number}"))
        print(f"one after the other: {500 / (time.perf_counter() - began):,.0f} events a second")


if __name__ == "__main__":
    run_stage(main)
