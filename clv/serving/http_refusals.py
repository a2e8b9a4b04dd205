"""Refusals as responses: the same JSON for every status, `{"error": {"code", "message", "field"}}`."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from clv.errors import InputError
from clv.serving.refused import RefusedError
from clv.serving.replies import JsonReply

B = TypeVar("B", bound=BaseModel)
STATUS = {
    "bad_request": 400,
    "no_key": 401,
    "cross_site": 403,
    "not_found": 404,
    "wrong_method": 405,
    "release_changed": 409,
    "event_conflict": 409,
    "too_large": 413,
    "wrong_host": 421,
    "invalid": 422,
    "needs_a_run": 422,
    "internal": 500,
    "busy": 503,
    "worker_lost": 503,
    "not_ready": 503,
}
CODES = {400: "bad_request", 404: "not_found", 405: "wrong_method", 413: "too_large"}  # errors of the framework
MESSAGES = {
    "not_found": "there is nothing at this address; see /docs for valid addresses",
    "wrong_method": "this address does not accept this method; see /docs",
    "bad_request": "the body cannot be read; send JSON that is nested only a few levels deep",
}
WHY = {  # in place of pydantic's messages
    "extra_forbidden": "is not known here; check how it is spelt, or leave it out",
    "missing": "is required",
}
RETRY_SECONDS = 1


def refusal(code: str, message: str, field: str | None = None, headers: Mapping[str, str] | None = None) -> JsonReply:
    """The response of a refusal; characters that cannot be encoded, such as surrogates, are escaped as in Python."""
    status = STATUS.get(code, STATUS["invalid"])
    body = {"code": code, "message": _plain(message), "field": None if field is None else _plain(field)}
    also = {"retry-after": str(RETRY_SECONDS)} if status == 503 else {}
    return JsonReply({"error": body}, status, {"cache-control": "no-store", **also, **(headers or {})})


def install(app: FastAPI) -> None:
    """Turn all errors raised in the app into such responses."""
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(InputError, _damaged)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _internal)


def read(model: type[B], body: bytes) -> B:
    """Parse a JSON body into its model; raises `RefusedError`, which names the field, if it does not fit."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise first_of(error.errors(include_input=False, include_url=False)) from None


def first_of(errors: Sequence[Any]) -> RefusedError:
    """The first error of pydantic as a refusal: the field by its path in the body, and what it must be."""
    first = errors[0]
    place = [str(part) for part in first["loc"] if part not in ("body", "query", "path")]
    field = "body" if first["type"] == "json_invalid" else ".".join(place) or "body"
    why = WHY.get(first["type"], first["msg"].removeprefix("Value error, "))
    more = f" (and {len(errors) - 1:,} more)" if len(errors) > 1 else ""
    return RefusedError(f"{field}: {why}{more}", field=field)


async def _refused(request: Request, error: Exception) -> JsonReply:
    assert isinstance(error, RefusedError)
    return refusal(error.code, str(error), error.field)


async def _damaged(request: Request, error: Exception) -> JsonReply:
    return refusal("internal", str(error))


async def _invalid(request: Request, error: Exception) -> JsonReply:
    assert isinstance(error, RequestValidationError)
    found = first_of(error.errors())
    return refusal(found.code, str(found), found.field)


async def _http(request: Request, error: Exception) -> JsonReply:
    assert isinstance(error, HTTPException)
    code = CODES.get(error.status_code, "bad_request")
    field = "body" if code in ("bad_request", "too_large") else None
    return refusal(code, MESSAGES.get(code, str(error.detail)), field, error.headers)


async def _internal(request: Request, error: Exception) -> JsonReply:
    return refusal("internal", "something went wrong here; the log of the service shows what")


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
