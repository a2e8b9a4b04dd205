"""Error responses of the routes of pages: a page, where the API returns JSON."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from clv.serving.http_refusals import RETRY_SECONDS, STATUS
from clv.serving.pages.look import PageFrame, show
from clv.serving.refused import RefusedError


class PageRoute(APIRoute):
    """A route that shows refusals as a page; for a temporary one, as at the start, the browser reloads it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of a request."""
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
