"""The proxy: its limits are those of the parameters, and nginx treats requests as its file states."""

import http.client
import json
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from clv.params import Params
from clv.serving import guard
from tests.deploy.programs import DEPLOY, program, said
from tests.servers import free_port

TEXT = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
PATIENCE_SECONDS = 20.0


class Service(BaseHTTPRequestHandler):
    """A stand-in for our service: it answers with the headers that it got."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("x-frame-options", "DENY")
        self.send_header("content-security-policy", "default-src 'none'")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def service() -> Iterator[int]:
    """Run the stand-in until the block ends; yields its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def written(folder: Path, port: int, behind: int) -> Path:
    """The nginx file with the addresses and folders of this machine."""
    text = TEXT
    here = {"listen 8080": f"listen 127.0.0.1:{port}", "service:8000": f"127.0.0.1:{behind}", "/tmp/": f"{folder}/"}
    for old, new in here.items():
        assert old in text
        text = text.replace(old, new)
    found = folder / "nginx.conf"
    found.write_text(text, encoding="utf-8")
    return found


@contextmanager
def proxy(folder: Path, behind: int) -> Iterator[int]:
    """Run nginx in front of the port `behind`; yields the port of nginx. Its log is in `folder`/log."""
    port = free_port()
    with (folder / "log").open("wb") as log:
        command = [program("nginx", "nginx-light"), "-c", str(written(folder, port, behind)), "-g", "daemon off;"]
        started = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                ask(port, "/metrics")
                break
            except OSError:
                assert started.poll() is None, (folder / "log").read_text(encoding="utf-8")
                assert time.monotonic() < end
                time.sleep(0.05)
        yield port
    finally:
        started.terminate()
        started.wait(PATIENCE_SECONDS)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that nginx can enter when it is no longer root; it cannot enter the folders of pytest."""
    made = Path(tempfile.mkdtemp(prefix="clv-nginx-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def answering(folder: Path) -> Iterator[int]:
    with service() as behind, proxy(folder, behind) as port:
        yield port


def ask(
    port: int, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET" if body is None else "POST", path, body, headers or {})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def test_the_body_may_be_as_large_as_the_service_takes_it(project_params: Params) -> None:
    assert re.findall(r"client_max_body_size (\S+);", TEXT) == [str(project_params.serve.max_body_bytes)]
    assert f"{project_params.serve.max_body_bytes:,} bytes" in TEXT


def test_the_headers_are_those_of_the_service() -> None:
    added = dict(re.findall(r"add_header ([A-Za-z-]+) (\S+) always;", TEXT))
    ours = {name.lower(): value for name, value in added.items() if name.lower() in guard.HEADERS}
    assert ours == {name: guard.HEADERS[name] for name in ours}
    assert {name.lower() for name in re.findall(r"proxy_hide_header (\S+);", TEXT)} == set(ours)
    assert len(ours) == 3


def test_nginx_takes_the_file(folder: Path) -> None:
    assert "test is successful" in said(program("nginx", "nginx-light"), "-t", "-c", written(folder, 8080, 8000))


def test_the_service_learns_who_asks_and_by_what_name(answering: int) -> None:
    sent = {"Host": "clv.example:8443", "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    answer, body = ask(answering, "/v1/customers/C0000012", headers=sent | {"X-API-Key": "key"})
    got = json.loads(body)
    assert got["host"] == got["x-forwarded-host"] == "clv.example:8443", "the service compares Host with Origin"
    assert got["x-forwarded-for"].startswith("203.0.113.7")
    assert got["x-forwarded-proto"] == "https"
    assert got["x-api-key"] == "key"
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert answer.headers.get_all("x-frame-options") == ["DENY"], "once, though the service reports it too"
    assert answer.headers["content-security-policy"] == "default-src 'none'"


def test_no_name_of_a_customer_is_logged(answering: int, folder: Path) -> None:
    ask(answering, "/v1/customers/C0000012")
    end = time.monotonic() + PATIENCE_SECONDS
    while "127.0.0.1 GET 200" not in (log := (folder / "log").read_text(encoding="utf-8")):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert "C0000012" not in log


def test_a_body_that_is_too_large_is_refused_as_the_service_does(answering: int, project_params: Params) -> None:
    most = project_params.serve.max_body_bytes
    assert ask(answering, "/v1/predict", b"x" * most)[0].status == 200
    answer, body = ask(answering, "/v1/predict", headers={"Content-Length": str(most + 1)}, body=b"")
    assert answer.status == 413
    assert json.loads(body)["error"]["code"] == "too_large"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_one_client_that_asks_too_often_is_held_back_alone(answering: int) -> None:
    many = {"X-Forwarded-For": "203.0.113.7"}
    answers = [ask(answering, "/", headers=many) for _ in range(80)]
    assert answers[0][0].status == 200
    held = next((answer, body) for answer, body in answers if answer.status != 200)
    assert held[0].status == 429
    assert held[0].headers["retry-after"] == "1"
    assert json.loads(held[1])["error"]["code"] == "too_often"
    assert ask(answering, "/", headers={"X-Forwarded-For": "203.0.113.8"})[0].status == 200


@pytest.mark.parametrize("path", ["/v1/predict", "/predict"])
def test_forecasts_are_scarcer_than_other_calls(answering: int, path: str) -> None:
    assert 429 in {ask(answering, path, b"{}")[0].status for _ in range(20)}
    assert ask(answering, "/v1/status")[0].status == 200


def test_counters_are_not_for_others(answering: int) -> None:
    assert ask(answering, "/metrics")[0].status == 404


def test_where_the_service_is_gone_the_answer_is_json(folder: Path) -> None:
    with proxy(folder, free_port()) as port:
        answer, body = ask(port, "/readyz")
    assert answer.status == 502
    assert json.loads(body)["error"]["code"] == "not_ready"
    assert answer.headers["retry-after"] == "5"
