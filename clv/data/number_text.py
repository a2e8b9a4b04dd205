"""Numbers as people and shops write them: with a sign of currency, thousands separators, negatives in brackets.

They are read under one decimal mark, point or comma. What a number without that knowledge may mean is found by reading
it under either.
"""

import re
from dataclasses import dataclass

from clv.data import currencies

MARKS = (".", ",")
_LONGEST = 60  # characters; no amount is longer
# What programs write for a blank, an apostrophe and a minus.
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
    """Digits with the decimal mark given, in groups of three if at all; or grouped as in India, beside a point."""
    decimal, other = re.escape(mark), "," if mark == "." else "."
    fraction = rf"(?:{decimal}[0-9]+)?"
    grouped = rf"[1-9][0-9]{{0,2}}(?P<group>[{other}' ])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*{fraction}"
    indian = rf"|[1-9][0-9]?(?:,[0-9]{{2}})+,[0-9]{{3}}{fraction}" if mark == "." else ""
    return re.compile(rf"[0-9]+{fraction}|{decimal}[0-9]+|{grouped}{indian}")


_BODIES = {mark: _bodies(mark) for mark in MARKS}


@dataclass(frozen=True)
class Amount:
    """A number as it is written: digits with their marks, whether it is negative, and the currencies that its sign may
    mean, none where it has no sign."""

    body: str
    negative: bool
    sign: str
    meanings: frozenset[str]

    def value(self, decimal: str) -> float | None:
        """The number under a decimal mark, or None where it is none."""
        if _BODIES[decimal].fullmatch(self.body) is None:
            return None
        digits = re.sub(rf"[^0-9{re.escape(decimal)}]", "", self.body).replace(decimal, ".")
        return -float(digits) if self.negative else float(digits)


def take_apart(text: str) -> Amount | None:
    """The parts of a number, or None for other text: words, percentages, two signs that contradict each other."""
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
    """The number that a text writes under a decimal mark; NaN where it is none."""
    amount = take_apart(text)
    value = None if amount is None else amount.value(decimal)
    return float("nan") if value is None else value


def _vagueness(sign: str) -> int:
    return len(currencies.meanings(sign))
