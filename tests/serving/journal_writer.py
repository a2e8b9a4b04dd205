"""A process that writes to a journal from several threads until it is killed, and what must hold afterwards.

It prints each event that the journal has acknowledged. A kill leaves whole lines, as the system finishes a write. A
loss of power may leave half a line, so one is added after every other kill.
"""

import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path

from clv.data.journal_rows import EVENT_ID, read_journal
from clv.serving.journal import FILE, Journal
from clv.serving.order_event import OrderEvent
from tests.conftest import ROOT

THREADS = 8
LONGEST_SECONDS = 0.6


@cache
def event(event_id: str) -> OrderEvent:
    """An event whose content follows from its id, with text that a CSV has to quote."""
    content = {"customer_id": f"c{len(event_id)}", "product_id": f'{event_id}, "so"', "order_id": f"o{event_id}"}
    return OrderEvent.of(
        {EVENT_ID: event_id, "order_ts": "2024-05-06T07:08:09+02:00", "amount": 9.99, **content}, datetime.now(UTC)
    )


def write(folder: Path, name: str) -> None:
    """Append events `name-THREAD-NUMBER`, each thread in the order of numbers, and print those acknowledged."""
    journal = Journal(folder)

    def append(thread: int) -> None:
        for number in count():
            event_id = f"{name}-{thread}-{number}"
            journal.append(event(event_id))
            os.write(1, f"{event_id}\n".encode())

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(append, range(THREADS)))


def kill_writers(folder: Path, kills: int, rng: random.Random) -> list[str]:
    """Kill `kills` writers of one journal, one after the other; return the acknowledged events of all of them.

    After each kill the journal is replayed and must pass `require_whole`.
    """
    acknowledged: list[str] = []
    command = [sys.executable, "-m", "tests.serving.journal_writer", str(folder)]
    for kill in range(kills):
        with subprocess.Popen([*command, f"w{kill}"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            acknowledged.append(writer.stdout.readline().strip())  # it has begun to write
            timer = rng.random() * LONGEST_SECONDS
            try:
                writer.wait(timer)
            except subprocess.TimeoutExpired:
                writer.send_signal(signal.SIGKILL)
            acknowledged += writer.stdout.read().split()
        assert writer.returncode == -signal.SIGKILL
        if kill % 2:
            with (folder / FILE).open("ab") as file:
                file.write(f"w{kill}-half,2024-01-01T00:00:00+00:00,c1,2024".encode()[: rng.randrange(1, 40)])
        require_whole(folder, acknowledged)
    return acknowledged


def require_whole(folder: Path, acknowledged: list[str]) -> None:
    """Require each acknowledged event once with its content, no half line, and each thread's events in order."""
    journal = Journal(folder)
    try:
        assert (folder / FILE).read_bytes().endswith(b"\n")
        rows = read_journal(str(folder / FILE))
        ids = rows[EVENT_ID].tolist()
        assert len(ids) == len(set(ids)) == len(journal), "an event is there twice"
        assert not set(acknowledged) - set(ids), "an acknowledged event is lost"
        for row in rows.drop(columns="received_ts").fillna("").to_dict("records"):
            assert OrderEvent.from_text({str(k): v for k, v in row.items()}) == event(row[EVENT_ID])
        by_thread: dict[str, list[int]] = {}
        for event_id in ids:
            thread, number = event_id.rsplit("-", 1)
            by_thread.setdefault(thread, []).append(int(number))
        assert all(numbers == list(range(len(numbers))) for numbers in by_thread.values()), "the order is another"
        assert journal.append(event(acknowledged[-1])) is False, "an event that is sent again counts twice"
    finally:
        journal.close()


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2])
