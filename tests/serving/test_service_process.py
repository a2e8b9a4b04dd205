"""The service as a process of its own: how it starts, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from clv.errors import InputError, run_stage
from clv.serving.params import ServeParams
from clv.serving.serve import listening, serve
from tests.conftest import ROOT
from tests.serving.running import serve_params
from tests.serving.test_api import body_of, raw

__all__ = ["raw"]  # a fixture
PATIENCE_SECONDS = 60.0


def main() -> None:
    """Serve: root, folder and port are the arguments."""
    root, folder, port = sys.argv[1:]
    p = replace(serve_params(Path(folder)), port=int(port))
    run_stage(lambda: serve(p, Path(root)))


def start(root: Path, folder: Path, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.serving.test_service_process", str(root), str(folder), str(port)]
    env = os.environ | {"CLV_THREADS": "1"}
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def ask(port: int, path: str, body: Any = None) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def status_of(port: int, path: str) -> int:
    try:
        return ask(port, path)[0]
    except OSError:  # it does not listen yet
        return 0


def wait_until(condition: Any) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def process(release_root: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    started = start(release_root, tmp_path / "serve", port)
    yield started, port
    started.kill()
    started.communicate()


def test_it_ends_its_answers_and_leaves_nothing(process: tuple[subprocess.Popen[str], int], raw: Any) -> None:
    started, port = process
    wait_until(lambda: status_of(port, "/healthz") == 200)
    wait_until(lambda: status_of(port, "/readyz") == 200)
    children = psutil.Process(started.pid).children(recursive=True)
    assert children
    found: list[tuple[int, Any]] = []
    asking = threading.Thread(target=lambda: found.append(ask(port, "/v1/predict", body_of(raw))))
    asking.start()
    wait_until(lambda: ask(port, "/v1/status")[1]["queue"]["waiting"] == 1)
    started.send_signal(signal.SIGTERM)
    said, complained = started.communicate(timeout=PATIENCE_SECONDS)
    asking.join()
    assert found[0][0] == 200
    assert len(found[0][1]["customers"]) > 400
    assert started.returncode == 0
    assert complained == ""
    assert [line.split(":")[0] for line in said.splitlines()] == ["serve", "serve"]
    assert f"http://127.0.0.1:{port}" in said
    assert "C0000" not in said
    wait_until(lambda: not [child for child in children if child.is_running()])


def test_an_address_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        p = replace(serve_params(tmp_path), port=taken.getsockname()[1])
        with pytest.raises(InputError, match=rf"serve\.port {p.port}: .*in use; .* another --port$"), listening(p):
            pass


def test_an_answer_is_not_held_back(tmp_path: Path) -> None:
    """Nagle's algorithm would hold the second piece of an answer back until the client has received the first."""
    with listening(replace(serve_params(tmp_path), port=0)) as taken:
        taken.listen()
        with socket.create_connection(taken.getsockname()), taken.accept()[0] as connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_another_address_without_keys_is_refused_before_anything_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLV_API_KEYS", raising=False)
    p: ServeParams = replace(serve_params(tmp_path / "serve"), host="0.0.0.0")
    with pytest.raises(InputError, match="CLV_API_KEYS is not set"):
        serve(p, tmp_path)
    assert not (tmp_path / "serve").exists()


if __name__ == "__main__":
    main()
