"""A session with PostgreSQL that does not hang: statements have their time, and a side sees the end of the other."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clv.extras import needing
from clv.stopping import stop, undone

if TYPE_CHECKING:
    from adbc_driver_postgresql import dbapi

# Of the connection string, where it does not say otherwise: seconds to connect, and until a silent server is gone.
OURS = {"connect_timeout": 30, "keepalives_idle": 60, "keepalives_interval": 10, "keepalives_count": 3}
# Of the server, as far as it has them: it would go on with a query for a client that is no more. In seconds.
THEIRS = {
    "client_connection_check_interval": "5s",  # PostgreSQL 14
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
GRACE_SECONDS = 20  # for the server to keep the limit by itself, and once more to take our cancel
TIMED_OUT = "statement timeout"  # what the server says of one that it cancelled


@dataclass(frozen=True)
class Session:
    """An open connection, what led there, and how long a statement may take."""

    connection: "dbapi.Connection"
    uri: str
    seconds: int

    def too_long(self, name: str) -> str:
        """What is said of a query that took longer."""
        return (
            f"{name}: the query took longer than {self.seconds} s and was cancelled; set generate.sql.timeout_seconds "
            f"higher, or have it read less (WHERE …, an index)"
        )

    @contextmanager
    def cancelled_when_late(self, name: str) -> Iterator[None]:
        """Cancel what runs in the block when the process is stopped, or the server lets the time limit pass.

        Where not even that ends it, the server is frozen and the library waits for ever: then the process stops.
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
    """The database driver, which is not of the core. Raises `InputError` where it is not installed."""
    with needing("postgres", "generate.source sql"):
        from adbc_driver_postgresql import dbapi
    return dbapi


def with_limits(uri: str) -> str:
    """The connection string with `OURS`, each where it does not name that itself."""
    more = [f"{name}={value}" for name, value in OURS.items() if name not in uri]
    if "://" not in uri:
        return " ".join([uri, *more])
    return uri + ("&" if "?" in uri else "?") + "&".join(more) if more else uri


def limit(cursor: "dbapi.Cursor", seconds: int) -> None:
    """Limit each statement of the transaction that runs, and have the server look whether its client is still there."""
    cursor.execute(f"SET LOCAL statement_timeout = {seconds * 1000}")
    values = " ".join(f"WHEN '{name}' THEN '{value}'" for name, value in THEIRS.items())
    names = ", ".join(f"'{name}'" for name in THEIRS)
    cursor.execute("SAVEPOINT limits")
    try:
        cursor.execute(
            f"SELECT set_config(name, CASE name {values} END, true) FROM pg_settings WHERE name IN ({names})"
        )
        cursor.fetchall()
    except (driver().Error, OSError):  # a server on a system that cannot look
        cursor.execute("ROLLBACK TO SAVEPOINT limits")
