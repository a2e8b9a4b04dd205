"""Numbers as people and shops write them: with a currency sign, thousands separators, negatives in brackets.

They are read with one decimal mark, point or comma. If the mark is unknown, reading a number with each of them shows
what it may mean.
"""

import re
from dataclasses import dataclass

from clv.data import currencies

MARKS = (".", ",")
_LONGEST = 60  # characters; no amount is longer
# Variants of the blank, the apostrophe and the minus.
_SAME = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u2009\u202f\t", " ") | dict.fromkeys("’ʼ´`", "'") | {"\u2212": "-", "\u2013": "-"}
)
_C = currencies.PATTERN
_FORM = re.compile(
    rf"(?P<first>{_C})? ?(?P<open>\()? ?(?P<sign>[+-])? ?(?P<before>{_C})? ?(?P<late>[+-])? ?"
    rf"(?P<body>[.,]?[0-9](?:[0-9.,' ]*[0-9])?)"
    rf" ?(?P<after>{_C})? ?(?P<tail>-)? ?(?P<last>{_C})? ?(?P<close>\))? ?(?P<end>{_C})?"
)


def _bodies(mark: str) -> re.Pattern[str]:
    """The pattern of digits with a decimal mark, ungrouped, in groups of three or, with a point, as in India."""
    decimal, other = re.escape(mark), "," if mark == "." else "."
    fraction = rf"(?:{decimal}[0-9]+)?"
    grouped = rf"[1-9][0-9]{{0,2}}(?P<group>[{other}' ])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*{fraction}"
    indian = rf"|[1-9][0-9]?(?:,[0-9]{{2}})+,[0-9]{{3}}{fraction}" if mark == "." else ""
    return re.compile(rf"[0-9]+{fraction}|{decimal}[0-9]+|{grouped}{indian}")


_BODIES = {mark: _bodies(mark) for mark in MARKS}


@dataclass(frozen=True)
class Amount:
    """The parts of a written number.

    Attributes
    ----------
    body: digits with their marks. negative: whether it is negative. sign: its most specific currency sign or code, ""
    if it has none. meanings: the currencies that its signs may stand for, none if it has no sign.
    """

    body: str
    negative: bool
    sign: str
    meanings: frozenset[str]

    def value(self, decimal: str) -> float | None:
        """The number when read with a decimal mark, or None if it is not a number then."""
        if _BODIES[decimal].fullmatch(self.body) is None:
            return None
        digits = re.sub(rf"[^0-9{re.escape(decimal)}]", "", self.body).replace(decimal, ".")
        return -float(digits) if self.negative else float(digits)


def take_apart(text: str) -> Amount | None:
    """The parts of a number, or None for other text, such as words, percentages or signs that contradict each other."""
    plain = text.strip().translate(_SAME)
    found = _FORM.fullmatch(plain) if len(plain) <= _LONGEST else None
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    signs = [sign for sign in (found["sign"], found["late"], found["tail"], found["open"]) if sign]
    named = [[found[name] for name in side if found[name]] for side in (("first", "before"), ("after", "last", "end"))]
    if len(signs) > 1 or any(len(names) > 1 for names in named):
        return None
    names = [name for side in named for name in side]
    meanings = frozenset.intersection(*map(currencies.meanings, names)) if names else frozenset()
    if names and not meanings:
        return None
    return Amount(found["body"], signs not in ([], ["+"]), min(names, key=_vagueness, default=""), meanings)


def read_number(text: str, decimal: str) -> float:
    """The number that a text holds when read with a decimal mark; NaN if there is none."""
    amount = take_apart(text)
    value = None if amount is None else amount.value(decimal)
    return float("nan") if value is None else value


def _vagueness(sign: str) -> int:
    return len(currencies.meanings(sign))
