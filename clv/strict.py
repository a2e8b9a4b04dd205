"""From plain YAML values to frozen dataclasses, refusing whatever the dataclasses do not describe."""

import dataclasses
import difflib
import math
import re
import types
import typing
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml

from clv import paths
from clv.errors import InputError

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Between:
    """A closed range for a number; `None` leaves that side open."""

    low: float | None = None
    high: float | None = None

    def admits(self, value: float) -> bool:
        """Whether `value` lies in the range, both ends included."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        if self.high is None:
            return f"at least {self.low:g}"
        if self.low is None:
            return f"at most {self.high:g}"
        return f"between {self.low:g} and {self.high:g}"


@dataclasses.dataclass(frozen=True)
class At:
    """Where in the file a field of a stage's parameters stands, as a dotted path; without it, under its own name."""

    path: str


# Ranges that many parameters share.
Share = Annotated[float, Between(0, 1)]
Count = Annotated[int, Between(1)]
Positive = Annotated[float, Between(1e-9)]
Factor = Annotated[float, Between(0.01, 100)]


def build(cls: type, data: Any, path: str = "") -> Any:
    """Make the dataclass `cls` from a mapping.

    Every field must be given, nothing else may be. Raises `InputError`, naming the key by its
    dotted path, for an unknown or missing key, a wrong type or a value out of range.
    """
    if not isinstance(data, dict):
        raise InputError(f"parameter '{path or 'params.yaml'}' must be a mapping of names to values, got {data!r}")
    hints = typing.get_type_hints(cls, include_extras=True)
    names = [field.name for field in dataclasses.fields(cls)]
    for key in data:
        if key not in names:
            close = difflib.get_close_matches(str(key), names, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"known here: {', '.join(names)}"
            raise InputError(f"unknown parameter '{_join(path, key)}'; {hint}")
    for name in names:
        if name not in data:
            raise InputError(f"missing parameter '{_join(path, name)}'; add it to params.yaml")
    try:
        return cls(**{name: _value(hints[name], data[name], _join(path, name)) for name in names})
    except ValueError as error:  # a rule across several fields, from __post_init__
        raise InputError(f"parameter '{path}': {error}" if path else f"params.yaml: {error}") from None


def load(cls: type[T], path: Path = paths.PARAMS) -> T:
    """Read the parameters that `cls`, a frozen dataclass, names from a file; others are not looked at.

    A field is a parameter or section at the top of the file, or lies where its `At` says. Raises `InputError` as
    `build` does, and where the file cannot be read.
    """
    content = read_yaml(path)
    hints = typing.get_type_hints(cls, include_extras=True)
    found = {}
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        at = next((rule.path for rule in typing.get_args(hints[field.name])[1:] if isinstance(rule, At)), field.name)
        found[field.name] = _value(hints[field.name], _given(content, at), at)
    return cls(**found)


def _given(content: Any, path: str) -> Any:
    """The value at a dotted path."""
    for name in path.split("."):
        if not isinstance(content, dict) or name not in content:
            raise InputError(f"missing parameter '{path}'; add it to params.yaml")
        content = content[name]
    return content


def _join(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _value(hint: Any, value: Any, path: str) -> Any:
    """Check `value` against a type hint: scalars, Literal, Annotated ranges, tuple, dict, dataclass."""
    origin = typing.get_origin(hint)
    if origin is Annotated:
        inner, *rules = typing.get_args(hint)
        got = _value(inner, value, path)
        for rule in rules:
            if not isinstance(rule, At) and got is not None and not rule.admits(got):
                raise InputError(f"parameter '{path}' must be {rule}, got {value!r}")
        return got
    if origin is types.UnionType:
        inner = next(arm for arm in typing.get_args(hint) if arm is not types.NoneType)
        return None if value is None else _value(inner, value, path)
    if origin is Literal:
        choices = typing.get_args(hint)
        if value not in choices:
            raise InputError(f"parameter '{path}' must be one of {', '.join(map(str, choices))}, got {value!r}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise InputError(f"parameter '{path}' must be a list, got {value!r}")
        inner = typing.get_args(hint)[0]
        return tuple(_value(inner, item, f"{path}[{i}]") for i, item in enumerate(value))
    if origin is dict:
        if not isinstance(value, dict):
            raise InputError(f"parameter '{path}' must be a mapping of names to values, got {value!r}")
        inner = typing.get_args(hint)[1]
        return {str(key): _value(inner, item, _join(path, key)) for key, item in value.items()}
    if dataclasses.is_dataclass(hint):
        return build(typing.cast(type, hint), value, path)
    return _scalar(hint, value, path)


def _looks_like_number(value: Any) -> bool:
    try:
        return isinstance(value, str) and math.isfinite(float(value))
    except ValueError:
        return False


def _scalar(kind: type, value: Any, path: str) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    if kind is date and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise InputError(f"parameter '{path}' must be a date YYYY-MM-DD, got {value!r}") from None
    if type(value) is not kind:  # `bool` is no `int` here
        hint = " (YAML 1.1 reads 1e-3 as text: write 0.001)" if kind is float and _looks_like_number(value) else ""
        hint = " (put it in quotes)" if kind is str else hint
        wanted = {
            int: "a whole number",
            float: "a number",
            str: "text",
            bool: "true or false",
            date: "a date YYYY-MM-DD",
        }
        raise InputError(f"parameter '{path}' must be {wanted[kind]}, got {value!r}{hint}")
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"parameter '{path}' must be a finite number, got {value!r}")
    return value


# YAML without numbers to the base 60, as DVC reads it: 3:2:1 is text.
BASE_60 = ("tag:yaml.org,2002:str", re.compile(r"[\d.]+(:[\d.]+)+$"))
RESOLVERS = {first: [BASE_60, *others] for first, others in yaml.SafeLoader.yaml_implicit_resolvers.items()}
LOADER = type("Loader", (yaml.SafeLoader,), {"yaml_implicit_resolvers": RESOLVERS})


def read_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises `InputError` where it cannot be read."""
    if not path.exists():
        raise InputError(f"{path} does not exist; run from the root of the repo")
    try:
        return yaml.load(path.read_text(encoding="utf-8"), LOADER)
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" at line {where.line + 1}" if where else ""
        raise InputError(
            f"{path} is not valid YAML{line}: {getattr(error, 'problem', error)}; mend that line"
        ) from None
