"""The journal of order events: an append-only CSV; each line is on disk before it is acknowledged.

It can be a source of the next run (`generate.files.events`). A killed writer leaves at most half a line, which the next
one removes; an event that was not acknowledged may or may not be there, and may be sent again.
"""

import csv
import errno
import fcntl
import io
import os
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from clv.data.journal_rows import COLUMNS, EVENT_ID, RECEIVED
from clv.errors import InputError, refusal
from clv.serving.order_event import OrderEvent
from clv.serving.refused import RefusedError
from clv.serving.release_folder import synced

FILE = "events.csv"
CUSTOMER = COLUMNS.index("customer_id")


class Journal:
    """The journal in a folder, which is created; this process is its only writer, and threads may share it.

    Memory holds the id of each event and the position of its line; lines are read from the file. Raises `InputError` if
    another process writes to it, or it is not a journal.
    """

    def __init__(self, folder: Path):
        self.path = folder / FILE
        self._writing, self._syncing = Lock(), Lock()
        self._spans: dict[str, tuple[int, int]] = {}  # start and length of the line of each event
        self._size = 0
        self._of_customer: dict[str, list[str]] = defaultdict(list)  # ids of events, by customer id in lower case
        self._synced = 0
        self._failed = False
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise InputError(refusal(error, self.path)) from None
        self._lock()
        self._replay()
        for place in (folder, folder.parent):
            synced(place)

    def append(self, event: OrderEvent) -> bool:
        """Write an event and wait until it is on disk; return False if it was already there.

        Raises `RefusedError` (`event_conflict`) if another event has its id, and `InputError` on an error of the disk,
        in which case the event is not acknowledged.
        """
        received = datetime.now(UTC).isoformat(timespec="milliseconds")
        text = event.as_text() | {RECEIVED: received}
        line = _line(text[name] for name in COLUMNS)
        with self._writing:
            known = event.event_id in self._spans
            if known:
                self._require_same(event)
            else:
                self._write(event.event_id, event.customer_id, line)
            mine = self._size
        self._sync(mine)
        return not known

    def of_customer(self, customer_id: str, ignore_case: bool) -> list[OrderEvent]:
        """The events of a customer in the order of their arrival; with `ignore_case`, ids that differ by case match."""
        with self._writing:
            found = list(self._of_customer.get(customer_id.lower(), ()))
        events = [self._read(event_id) for event_id in found]
        return [event for event in events if ignore_case or event.customer_id == customer_id]

    def __len__(self) -> int:
        return len(self._spans)

    def close(self) -> None:
        """Close the journal, so that another process can write to it."""
        os.close(self._file)

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise InputError(
                f"{self.path} is written to by another server; stop that one, or set serve.folder to another folder"
            ) from None

    def _replay(self) -> None:
        """Read the events that are there; remove half a line at the end."""
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._note(line)
        if os.fstat(self._file).st_size > self._size:
            os.ftruncate(self._file, self._size)
        if not self._size:
            self._add(_line(COLUMNS))
        os.fsync(self._file)
        self._synced = self._size

    def _note(self, line: bytes) -> None:
        """Register a line of the file."""
        start, self._size = self._size, self._size + len(line)
        if start == 0 and line == _line(COLUMNS):
            return
        try:
            fields = _fields(line)
        except (UnicodeDecodeError, csv.Error):
            fields = []
        if start == 0 or len(fields) != len(COLUMNS) or fields[0] in self._spans:
            line_number = len(self._spans) + 2
            raise InputError(f"{self.path}: line {line_number} is not an event, or repeats one; move the file away")
        self._keep(fields[0], fields[CUSTOMER], (start, len(line)))

    def _keep(self, event_id: str, customer_id: str, span: tuple[int, int]) -> None:
        self._spans[event_id] = span
        self._of_customer[customer_id.lower()].append(event_id)

    def _write(self, event_id: str, customer_id: str, line: bytes) -> None:
        start = self._size
        self._add(line)
        self._keep(event_id, customer_id, (start, len(line)))

    def _add(self, line: bytes) -> None:
        """Append a line, whole or not at all."""
        self._require_sound()
        try:
            if os.write(self._file, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            self._failed = True
            os.ftruncate(self._file, self._size)
            self._failed = False
            raise InputError(refusal(error, self.path)) from None
        self._size += len(line)

    def _require_sound(self) -> None:
        if self._failed:
            raise InputError(f"{self.path}: the disk refused an earlier event; fix the disk, and restart the server")

    def _sync(self, size: int) -> None:
        """Wait until `size` bytes of the file are on disk; one call serves all threads whose bytes it finds written."""
        with self._syncing:
            if self._synced >= size:
                return
            self._require_sound()
            written = self._size
            try:
                os.fsync(self._file)
            except OSError as error:  # what is on disk now is unknown
                self._failed = True
                raise InputError(refusal(error, self.path)) from None
            self._synced = written

    def _require_same(self, event: OrderEvent) -> None:
        if self._read(event.event_id) != event:
            raise RefusedError(
                f"event_id {event.event_id} belongs to another, earlier event; give this one an id of its own",
                "event_conflict",
                EVENT_ID,
            )

    def _read(self, event_id: str) -> OrderEvent:
        start, length = self._spans[event_id]
        return OrderEvent.from_text(dict(zip(COLUMNS, _fields(os.pread(self._file, length, start)), strict=True)))


def _line(fields: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(fields)
    return text.getvalue().encode()


def _fields(line: bytes) -> list[str]:
    return next(csv.reader([line.decode()]))
