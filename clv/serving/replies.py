"""JSON responses, and the ETag by which a client avoids fetching one again."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from clv.serving.release import Release

REVALIDATE = "no-cache"  # may be cached, but must be revalidated before each use


class JsonReply(Response):
    """A response serialised by orjson: NaN becomes null."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return content if isinstance(content, bytes) else orjson.dumps(content)


def tag(release: Release) -> str:
    """The ETag of every response that depends only on a release."""
    return f'"{release.id}"'


def of_release(request: Request, release: Release, content: Any) -> Response:
    """A response that is valid as long as its release; 304 without content if the client has it."""
    headers = {"etag": tag(release), "cache-control": REVALIDATE}
    if has(request, release):
        return Response(status_code=304, headers=headers)
    return JsonReply(content, headers=headers)


def has(request: Request, release: Release) -> bool:
    """Whether the client already has a response of this release, by its If-None-Match header."""
    theirs = request.headers.get("if-none-match", "")
    return any(one.strip().removeprefix("W/") in ("*", tag(release)) for one in theirs.split(","))


def of_now(content: Any, status: int = 200) -> JsonReply:
    """A response about the current state, which must not be cached."""
    return JsonReply(content, status, {"cache-control": "no-store"})
