"""A working call of each address of the API, to paste into a terminal."""

import json
import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from clv.serving.pages.api_schema import Schema, known, may_be_null, resolved

BODY = "  -H 'Content-Type: application/json'"
AMOUNT = "amount"  # optional beside quantity and unit_price
OF_KIND = {"integer": 1, "number": 10.0, "boolean": True, "object": {}, "array": []}


@dataclass(frozen=True)
class Asker:
    """The values in examples: the service, whether it requires a key, the customer, and the day."""

    base: str
    with_key: bool
    customer_id: str
    day: str


def curl(whole: Schema, path: str, given: Schema, body: Schema, sample: Asker) -> str:
    """The call of an operation in the description `whole`; `body` is the schema of its body, if it has one."""
    for one in given.get("parameters", ()):
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", quote(sample.customer_id, safe=""))
    lines = [f"curl {shlex.quote(sample.base + path)}"]
    if sample.with_key:
        lines.append('  -H "X-API-Key: $KEY"')
    if body:
        lines += [BODY, f"  -d {shlex.quote(json.dumps(_example(whole, body, sample), indent=2))}"]
    return " \\\n".join(lines)


def _example(whole: Schema, schema: Schema, sample: Asker, name: str = "") -> Any:
    """An example value of a schema; optional fields are null, for not known, or an empty list, except the amount."""
    plain = known(whole, resolved(whole, schema))
    if name.endswith("_ts"):
        return sample.day
    if plain.get("type") == "object":
        required = plain.get("required", ())
        return {
            key: _example(whole, inner, sample, key) if key in required or key == AMOUNT else _nothing(whole, inner)
            for key, inner in plain.get("properties", {}).items()
        }
    if plain.get("type") == "array":
        return [_example(whole, plain.get("items", {}), sample)]
    return OF_KIND.get(str(plain.get("type")), sample.customer_id if name == "customer_id" else "example")


def _nothing(whole: Schema, schema: Schema) -> Any:
    plain = resolved(whole, schema)
    return [] if known(whole, plain).get("type") == "array" else None if may_be_null(whole, plain) else plain["default"]
