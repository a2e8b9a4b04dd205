"""Checks before a request reaches the app: where it came from, whether it has a key, how large it is."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clv.serving.http_refusals import refusal
from clv.serving.keys import Keys
from clv.serving.replies import JsonReply

OPEN = ("/healthz", "/readyz")  # without a key, because health probes have none
SAFE = ("GET", "HEAD", "OPTIONS")
FOR_PAGES = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)  # a report is one file with inline script and style
FOR_DATA = "default-src 'none'; frame-ancestors 'none'"
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with no-referrer, a browser would hide the origin of our own forms
    "cross-origin-resource-policy": "same-origin",
}


def is_loopback(host: str) -> bool:
    """Whether an address or name belongs to this machine only."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Guard:
    """Middleware that refuses requests which must not reach the app, and adds security headers to responses.

    Without keys the service is for this machine only: a request with another name in Host comes from a page whose name
    was made to resolve to this machine (DNS rebinding). A form that another site makes a browser send, with the
    password that the browser keeps, is refused too (cross-site request forgery).
    """

    def __init__(self, app: ASGIApp, keys: Keys, max_body_bytes: int):
        self._app, self._keys, self._most = app, keys, max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refusal(scope, headers)
        if refused is not None:
            await refused(scope, receive, _with_headers(send))
            return
        if scope["method"] == "HEAD":  # the response to GET, without its body
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        await self._app(scope, _limited(receive, self._most), _with_headers(send))

    def _refusal(self, scope: Scope, headers: Headers) -> JsonReply | None:
        if not self._keys and not is_loopback(_name_of(headers.get("host", ""))):
            return refusal("wrong_host", "the header Host must be this machine's, as no keys are set; use 127.0.0.1")
        if scope["method"] not in SAFE and _is_foreign(headers):
            return refusal("cross_site", "a page of another site may not send this")
        if self._keys and scope["path"] not in OPEN and not self._keys.admit(headers):
            scheme = "Basic" if "text/html" in headers.get("accept", "") else "Bearer"
            asked = {"www-authenticate": f'{scheme} realm="clv"'}
            return refusal("no_key", "a key is needed, as Authorization: Bearer KEY or X-API-Key: KEY", headers=asked)
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self._most:
            return refusal("too_large", _too_large(self._most), "body")
        return None


def _name_of(host: str) -> str:
    """The name in a Host header, without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _is_foreign(headers: Headers) -> bool:
    """Whether a browser reports that a page of another site sent the request; other clients report nothing."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and _host_of(origin) != headers.get("host", "").lower()


def _too_large(most: int) -> str:
    return f"the body must have {most:,} bytes at most (serve.max_body_bytes); send fewer rows at a time"


def _limited(receive: Receive, most: int) -> Receive:
    """The body of a request, up to its limit: a chunked one does not give its size in advance."""
    got = 0

    async def next_piece() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > most:
            raise HTTPException(413, _too_large(most))
        return message

    return next_piece


def _without_body(send: Send) -> Send:
    async def without_body(message: Message) -> None:
        await send(message if message["type"] == "http.response.start" else {**message, "body": b""})

    return without_body


def _with_headers(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            is_page = headers.get("content-type", "").startswith("text/html")
            headers.setdefault("content-security-policy", FOR_PAGES if is_page else FOR_DATA)
        await send(message)

    return with_headers
