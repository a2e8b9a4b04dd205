"""Read an OpenAPI description: resolve references, list the keys of an object, describe kinds in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
LIMITS = {
    "minimum": "from",
    "exclusiveMinimum": "above",
    "maximum": "to",
    "exclusiveMaximum": "below",
    "maxLength": "characters at most:",
}


@dataclass(frozen=True)
class Named:
    """A parameter, or a key of a body or response: its name, kind, whether it is required, and its description."""

    name: str
    kind: str
    required: bool
    about: str


def parameter(whole: Schema, given: Schema) -> Named:
    """A parameter of an operation in the description `whole`."""
    schema = resolved(whole, given.get("schema", {}))
    about = given.get("description") or schema.get("description", "")
    return Named(given["name"], kind(whole, schema), given.get("required", False), about)


def keys(whole: Schema, schema: Schema) -> Sequence[Named]:
    """The keys of an object, each followed by the keys of the objects in its list."""
    plain = resolved(whole, schema)
    rows: list[Named] = []
    for name, inner in plain.get("properties", {}).items():
        value = resolved(whole, inner)
        required = name in plain.get("required", ())
        about = inner.get("description") or value.get("description", "")
        rows.append(Named(name, kind(whole, value), required, about))
        item = resolved(whole, known(whole, value).get("items", {}))
        rows += [
            Named(f"{name}[].{key.name}", key.kind, key.required, key.about)
            for key in keys(whole, item)
            if "[]" not in key.name
        ]
    return rows


def content(given: Schema) -> Schema:
    """The schema of a JSON body or response; empty if there is none."""
    schema: Schema = given.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def resolved(whole: Schema, schema: Schema) -> Schema:
    """The schema that a reference leads to."""
    while "$ref" in schema:
        found: Any = whole
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def known(whole: Schema, schema: Schema) -> Schema:
    """The schema other than null of a nullable one; any other schema as it is."""
    for one in schema.get("anyOf", ()):
        plain = resolved(whole, one)
        if plain.get("type") != "null":
            return {**plain, **{key: value for key, value in schema.items() if key != "anyOf"}}
    return schema


def may_be_null(whole: Schema, schema: Schema) -> bool:
    """Whether a schema allows null."""
    return any(resolved(whole, one).get("type") == "null" for one in schema.get("anyOf", ()))


def kind(whole: Schema, schema: Schema) -> str:
    """The kind of a value in words: its type, allowed values and limits."""
    plain = known(whole, schema)
    types = plain.get("type", "any value")
    words = " or ".join(types) if isinstance(types, list) else str(types)
    if words == "array":
        words = f"list of {kind(whole, resolved(whole, plain.get('items', {})))}"
    if plain.get("format"):
        words += f" ({plain['format']})"
    parts = [words]
    if "enum" in plain:
        parts.append(f"one of {', '.join(map(str, plain['enum']))}")
    parts += [f"{word} {plain[key]:,}" for key, word in LIMITS.items() if isinstance(plain.get(key), int | float)]
    if plain.get("default") is not None:
        parts.append(f"{plain['default']} unless given")
    return ", ".join(parts) + (", or null" if may_be_null(whole, schema) else "")
