"""Routes that compute: a forecast from orders, an estimate from aggregates, the effect of a new order."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from clv.serving import asked, schemas, tasks
from clv.serving.aggregates import Aggregates
from clv.serving.bodies import EstimateBody, EventBody, PredictBody, schema_of
from clv.serving.http_refusals import read
from clv.serving.order_event import OrderEvent
from clv.serving.refused import RefusedError
from clv.serving.replies import JsonReply, of_now
from clv.serving.schemas import OBJECT, TABLE, TEXT, null_or
from clv.serving.state import State
from clv.serving.working import ask


def asking_routes(state: State) -> APIRouter:
    """The routes under /v1 that forecast."""
    router = APIRouter(prefix="/v1", tags=["ask"], default_response_class=JsonReply)
    _add_predict(router, state)
    _add_estimate(router, state)
    _add_events(router, state)
    return router


def _add_predict(router: APIRouter, state: State) -> None:
    forecasts = schemas.answer("Forecasts by customer", customers=TABLE, set_aside=OBJECT)

    @router.post(
        "/predict",
        responses={200: forecasts, **schemas.errors()},
        summary="Forecast customers from their orders: the numbers that the batch would give for these rows",
        openapi_extra={"requestBody": _json_of(PredictBody)},
    )
    async def predict(request: Request) -> Response:
        serving = state.take()
        body = await _json(request)
        return of_now(await ask(serving, asked.predict, body, state.params.max_rows, serving.release.stamp()))


def _add_estimate(router: APIRouter, state: State) -> None:
    estimated = schemas.answer("The estimate", method=TEXT, not_used={"type": "array", "items": TEXT})

    @router.post(
        "/estimate",
        responses={200: estimated, **schemas.errors()},
        summary="Estimate a customer from aggregates, by a different method than the forecast",
    )
    async def estimate(given: EstimateBody) -> Response:
        serving = state.take()
        return of_now(serving.release.stamp() | await ask(serving, tasks.estimate, Aggregates(**given.model_dump())))


def _add_events(router: APIRouter, state: State) -> None:
    taken = schemas.answer(
        "Written to the journal",
        event_id=TEXT,
        is_new={"type": "boolean"},
        forecast=null_or(OBJECT),
        provisional=null_or(OBJECT),
        set_aside=TABLE,
        not_computed=null_or(
            TEXT | {"description": "why there is no forecast; the event is stored, and may be sent again"}
        ),
    )

    @router.post(
        "/events",
        status_code=202,
        responses={202: taken, **schemas.errors(409)},
        summary="Take in a line of an order that was just made",
        openapi_extra={"requestBody": _json_of(EventBody)},
    )
    async def events(request: Request) -> Response:
        serving = state.take()
        given = read(EventBody, await _json(request))
        event = OrderEvent.of(given.model_dump(exclude_none=True), datetime.now(UTC))
        is_new = await asyncio.to_thread(state.journal.append, event)
        body = serving.release.stamp() | {"event_id": event.event_id, "is_new": is_new}
        any_case = serving.release.recorded["preprocess"]["ignore_id_case"]
        theirs = await asyncio.to_thread(state.journal.of_customer, event.customer_id, any_case)
        try:
            found = await ask(serving, tasks.after_events, event.customer_id, theirs) | {"not_computed": None}
        except RefusedError as error:  # the event is on disk nevertheless
            found = {"forecast": None, "provisional": None, "set_aside": [], "not_computed": str(error)}
        return of_now(body | found, status=202)


async def _json(request: Request) -> bytes:
    """The body, if its content type is JSON, which a page of another site cannot send without a preflight request."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise RefusedError("the body must be JSON, with Content-Type: application/json", field="content-type")
    return await request.body()


def _json_of(body: type[BaseModel]) -> dict[str, Any]:
    """The OpenAPI description of a body that the route parses itself."""
    schema = schema_of(body)
    schema.pop("$defs", None)  # those are in the app's components
    return {"required": True, "content": {"application/json": {"schema": schema}}}
