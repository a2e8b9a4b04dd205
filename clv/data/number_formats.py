"""How numbers in text columns are written: decimal mark, thousands separators, currency signs.

Plain numbers are examined in bulk; every other spelling is parsed once.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from clv.data.number_text import MARKS, Amount, take_apart
from clv.data.source import TableSource
from clv.errors import InputError

_NUMBER = r"^\s*[+-]?(?:[0-9]+{mark}[0-9]*|{mark}[0-9]+)(?:[eE][+-]?[0-9]+)?\s*$"
_POINT = _NUMBER.format(mark=r"\.")
_COMMA = _NUMBER.format(mark=",")
_PERHAPS_THOUSANDS = r"^\s*[+-]?[1-9][0-9]{{0,2}}{mark}[0-9]{{3}}\s*$"
# What no plain number with that mark has: other characters, a trailing minus, blanks inside, the mark twice.
_ODD = {mark: rf"[^0-9{mark}+\-eE\s]|[0-9{mark}]\s*-|[0-9]\s+[0-9]|[{mark}][^{mark}]*[{mark}]|[+-]\s" for mark in MARKS}


@dataclass
class _Seen:
    """What was found in one column so far.

    Attributes
    ----------
    sure: by mark, the first number that only this decimal mark can read. perhaps: by mark, the first number in which
    the mark may be decimal or separate thousands. groups: marks that certainly separate thousands. formatted: marks
    under which some number is formatted. priced: whether some number has a currency.
    """

    sure: dict[str, str] = field(default_factory=dict)
    perhaps: dict[str, str] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    formatted: set[str] = field(default_factory=set)
    priced: bool = False


@dataclass(frozen=True)
class _Currency:
    """The currencies that all signs found so far allow, the most specific sign, and the first amount and its column."""

    meanings: frozenset[str]
    sign: str
    column: str
    text: str


def find_numbers(
    source: TableSource, batches: Iterable[pa.RecordBatch], given: str = "auto"
) -> tuple[str, dict[str, str]]:
    """The decimal mark of numbers in text columns, and our columns with formatted numbers, each with its currency.

    The currency is '' for none; `clv.data.types.as_number` needs both results. The mark is the `given` one; for auto it
    is '.', unless the comma of some number can only be a decimal mark. Raises `InputError` if both marks are in use, if
    every mark is followed by exactly three digits, and, for any mark, if amounts are in two currencies.
    """
    seen: dict[str, _Seen] = {}
    currency: _Currency | None = None
    for batch in batches:
        for name, values in zip(batch.schema.names, batch.columns, strict=True):
            column = seen.setdefault(name, _Seen())
            for text, amount in _look_at(column, values):
                currency = _joined(source, currency, _Currency(amount.meanings, amount.sign, name, text))
    decimal = _decimal(source, seen) if given == "auto" else given
    sign = "" if currency is None else min(currency.meanings) if len(currency.meanings) == 1 else currency.sign
    return decimal, {
        name: sign if column.priced else "" for name, column in seen.items() if decimal in column.formatted
    }


def _look_at(seen: _Seen, values: pa.Array) -> Iterator[tuple[str, Amount]]:
    """Record the numbers of a batch; yield those with a currency."""
    if "." not in seen.sure:
        points = values.filter(pc.match_substring(values, "."))
        _plain(seen, points.filter(pc.match_substring_regex(points, _POINT)), ".")
    mark = "," if "," in seen.sure and "." not in seen.sure else "."
    odd = values.filter(pc.match_substring_regex(values, _ODD[mark]))
    if len(odd) == 0:
        return
    commas = pc.match_substring_regex(odd, _COMMA)
    if "," not in seen.sure:
        _plain(seen, odd.filter(commas), ",")
    for text in odd.filter(pc.invert(commas)).unique().to_pylist():
        amount = take_apart(text)
        if amount is not None and _note(seen, text, amount) and amount.meanings:
            seen.priced = True
            yield text, amount


def _plain(seen: _Seen, numbers: pa.Array, mark: str) -> None:
    """Record numbers whose only peculiarity is one mark; if it separates thousands, they are formatted."""
    perhaps = pc.match_substring_regex(numbers, _PERHAPS_THOUSANDS.format(mark=re.escape(mark)))
    thousands, sure = numbers.filter(perhaps), numbers.filter(pc.invert(perhaps))
    if len(sure):
        seen.sure.setdefault(mark, sure[0].as_py())
    if len(thousands):
        seen.perhaps.setdefault(mark, thousands[0].as_py())
        seen.formatted.update(other for other in MARKS if other != mark)


def _note(seen: _Seen, text: str, amount: Amount) -> bool:
    """Record a formatted number; return whether it is a number under any mark."""
    values = {mark: value for mark in MARKS if (value := amount.value(mark)) is not None}
    used = {mark for mark in MARKS if mark in amount.body}
    seen.formatted.update(values)
    if len(values) == 1:
        seen.sure.setdefault(min(values), text)
        seen.groups.update(used.difference(values))
    elif len(set(values.values())) == 2:
        seen.perhaps.setdefault(used.pop(), text)
    return bool(values)


def _joined(source: TableSource, one: _Currency | None, other: _Currency) -> _Currency:
    """The currencies that two signs have in common; refused if there is none."""
    if one is None:
        return other
    meanings = one.meanings & other.meanings
    if not meanings:
        raise InputError(
            f"{source.name}: column '{source.theirs(one.column)}' has amounts like '{one.text}', column "
            f"'{source.theirs(other.column)}' amounts like '{other.text}'; sums of two currencies would be wrong; "
            f"convert all amounts of the file to one currency, or split it by currency"
        )
    return replace(one, meanings=meanings, sign=other.sign if other.meanings < one.meanings else one.sign)


def _decimal(source: TableSource, seen: dict[str, _Seen]) -> str:
    sure = {mark: (name, seen[name].sure[mark]) for name in reversed(seen) for mark in seen[name].sure}
    perhaps = {mark: (name, seen[name].perhaps[mark]) for name in reversed(seen) for mark in seen[name].perhaps}
    groups = {mark for column in seen.values() for mark in column.groups}
    remedy = "set generate.files.decimal to the mark that is meant"
    if len(sure) == 2:
        raise _two_marks(source, sure["."], sure[","], "write all numbers of the file with one decimal mark")
    either = {mark: found for mark, found in perhaps.items() if mark not in groups}
    if len(both := either | sure) == 2 and (either.keys() - sure.keys()):
        raise _two_marks(source, both["."], both[","], remedy)
    if either and not sure:
        ((mark, (name, value)),) = either.items()
        raise InputError(
            f"{source.name}, column '{source.theirs(name)}': the {'comma' if mark == ',' else 'point'} of '{value}' "
            f"may be a decimal mark or a thousands separator; {remedy}"
        )
    return "," if "," in sure else "."


def _two_marks(source: TableSource, point: tuple[str, str], comma: tuple[str, str], remedy: str) -> InputError:
    return InputError(
        f"{source.name}: column '{source.theirs(point[0])}' has numbers like '{point[1]}', column "
        f"'{source.theirs(comma[0])}' numbers like '{comma[1]}'; {remedy}"
    )
