"""Convert plain YAML values to frozen dataclasses, and reject everything that the dataclasses do not describe.

Every number, date and text of a parameter has bounds, so that every value that passes can run.
"""

import dataclasses
import difflib
import math
import re
import reprlib
import types
import typing
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from clv import paths
from clv.errors import LONGEST_VALUE, InputError, shown
from clv.formulas import FORMULA
from clv.yaml_file import read_yaml

T = TypeVar("T")
# Never in a one-line text: line breaks, other control characters, and lone surrogates, which cannot be encoded.
NO_LINE = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
NO_TEXT = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"
WANTED = {
    int: "a whole number",
    float: "a number",
    str: "text",
    bool: "true or false",
    date: "a date YYYY-MM-DD",
}


@dataclasses.dataclass(frozen=True)
class Between:
    """A closed range for a number or a date."""

    low: float | date
    high: float | date

    def admits(self, value: Any) -> bool:
        """Whether `value` lies in the range, both ends included."""
        return bool(self.low <= value <= self.high)

    def __str__(self) -> str:
        return f"between {_end(self.low)} and {_end(self.high)}"


@dataclasses.dataclass(frozen=True)
class At:
    """The dotted path of a field in its file; without it, the field stands at the top under its own name."""

    path: str


@dataclasses.dataclass(frozen=True)
class Like:
    """A regular expression that the whole text must match, and its description in words."""

    pattern: str
    words: str

    def admits(self, value: str) -> bool:
        """Whether `value` matches."""
        return re.fullmatch(self.pattern, value) is not None

    def __str__(self) -> str:
        return self.words


def one_line(longest: int) -> Like:
    """The rule for a text without line breaks and control characters, of at most `longest` characters."""
    return Like(
        rf"(?!\s)[^{NO_LINE}]{{1,{longest}}}(?<!\s)",
        f"one line of 1 to {longest} characters, without spaces at its ends",
    )


# Rules that many parameters share.
Share = Annotated[float, Between(0, 1)]
Count = Annotated[int, Between(1, 1_000_000)]
Factor = Annotated[float, Between(0.01, 100)]
Money = Annotated[float, Between(0, 1e12)]  # its cents are integers that a float holds exactly
Days = Annotated[int, Between(1, 36_525)]  # a century: no history is longer
Day = Annotated[date, Between(date(1990, 1, 1), date(2200, 12, 31))]  # dates outside are rejected (clv/data/dates.py)
Line = Annotated[str, one_line(500)]
Name = Annotated[  # for entries of lists that people open
    str,
    one_line(500),
    Like(
        rf"(?s)(?!.*(?:{FORMULA.pattern})).*",
        "a name that a spreadsheet does not take for a formula: without = + - @ at its start",
    ),
]
Text = Annotated[str, Like(rf"(?s)(?=.*\S)[^{NO_TEXT}]{{1,100000}}", "1 to 100000 characters, not only spaces")]
Variable = Annotated[
    str, Like("[A-Za-z_][A-Za-z0-9_]{0,99}", "the name of an environment variable: letters, digits and _")
]


@dataclasses.dataclass(frozen=True)
class _Spot:
    """The place of a value, for messages: the dotted path of a parameter, and its file."""

    path: str
    file: str

    def of(self, name: object) -> "_Spot":
        """The place of a value inside this mapping, by its name."""
        text = str(name)
        short = text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}... ({len(text)} characters)"
        return _Spot(f"{self.path}.{short}" if self.path else short, self.file)

    def item(self, i: int) -> "_Spot":
        """The place of a value inside this list, by its position."""
        return _Spot(f"{self.path}[{i}]", self.file)

    def __str__(self) -> str:
        if not self.path:
            return self.file
        return f"parameter '{self.path}'" + ("" if self.file == paths.PARAMS.name else f" of {self.file}")


def load(cls: type[T], path: Path = paths.PARAMS, whole: bool = False) -> T:
    """Read from a YAML file the parameters that `cls`, a dataclass, names.

    A field is a section or scalar at the top of the file, or at the path in its `At`. Other content of the file is
    ignored, or rejected if `cls` must describe the `whole` file. Raises `InputError` for the first error found.
    """
    content = read_yaml(path)
    if whole:
        return build(cls, content, file=path.name)
    hints = typing.get_type_hints(cls, include_extras=True)
    found = {}
    for name, hint in hints.items():
        place = _Spot(place_of(name, hint), path.name)
        found[name] = _value(hint, _given(content, place), place)
    return cls(**found)


def place_of(name: str, hint: Any) -> str:
    """The dotted path of a field of a stage's parameters in the file, from its name and type."""
    return next((rule.path for rule in typing.get_args(hint)[1:] if isinstance(rule, At)), name)


