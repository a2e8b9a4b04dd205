"""Routes about the service itself: whether it is alive and ready, what it serves, its metrics."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from clv.serving import schemas
from clv.serving.replies import JsonReply, of_now
from clv.serving.schemas import OBJECT, TEXT, null_or
from clv.serving.state import State
from clv.serving.status_answers import status


def service_routes(state: State) -> APIRouter:
    """The routes for operators of the service."""
    router = APIRouter(tags=["service"], default_response_class=JsonReply)
    alive = {"description": "It lives", "content": {"application/json": {"schema": OBJECT}}}
    counted = {"description": "In the text format of Prometheus", "content": {"text/plain": {"schema": TEXT}}}
    served = schemas.answer(
        "What is served", age_days=OBJECT, verdict=OBJECT, drift=OBJECT, pending=null_or(OBJECT), queue=OBJECT
    )

    @router.get("/healthz", responses={200: alive}, summary="Whether it lives")
    async def healthz() -> Response:
        return of_now({"status": "alive"})

    @router.get("/readyz", responses={200: alive, **schemas.errors()}, summary="Whether it is ready to forecast")
    async def readyz() -> Response:
        return of_now({"status": "ready", "release": state.take().release.id})

    @router.get("/metrics", responses={200: counted, **schemas.errors()}, summary="What Prometheus reads")
    async def metrics() -> Response:
        serving = state.serving
        release, waiting = (serving.release, serving.workers.waiting) if serving else (None, 0)
        return Response(state.counters.text(release, waiting, state.today()), media_type=CONTENT_TYPE_LATEST)

    @router.get("/v1/status", responses={200: served, **schemas.errors()}, summary="What is served, and how old it is")
    async def status_of_service() -> Response:
        return of_now(status(state))

    return router
