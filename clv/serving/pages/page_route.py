"""How the routes of pages answer what they cannot serve: with a page, where the API answers in JSON."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from clv.serving.http_refusals import RETRY_SECONDS, STATUS
from clv.serving.pages.look import PageFrame, show
from clv.serving.refused import RefusedError


class PageRoute(APIRoute):
    """A route whose refusals people read; one that will pass, as at the start, is asked again by the browser."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await answer(request)
            except RefusedError as error:
                return _page(error)

        return answered


def _page(error: RefusedError) -> Response:
    status = STATUS[error.code]
    page = show("page_route.html.j2", PageFrame({}), "Not now", "", status, error=str(error), passes=status == 503)
    if status == 503:
        page.headers["Retry-After"] = page.headers["Refresh"] = str(RETRY_SECONDS + 1)
    return page
