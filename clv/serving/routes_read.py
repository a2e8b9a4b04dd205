"""Routes that read: customers, groups, the model and the budget of one release."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from clv.serving import asked, budget_answers, model_answers, release_answers, schemas
from clv.serving.bodies import BudgetQuery, CustomersQuery
from clv.serving.refused import RefusedError
from clv.serving.release import Release
from clv.serving.replies import JsonReply, of_release
from clv.serving.schemas import COUNT, OBJECT, TABLE, TEXT, null_or
from clv.serving.selection import Selection
from clv.serving.state import State
from clv.serving.working import ask

# Path, function for the body, summary, and the keys beside the stamp.
PLAIN: tuple[tuple[str, Callable[[Release], dict[str, Any]], str, dict[str, Any]], ...] = (
    (
        "/segments",
        release_answers.segments,
        "Tiers, segments and clusters; small ones are suppressed",
        {"segments": TABLE},
    ),
    ("/migration", release_answers.migration, "From which group to which customers moved", {"migration": TABLE}),
    (
        "/model",
        model_answers.model,
        "How good the forecast was in the backtest: metrics with intervals, verdict, level",
        {"metrics": TABLE, "wins": TABLE, "ceiling": TABLE, "verdict": OBJECT, "level": OBJECT, "weights": OBJECT},
    ),
    ("/gain", model_answers.gain, "Share of revenue of the best so many customers", {"gain": TABLE}),
    ("/deciles", model_answers.deciles, "Forecast and realised revenue by tenth of customers", {"deciles": TABLE}),
    ("/audiences", release_answers.audiences, "Lists for advertising platforms, in counts", {"lists": TABLE}),
    (
        "/campaigns",
        release_answers.campaigns,
        "The plan of the next campaign, in counts and money",
        {"segments": TABLE},
    ),
)


def reading_routes(state: State) -> APIRouter:
    """The routes under /v1 that read from the release."""
    router = APIRouter(prefix="/v1", tags=["read"], default_response_class=JsonReply)
    for path, body, what, keys in PLAIN:
        router.add_api_route(
            path,
            _plain(state, path, body),
            summary=what,
            name=path.removeprefix("/"),
            responses={200: schemas.answer(what, **keys), **schemas.errors()},
        )
    _add_customers(router, state)
    _add_budget(router, state)
    return router


def _plain(
    state: State, name: str, body: Callable[[Release], dict[str, Any]]
) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    async def read(request: Request) -> Response:
        serving = state.take()
        return of_release(request, serving.release, serving.written(name, body))

    return read


def _add_customers(router: APIRouter, state: State) -> None:
    found = schemas.answer(
        "A page", total=COUNT, next=null_or(TEXT | {"description": "cursor of the next page"}), customers=TABLE
    )

    @router.get("/customers", responses={200: found, **schemas.errors(409)}, summary="Customers, page by page")
    async def customers(request: Request, query: Annotated[CustomersQuery, Query()]) -> Response:
        release = state.take().release
        chosen = Selection(query.tier, query.segment, query.cluster, query.elite, query.top_pct, query.sort)
        return of_release(request, release, release_answers.customers(release, chosen, query.cursor, query.limit))

    one = schemas.answer("The customer", customer=OBJECT, reasons=TABLE, campaign=null_or(OBJECT))

    @router.get("/customers/{customer_id:path}", responses={200: one, **schemas.errors(404)}, summary="One customer")
    async def customer(request: Request, customer_id: str) -> Response:
        release = state.take().release
        body = release_answers.customer(release, customer_id)
        if body is None:
            raise RefusedError("no customer of this release has that id; check its case", "not_found", "customer_id")
        return of_release(request, release, body)


def _add_budget(router: APIRouter, state: State) -> None:
    split = schemas.answer("The split", budget=OBJECT, cells=TABLE, tiers=TABLE, sensitivity=TABLE, regret=TABLE)

    @router.get(
        "/budget", responses={200: split, **schemas.errors()}, summary="The budget's split, by tier and channel"
    )
    async def budget(request: Request, query: Annotated[BudgetQuery, Query()]) -> Response:
        serving = state.take()
        release = serving.release
        if query.total is None or budget_answers.is_of_run(release, query.total):
            return of_release(request, release, serving.written("/budget", budget_answers.budget))
        budget_answers.require_rule(release, query.total)
        figures, tables = await ask(serving, asked.split_budget, query.total)
        return of_release(request, release, budget_answers.body(release, figures, tables.__getitem__))
