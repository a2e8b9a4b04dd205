"""The service in this process, over the small run, with its worker."""

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from clv import params, paths
from clv.serving.app import make_app
from clv.serving.journal import Journal
from clv.serving.keys import Keys
from clv.serving.living import living
from clv.serving.params import ServeParams
from clv.serving.state import State
from tests.conftest import ROOT

NO_KEYS = Keys(())
ADDRESS = "http://127.0.0.1:8000"
PATIENCE_SECONDS = 60.0


class Client:
    """A client of an app that runs in a thread of its own; several threads may use it."""

    def __init__(self, app: FastAPI):
        self.app = app
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._http = httpx.AsyncClient(transport=transport, base_url=ADDRESS)
        self._lifespan = app.router.lifespan_context(app)

    def __enter__(self) -> "Client":
        self._run(self._lifespan.__aenter__())
        return self

    def __exit__(self, *error: Any) -> None:
        self._run(self._lifespan.__aexit__(None, None, None))
        self._run(self._http.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def request(self, method: str, path: str, **sent: Any) -> httpx.Response:
        return self._run(self._http.request(method, path, timeout=PATIENCE_SECONDS, **sent))

    def get(self, path: str, **sent: Any) -> httpx.Response:
        return self.request("GET", path, **sent)

    def post(self, path: str, **sent: Any) -> httpx.Response:
        return self.request("POST", path, **sent)

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(2 * PATIENCE_SECONDS)


def serve_params(folder: Path) -> ServeParams:
    """The parameters of the repo, with a short queue and a folder for the test."""
    return replace(params.load(ROOT / paths.PARAMS).serve, folder=str(folder), queue=2)


@contextmanager
def not_serving(folder: Path, keys: Keys) -> Iterator[Client]:
    """A client of a service that has no release."""
    with Client(make_app(State(serve_params(folder), keys, Journal(folder)))) as client:
        yield client


@contextmanager
def running(root: Path, folder: Path) -> Iterator[tuple[Client, State]]:
    """A client of a service that is ready, and the state of the service."""
    state = State(serve_params(folder), NO_KEYS, Journal(folder))
    with Client(make_app(state, lambda app: living(state, root))) as client:
        end = time.monotonic() + PATIENCE_SECONDS
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < end, "the service did not become ready"
            time.sleep(0.1)
        yield client, state
