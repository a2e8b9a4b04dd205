"""What a JSON value must look like: a check for files that earlier stages, or earlier runs, wrote.

A shape is a type (`float` takes whole numbers too, `date` text like 2025-12-31, `object` all but null); a dict of the
names that must be there, each with its shape, beside which others may be; a list with the shape of its items; `Each`
and `Maybe`.
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
    """Any names, all of which have values of one shape."""

    shape: Any


@dataclass(frozen=True)
class Maybe:
    """A shape, or null."""

    shape: Any


def misfit(value: Any, shape: Any, place: str = "") -> str:
    """What is wrong with a JSON value, in words such as `lacks next.amount`; "" where it has the shape."""
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
