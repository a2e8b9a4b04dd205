"""The service as an ASGI app: its routes, and what is looked at before them."""

from contextlib import AbstractAsyncContextManager
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi

from clv.serving.bodies import PredictBody
from clv.serving.counters import CountedRequests
from clv.serving.guard import Guard
from clv.serving.http_refusals import install
from clv.serving.routes_ask import asking_routes
from clv.serving.routes_read import reading_routes
from clv.serving.routes_service import service_routes
from clv.serving.state import State

DESCRIPTION = (
    "Forecasts of customer lifetime value, from one run of the pipeline. Every answer says of which release it is; "
    "every number is the pipeline's, or says in its name that it is another."
)
KEY_SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "bearer": {"type": "http", "scheme": "bearer"},
}


class Lifespan(Protocol):
    """What begins and ends with the app."""

    def __call__(self, app: FastAPI) -> AbstractAsyncContextManager[None]: ...


def make_app(state: State, lifespan: Lifespan | None = None, pages: APIRouter | None = None) -> FastAPI:
    """The app over a state: `pages` are the routes of the dashboard, `lifespan` what adopts releases."""
    app = FastAPI(
        title="Customer lifetime value",
        version=_version(),
        description=DESCRIPTION,
        docs_url=None,  # they load from elsewhere; /docs is one of the pages
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
    app.openapi = lambda: _described(app, with_keys=bool(state.keys))  # type: ignore[method-assign]
    return app


def _described(app: FastAPI, with_keys: bool) -> dict[str, Any]:
    """The schema of the API, with the parts of a body that the framework does not read, and the keys, if needed."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        rows = PredictBody.model_json_schema(ref_template="#/components/schemas/{model}")["$defs"]
        parts = schema.setdefault("components", {})
        parts["schemas"] = rows | parts.get("schemas", {})
        if with_keys:
            parts["securitySchemes"] = KEY_SCHEMES
            schema["security"] = [{name: []} for name in KEY_SCHEMES]
        app.openapi_schema = schema
    return app.openapi_schema


def _version() -> str:
    try:
        return version("clv")
    except PackageNotFoundError:  # of a checkout that is not installed
        return "0"
