"""A PostgreSQL session that does not hang: statements have a time limit, and each side notices if the other is gone."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clv.extras import needing
from clv.stopping import stop, undone

if TYPE_CHECKING:
    from adbc_driver_postgresql import dbapi

# Defaults for the connection string: seconds to connect, and until a silent server counts as gone.
OURS = {"connect_timeout": 30, "keepalives_idle": 60, "keepalives_interval": 10, "keepalives_count": 3}
# Settings of the server, if it has them, in seconds: otherwise it would continue a query for a client that is gone.
THEIRS = {
    "client_connection_check_interval": "5s",  # PostgreSQL 14
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
GRACE_SECONDS = 20  # for the server to enforce the limit itself, and once more to accept our cancel request
TIMED_OUT = "statement timeout"  # what the server reports for a statement that it cancelled


@dataclass(frozen=True)
class Session:
    """An open connection, the URI it was opened with, and the time limit of a statement."""

    connection: "dbapi.Connection"
    uri: str
    seconds: int

    def too_long(self, name: str) -> str:
        """The message for a query that exceeded the time limit."""
        return (
            f"{name}: the query took longer than {self.seconds} s and was cancelled; set generate.sql.timeout_seconds "
            f"higher, or make it read less (WHERE …, an index)"
        )

    @contextmanager
    def cancelled_when_late(self, name: str) -> Iterator[None]:
        """Cancel what runs in the block if the process is stopped or the server exceeds the time limit.

        If even that does not end it, the server is frozen and the library would wait forever; then the process stops.
        """
        over = threading.Event()

        def watch() -> None:
            if over.wait(self.seconds + GRACE_SECONDS):
                return
            threading.Thread(target=self._cancel, daemon=True).start()
            if not over.wait(GRACE_SECONDS):
                stop(f"{name}: the database has not answered for {self.seconds} s (generate.sql.timeout_seconds)", 1)

        with undone(self._cancel):
            threading.Thread(target=watch, daemon=True).start()
            try:
                yield
            finally:
                over.set()

    def _cancel(self) -> None:
        with suppress(driver().Error):
            self.connection.adbc_cancel()


def driver() -> Any:
    """The database driver, an optional dependency. Raises `InputError` if it is not installed."""
    with needing("postgres", "generate.source sql"):
        from adbc_driver_postgresql import dbapi
    return dbapi


def with_limits(uri: str) -> str:
    """The connection string with those of `OURS` that it does not set itself."""
    more = [f"{name}={value}" for name, value in OURS.items() if name not in uri]
    if "://" not in uri:
        return " ".join([uri, *more])
    return uri + ("&" if "?" in uri else "?") + "&".join(more) if more else uri


def limit(cursor: "dbapi.Cursor", seconds: int) -> None:
    """Limit each statement of the current transaction, and let the server check if its client is still connected."""
    cursor.execute(f"SET LOCAL statement_timeout = {seconds * 1000}")
    values = " ".join(f"WHEN '{name}' THEN '{value}'" for name, value in THEIRS.items())
    names = ", ".join(f"'{name}'" for name in THEIRS)
    cursor.execute("SAVEPOINT limits")
    try:
        cursor.execute(
            f"SELECT set_config(name, CASE name {values} END, true) FROM pg_settings WHERE name IN ({names})"
        )
        cursor.fetchall()
    except (driver().Error, OSError):  # a server on a system that cannot check
        cursor.execute("ROLLBACK TO SAVEPOINT limits")
