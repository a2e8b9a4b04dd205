"""The service as an ASGI app: its routes, and the checks before them."""

from contextlib import AbstractAsyncContextManager
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi

from clv.serving.bodies import rows_of_bodies
from clv.serving.counters import CountedRequests
from clv.serving.guard import Guard
from clv.serving.http_refusals import install
from clv.serving.routes_ask import asking_routes
from clv.serving.routes_read import reading_routes
from clv.serving.routes_service import service_routes
from clv.serving.state import State

DESCRIPTION = (
    "Forecasts of customer lifetime value, from one run of the pipeline. Every answer states of which release it is; "
    "every number is the pipeline's, or shows in its name that it is another."
)
KEY_SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "bearer": {"type": "http", "scheme": "bearer"},
}


class Lifespan(Protocol):
    """A lifespan of the app, as FastAPI takes it."""

    def __call__(self, app: FastAPI) -> AbstractAsyncContextManager[None]: ...


class Api(FastAPI):
    """An app whose schema includes the bodies that it parses itself, and the keys if it requires them."""

    def __init__(self, with_keys: bool, **how: Any):
        super().__init__(**how)
        self._with_keys = with_keys

    def openapi(self) -> dict[str, Any]:
        """The schema of the API."""
        if self.openapi_schema is None:
            schema = get_openapi(
                title=self.title, version=self.version, description=self.description, routes=self.routes
            )
            parts = schema.setdefault("components", {})
            parts["schemas"] = rows_of_bodies() | parts.get("schemas", {})
            if self._with_keys:
                parts["securitySchemes"] = KEY_SCHEMES
                schema["security"] = [{name: []} for name in KEY_SCHEMES]
            self.openapi_schema = schema
        return self.openapi_schema


def make_app(state: State, lifespan: Lifespan | None = None, pages: APIRouter | None = None) -> FastAPI:
    """The app for a state: `pages` are the routes of the dashboard, `lifespan` adopts releases."""
    app = Api(
        bool(state.keys),
        title="Customer lifetime value",
        version=_version(),
        description=DESCRIPTION,
        docs_url=None,  # FastAPI's pages load external scripts; /docs is one of ours
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    install(app)
    for router in (service_routes(state), asking_routes(state), reading_routes(state)):
        app.include_router(router)
    if pages is not None:
        app.include_router(pages)
    app.add_middleware(Guard, keys=state.keys, max_body_bytes=state.params.max_body_bytes)
    app.add_middleware(CountedRequests, counters=state.counters)
    return app


def _version() -> str:
    try:
        return version("clv")
    except PackageNotFoundError:  # a checkout that is not installed
        return "0"