def _given(content: Any, place: _Spot) -> Any:
    """The value at a place in the file."""
    for name in place.path.split("."):
        if not isinstance(content, dict) or name not in content:
            raise InputError(f"missing {place}; add it to {place.file}")
        content = content[name]
    return content


def build(cls: type[T], data: Any, path: str = "", file: str = paths.PARAMS.name) -> T:
    """Make the dataclass `cls` from a mapping, whose place in the file is a dotted path.

    Every field must be given, and nothing else. Raises `InputError`, with the dotted path of the key, for an unknown or
    missing key, a wrong type or a value out of range.
    """
    return _build(cls, data, _Spot(path, file))


def _build(cls: type[T], data: Any, place: _Spot) -> T:
    if not isinstance(data, dict):
        raise InputError(f"{place} must be a mapping of names to values, got {_shown(data)}")
    hints = typing.get_type_hints(cls, include_extras=True)
    names = [field.name for field in dataclasses.fields(typing.cast(Any, cls))]
    for key in data:
        if key not in names:
            close = difflib.get_close_matches(str(key), names, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"known here: {', '.join(names)}"
            raise InputError(f"unknown {place.of(key)}; {hint}")
    for name in names:
        if name not in data:
            raise InputError(f"missing {place.of(name)}; add it to {place.file}")
    try:
        return cls(**{name: _value(hints[name], data[name], place.of(name)) for name in names})
    except ValueError as error:  # a rule across several fields, from __post_init__
        raise InputError(f"{place}: {error}") from None


def _value(hint: Any, value: Any, place: _Spot) -> Any:
    """Check `value` against a type hint: scalars, Literal, Annotated rules, tuple, dict, dataclass."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        inner, *rules = args
        got = _value(inner, value, place)
        for rule in rules:
            if not isinstance(rule, At) and not rule.admits(got):
                raise InputError(f"{place} must be {rule}, got {_shown(value)}")
        return got
    if origin in (types.UnionType, typing.Union):
        inner = next(arm for arm in args if arm is not types.NoneType)
        return None if value is None else _value(inner, value, place)
    if origin is Literal:
        if value not in args:
            raise InputError(f"{place} must be one of {', '.join(map(str, args))}, got {_shown(value)}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise InputError(f"{place} must be a list, got {_shown(value)}")
        return tuple(_value(args[0], item, place.item(i)) for i, item in enumerate(value))
    if origin is dict:
        if not isinstance(value, dict):
            raise InputError(f"{place} must be a mapping of names to values, got {_shown(value)}")
        keys, values = args
        return {_value(keys, key, place.of(key)): _value(values, item, place.of(key)) for key, item in value.items()}
    if dataclasses.is_dataclass(hint):
        return _build(typing.cast(type, hint), value, place)
    return _scalar(hint, value, place)


def _scalar(kind: type, value: Any, place: _Spot) -> Any:
    got = value
    if kind is float and type(value) is int:
        got = _as_float(value)
    if kind is date and isinstance(value, str):
        got = _as_date(value)
    if type(got) is not kind:  # here a `bool` is not an `int`, and a datetime is not a date
        hint = " (write it without quotes)" if kind in (int, float) and _looks_like_number(value) else ""
        hint = " (put it in quotes)" if kind is str and value is not None else hint
        raise InputError(f"{place} must be {WANTED[kind]}, got {_shown(value)}{hint}")
    if isinstance(got, float):
        if not math.isfinite(got):
            raise InputError(f"{place} must be a finite number, got {_shown(value)}")
        if got == 0 and math.copysign(1, got) < 0:
            raise InputError(f"{place} must be a number, got -0.0 (write 0.0)")
    return got


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _as_date(value: str) -> date | str:
    """The date of a text in the form YYYY-MM-DD, else the text unchanged; Python would accept other forms."""
    try:
        meant = date.fromisoformat(value)
    except ValueError:
        return value
    return meant if meant.isoformat() == value else value


def _looks_like_number(value: Any) -> bool:
    try:
        return isinstance(value, str) and math.isfinite(float(value))
    except ValueError:
        return False


def _end(end: float | date) -> str:
    return str(end) if isinstance(end, date) or end != int(end) else str(int(end))


def _shown(value: Any) -> str:
    """A value as a message shows it: on one line and shortened."""
    if isinstance(value, date):
        return str(value)
    if isinstance(value, str):
        return shown(value)
    try:
        text = _FEW.repr(value)  # lists of YAML aliases may expand beyond memory
    except ValueError:
        return "a number of thousands of digits"  # Python refuses to print more than 4,300
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."


_FEW = reprlib.Repr()
_FEW.maxlevel, _FEW.maxlist, _FEW.maxdict, _FEW.maxset = 3, LONGEST_VALUE, LONGEST_VALUE, LONGEST_VALUE
_FEW.maxstring = _FEW.maxlong = _FEW.maxother = 2 * LONGEST_VALUE
