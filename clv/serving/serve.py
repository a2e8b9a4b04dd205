"""The service as a process: it listens, adopts new runs, and stops on a signal."""

import errno
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn

from clv.errors import InputError, refusal
from clv.serving.app import make_app
from clv.serving.guard import is_loopback
from clv.serving.journal import Journal
from clv.serving.keys import VARIABLE, Keys
from clv.serving.living import living
from clv.serving.pages.dashboard import pages_router
from clv.serving.params import ServeParams
from clv.serving.release_folder import ReleaseFolder
from clv.serving.state import State

PATIENCE_SECONDS = 10  # for responses in progress when it is stopped


def serve(p: ServeParams, root: Path) -> None:
    """Serve the run in `root` on `p.host` and `p.port` until SIGTERM or Ctrl-C; open responses are finished first.

    Raises `InputError` if the address is taken, needs keys that are not set, or another service holds the folder.
    """
    keys = Keys.of_environment()
    require_keys(p, keys)
    p = replace(p, folder=str(root / p.folder))
    folder = Path(p.folder)
    with listening(p) as taken, ReleaseFolder(folder).held():
        state = State(p, keys, Journal(folder))
        app = make_app(state, lambda app: living(state, root), pages_router(state))
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,  # it would name customers
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=PATIENCE_SECONDS,
        )
        print(f"serve: http://{_named(p.host)}:{p.port}, from {folder}; stop it with Ctrl-C", flush=True)
        with left_to_uvicorn():
            uvicorn.Server(config).run(sockets=[taken])


def require_keys(p: ServeParams, keys: Keys) -> None:
    """Raise `InputError` if other machines could send requests without a key."""
    if not keys and not is_loopback(p.host):
        raise InputError(
            f"serve.host {p.host} can be reached from elsewhere, and {VARIABLE} is not set; set it to the SHA-256 of a "
            "key, or serve.host to 127.0.0.1"
        )


@contextmanager
def listening(p: ServeParams) -> Iterator[socket.socket]:
    """The listening socket, opened before anything is loaded."""
    try:
        family = socket.getaddrinfo(p.host, p.port, type=socket.SOCK_STREAM)[0][0]
        taken = socket.create_server((p.host, p.port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise InputError(
                f"serve.host {p.host}, serve.port {p.port}: the address is in use; stop the program that listens "
                "there, or give another --port"
            ) from None
        raise InputError(refusal(error, f"serve.host {p.host}, serve.port {p.port}")) from None
    with taken:
        # Its connections inherit it: a response is sent in two pieces, of which the second would wait 40 ms.
        taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield taken


@contextmanager
def left_to_uvicorn() -> Iterator[None]:
    """Within the block a signal stops the service instead of ending the process at once, as `clv.stopping` would."""
    woken = signal.set_wakeup_fd(-1)
    try:
        yield
    finally:
        signal.set_wakeup_fd(woken)


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host
