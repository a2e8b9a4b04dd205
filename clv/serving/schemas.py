"""Schemas of the responses, for the readers of /docs: the keys that all have, and further keys of each."""

from typing import Any

Schema = dict[str, Any]
TABLE: Schema = {"type": "array", "items": {"type": "object"}}
OBJECT: Schema = {"type": "object"}
TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
STAMP: dict[str, Schema] = {
    "release": TEXT | {"description": "id of the run that is served"},
    "as_of": {"type": "string", "format": "date", "description": "last day of the data"},
    "horizon_days": COUNT | {"description": "days after it that forecasts are of"},
    "currency": TEXT,
}
ERROR: Schema = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "field"],
            "properties": {"code": TEXT, "message": TEXT, "field": {"type": ["string", "null"]}},
        }
    },
}


def null_or(schema: Schema) -> Schema:
    """The schema of such a value, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def answer(description: str, **keys: Schema) -> Schema:
    """The OpenAPI response with the stamp of its release and these keys."""
    properties = STAMP | keys
    body = {"type": "object", "required": list(properties), "properties": properties}
    return {"description": description, "content": {"application/json": {"schema": body}}}


def errors(*statuses: int) -> dict[int | str, Schema]:
    """The OpenAPI responses of refusals, by status: the given ones, and those possible for any request."""
    content = {"application/json": {"schema": ERROR}}
    return {
        status: {"description": "refused; the message states why", "content": content}
        for status in (400, 401, 403, 413, 421, 422, 503, *statuses)
    }
