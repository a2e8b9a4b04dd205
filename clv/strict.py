"""From plain YAML values to frozen dataclasses, refusing whatever the dataclasses do not describe.

Every number, date and text of a parameter has a rule with an end: what passes here is something that can run.
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
# What no text of one line holds: line breaks, other controls, and halves of letters, which cannot be written.
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
    """Where in its file a field of a stage's parameters stands, as a dotted path; without it, under its own name."""

    path: str


@dataclasses.dataclass(frozen=True)
class Like:
    """A regular expression that the whole of a text must match, and what it says in words."""

    pattern: str
    words: str

    def admits(self, value: str) -> bool:
        """Whether `value` matches."""
        return re.fullmatch(self.pattern, value) is not None

    def __str__(self) -> str:
        return self.words


def one_line(longest: int) -> Like:
    """The rule of a text without line breaks and control characters, of so many characters at most."""
    return Like(
        rf"(?!\s)[^{NO_LINE}]{{1,{longest}}}(?<!\s)",
        f"one line of 1 to {longest} characters, without spaces at its ends",
    )


# Rules that many parameters share.
Share = Annotated[float, Between(0, 1)]
Count = Annotated[int, Between(1, 1_000_000)]
Factor = Annotated[float, Between(0.01, 100)]
Money = Annotated[float, Between(0, 1e12)]  # its cents are whole numbers that a float still holds
Days = Annotated[int, Between(1, 36_525)]  # a century: no history is longer
Day = Annotated[date, Between(date(1990, 1, 1), date(2200, 12, 31))]  # others are set aside (clv/data/dates.py)
Line = Annotated[str, one_line(500)]
Name = Annotated[  # of what stands in lists that people open
    str,
    one_line(500),
    Like(
        rf"(?s)(?!.*(?:{FORMULA.pattern})).*",
        "a name that a spreadsheet takes for no formula: without = + - @ at its start",
    ),
]
Text = Annotated[str, Like(rf"(?s)(?=.*\S)[^{NO_TEXT}]{{1,100000}}", "1 to 100000 characters, not only spaces")]
Variable = Annotated[
    str, Like("[A-Za-z_][A-Za-z0-9_]{0,99}", "the name of an environment variable: letters, digits and _")
]


@dataclasses.dataclass(frozen=True)
class _Spot:
    """Where a value stands, for messages: the dotted path of a parameter, and its file."""

    path: str
    file: str

    def of(self, name: object) -> "_Spot":
        """The place of a value by its name in the mapping here."""
        text = str(name)
        short = text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}... ({len(text)} characters)"
        return _Spot(f"{self.path}.{short}" if self.path else short, self.file)

    def item(self, i: int) -> "_Spot":
        """The place of a value by its position in the list here."""
        return _Spot(f"{self.path}[{i}]", self.file)

    def __str__(self) -> str:
        if not self.path:
            return self.file
        return f"parameter '{self.path}'" + ("" if self.file == paths.PARAMS.name else f" of {self.file}")


def load(cls: type[T], path: Path = paths.PARAMS, whole: bool = False) -> T:
    """Read the parameters that `cls`, a dataclass, names from a YAML file.

    A field is a section or scalar at the top of the file, or stands where its `At` says. What else the file holds is
    left alone, or refused where `cls` is to be the `whole` of it. Raises `InputError` for the first wrong thing.
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
    """The dotted path at which a field of a stage's parameters stands, by its name and type."""
    return next((rule.path for rule in typing.get_args(hint)[1:] if isinstance(rule, At)), name)


def _given(content: Any, place: _Spot) -> Any:
    """What stands at a place of the file."""
    for name in place.path.split("."):
        if not isinstance(content, dict) or name not in content:
            raise InputError(f"missing {place}; add it to {place.file}")
        content = content[name]
    return content


def build(cls: type[T], data: Any, path: str = "", file: str = paths.PARAMS.name) -> T:
    """Make the dataclass `cls` from a mapping, which stands at a dotted path of a file.

    Every field must be given, nothing else may be. Raises `InputError`, naming the key by its
    dotted path, for an unknown or missing key, a wrong type or a value out of range.
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
    if type(got) is not kind:  # `bool` is no `int` here, and a time no date
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
    """The date that a text of the form YYYY-MM-DD means, or else the text; Python knows further forms."""
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
    """A value as a message shows it: in one line, and short."""
    if isinstance(value, date):
        return str(value)
    if isinstance(value, str):
        return shown(value)
    try:
        text = _FEW.repr(value)  # of a list with aliases of lists, all of it may be more than memory holds
    except ValueError:
        return "a number of thousands of digits"  # Python writes none with more than 4,300
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."


_FEW = reprlib.Repr()
_FEW.maxlevel, _FEW.maxlist, _FEW.maxdict, _FEW.maxset = 3, LONGEST_VALUE, LONGEST_VALUE, LONGEST_VALUE
_FEW.maxstring = _FEW.maxlong = _FEW.maxother = 2 * LONGEST_VALUE
