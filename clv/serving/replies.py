"""Answers in JSON, and the tag by which a client that has one already is spared it."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from clv.serving.release import Release

REVALIDATE = "no-cache"  # keep it, and ask before each use whether it still holds


class JsonReply(Response):
    """An answer whose content orjson writes: NaN becomes null."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return content if isinstance(content, bytes) else orjson.dumps(content)


def tag(release: Release) -> str:
    """The ETag of all that depends on a release alone."""
    return f'"{release.id}"'


def of_release(request: Request, release: Release, content: Any) -> Response:
    """An answer that holds as long as its release: 304 without content where the client has it."""
    headers = {"etag": tag(release), "cache-control": REVALIDATE}
    if has(request, release):
        return Response(status_code=304, headers=headers)
    return JsonReply(content, headers=headers)


def has(request: Request, release: Release) -> bool:
    """Whether the client says that it has an answer of this release."""
    theirs = request.headers.get("if-none-match", "")
    return any(one.strip().removeprefix("W/") in ("*", tag(release)) for one in theirs.split(","))


def of_now(content: Any, status: int = 200) -> JsonReply:
    """An answer that holds for now, and is kept by nobody."""
    return JsonReply(content, status, {"cache-control": "no-store"})
