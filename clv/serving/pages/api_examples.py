"""A call of each address of the API that can be pasted into a terminal, and is answered."""

import json
import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from clv.serving.pages.api_schema import Schema, known, may_be_null, resolved

BODY = "  -H 'Content-Type: application/json'"
AMOUNT = "amount"  # need not be given beside quantity and unit_price
OF_KIND = {"integer": 1, "number": 10.0, "boolean": True, "object": {}, "array": []}


@dataclass(frozen=True)
class Asker:
    """What an example asks: which service, whether it wants a key, of which customer, as of which day."""

    base: str
    with_key: bool
    customer_id: str
    day: str


def curl(whole: Schema, path: str, given: Schema, body: Schema, sample: Asker) -> str:
    """The call of an operation of the description `whole`; `body` is the schema of what is sent, if anything is."""
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
    """A value of a schema. What need not be given is null, as not known, or an empty list, but for what was paid."""
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
