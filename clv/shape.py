"""The required shape of a JSON value: a check of files that earlier stages or earlier runs wrote.

A shape is a type (`float` accepts integers too, `date` text like 2025-12-31, `object` anything except null); a dict
from required names to their shapes, beside which other names may exist; a list with the shape of its items; `Each`; or
`Maybe`.
"""

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

WORDS: dict[type, str] = {
    int: "a whole number",
    float: "a number",
    str: "text",
    bool: "true or false",
    date: "a date YYYY-MM-DD",
    object: "a value",
}


@dataclass(frozen=True)
class Each:
    """Any names, with values of one shape."""

    shape: Any


@dataclass(frozen=True)
class Maybe:
    """A shape, or null."""

    shape: Any


def misfit(value: Any, shape: Any, place: str = "") -> str:
    """How a JSON value differs from a shape, in words such as `lacks next.amount`; "" if it fits."""
    if isinstance(shape, Maybe):
        return "" if value is None else misfit(value, shape.shape, place)
    if isinstance(shape, dict | Each):
        if not isinstance(value, dict):
            return _is_not(value, "names with values", place)
        lacking = [name for name in shape if name not in value] if isinstance(shape, dict) else []
        if lacking:
            return f"lacks {_at(place, lacking[0])}"
        rows = [(name, shape[name]) for name in shape] if isinstance(shape, dict) else [(n, shape.shape) for n in value]
        return next(filter(None, (misfit(value[name], inner, _at(place, name)) for name, inner in rows)), "")
    if isinstance(shape, list):
        if not isinstance(value, list):
            return _is_not(value, "a list", place)
        return next(filter(None, (misfit(item, shape[0], f"{place}[{i}]") for i, item in enumerate(value))), "")
    return "" if _is(value, shape) else _is_not(value, WORDS[shape], place)


def _is(value: Any, kind: type) -> bool:
    if kind is date:
        try:
            return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
        except ValueError:
            return False
    if kind is float:
        return type(value) is int or (type(value) is float and math.isfinite(value))
    return value is not None if kind is object else type(value) is kind


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else str(name)


def _is_not(value: Any, wanted: str, place: str) -> str:
    got = "null" if value is None else f"a {type(value).__name__}" if isinstance(value, dict | list) else repr(value)
    got = got if len(got) <= 60 else f"{got[:60]}..."
    return f"has {got} {f'at {place}' if place else 'as its content'}, where {wanted} must be"
