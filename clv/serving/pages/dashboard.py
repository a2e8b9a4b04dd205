"""The routes of the dashboard: each page reads the current state once, so that it shows a single release."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from clv import paths
from clv.errors import listed
from clv.serving.model_answers import verdict
from clv.serving.pages.addresses import CARDS
from clv.serving.pages.api_examples import Asker
from clv.serving.pages.api_page import DOCS, api_page
from clv.serving.pages.budget_page import BUDGET, budget_page
from clv.serving.pages.customer_card import card, find
from clv.serving.pages.customer_list import EXPORT, HOME, customer_list, export
from clv.serving.pages.elite_page import ELITE, elite
from clv.serving.pages.look import HEADERS, PageFrame, Warned
from clv.serving.pages.page_route import PageRoute
from clv.serving.pages.predict_page import PREDICT, blank, estimate, forecast
from clv.serving.pages.published_reports import report
from clv.serving.pages.reports_list import REPORTS_PAGE, reports_list
from clv.serving.pages.segments_page import SEGMENTS_PAGE, segments
from clv.serving.pages.status_page import STATUS_PAGE, status_page
from clv.serving.pages.style_files import STYLES, style
from clv.serving.release import Release
from clv.serving.selection import Selection
from clv.serving.state import State
from clv.serving.status_answers import status

Page = Callable[[Release, PageFrame, Request], Response]


def pages_router(state: State) -> APIRouter:
    """The pages under /, their styles under /static, and the published reports under /reports/."""
    router = APIRouter(include_in_schema=False, route_class=PageRoute)
    _add_plain(router, state)
    _add_forecasting(router, state)
    _add_styles(router)
    return router


def setting_of(state: State, release: Release) -> PageFrame:
    """The frame of every page of a release: its stamp, and warnings of a failing verdict, guesses, or a newer run."""
    warnings = []
    failed = [check["name"] for check in verdict(release)["checks"] if check["status"] == "fail"]
    if failed:
        text = f"Do not act on these numbers before somebody has looked at what fails: {listed(failed)}."
        warnings.append(Warned("The verdict fails.", text))
    if any(gap["name"] == "returns" for gap in release.json(paths.SUMMARY)["not_known"]):
        text = "Forecasts, tiers and the order of customers are guesses."
        warnings.append(Warned("It is not known who comes back.", text))
    if state.pending is not None:
        warnings.append(Warned("A newer run is not served yet.", "These numbers are of the run before."))
    return PageFrame(release.stamp(), warnings)


def _add_plain(router: APIRouter, state: State) -> None:
    """Pages that need only a release, each made in a thread, so that no page waits for another."""
    pages: dict[str, Page] = {
        HOME: lambda release, setting, request: customer_list(release, setting, request.query_params),
        EXPORT: lambda release, setting, request: export(release, setting, request.query_params),
        CARDS: lambda release, setting, request: find(release, setting, request.query_params.get("id", "")),
        f"{CARDS}{{customer_id:path}}": lambda release, setting, request: card(
            release, setting, request.path_params["customer_id"]
        ),
        ELITE: lambda release, setting, request: elite(release, setting, request.query_params),
        SEGMENTS_PAGE: lambda release, setting, request: segments(release, setting),
        STATUS_PAGE: lambda release, setting, request: _status(state, release, setting),
        DOCS: lambda release, setting, request: _documentation(state, release, setting, request),
        REPORTS_PAGE: lambda release, setting, request: reports_list(release, setting),
        f"{REPORTS_PAGE}/{{name:path}}": lambda release, setting, request: report(
            release, setting, request.path_params["name"]
        ),
    }
    for path, page in pages.items():
        router.add_api_route(path, _answer(state, page), methods=["GET"])


def _status(state: State, release: Release, setting: PageFrame) -> Response:
    return status_page(setting, status(state), [gap["says"] for gap in release.json(paths.SUMMARY)["not_known"]])


def _documentation(state: State, release: Release, setting: PageFrame, request: Request) -> Response:
    """The page of the API; its examples call the service at the reader's address, for the best customer."""
    best, _, _ = release.customers.page(Selection(), None, 1)
    base = str(request.base_url).rstrip("/")
    sample = Asker(base, bool(state.keys), best[0]["customer_id"], release.as_of.isoformat())
    return api_page(setting, request.app.openapi(), sample)


def _answer(state: State, page: Page) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        release = state.take().release
        return page(release, setting_of(state, release), request)

    return answer


def _add_forecasting(router: APIRouter, state: State) -> None:
    """Pages that may call the forecasting process."""

    @router.get(BUDGET)
    async def another_budget(request: Request) -> Response:
        serving = state.take()
        return await budget_page(serving, setting_of(state, serving.release), request.query_params)

    @router.get(PREDICT)
    def predict() -> Response:
        release = state.take().release
        return blank(release, setting_of(state, release))

    @router.post(PREDICT)
    async def predicted(request: Request) -> Response:
        serving = state.take()
        setting = setting_of(state, serving.release)
        async with request.form(max_part_size=state.params.max_body_bytes) as form:
            if form.get("from") == "figures":
                return await estimate(serving, setting, form)
            return await forecast(serving, setting, form, state.params.max_rows)


def _add_styles(router: APIRouter) -> None:
    @router.get("/static/{name}")
    def styles(name: str) -> Response:
        if name not in STYLES:
            return PlainTextResponse("there is no such style", 404)
        return Response(style(name), media_type="text/css; charset=utf-8", headers=HEADERS)
