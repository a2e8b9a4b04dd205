"""A service that serves the new release is noticed; one that does not, or is absent, is reported in words."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from clv.retraining import service_switch
from clv.retraining.service_switch import switched
from tests.servers import free_port


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_switch, "LOOK_SECONDS", 0.01)


@contextmanager
def service(releases: list[str]) -> Iterator[str]:
    """A service that is ready with one release after the other, and stays at the last; with "" it is not ready."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            release = releases.pop(0) if len(releases) > 1 else releases[0]
            self.send_response(200 if release and self.path == "/readyz" else 503)
            self.end_headers()
            self.wfile.write(json.dumps({"release": release}).encode())

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_service_that_switches_is_waited_for() -> None:
    with service(["old", "", "old", "new"]) as address:
        assert switched(f"{address}/", "new", 30) == ""


def test_a_service_that_does_not_switch_is_named_with_what_it_serves() -> None:
    with service(["old"]) as address:
        assert switched(address, "new", 0.2) == f"{address} serves old"


def test_what_is_no_service_does_not_answer() -> None:
    """Another program may listen at the address."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.2)
        address = f"http://127.0.0.1:{other.getsockname()[1]}"
        answering = threading.Thread(target=answer_nonsense, args=(other,))
        answering.start()
        said = switched(address, "new", 0.2)
        answering.join()
    assert said == f"{address} does not answer"


def answer_nonsense(listening: socket.socket) -> None:
    with suppress(TimeoutError):
        while True:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"220 smtp.example.com\r\n")


def test_a_service_that_is_not_there_does_not_answer() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    assert switched(address, "new", 0.1) == f"{address} does not answer"
