"""What changed since an earlier run: its numbers beside those of now, where the two can be compared."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from clv.errors import InputError

Kind = Literal["count", "money", "share", "ratio", "text"]
SEASON = "season of the days ahead (1 is average)"
MUST_AGREE = {"shop": "shop", "horizon_days": "horizon", "currency": "currency"}

Numbers = Mapping[str, Any]


@dataclass(frozen=True)
class Number:
    """A number that is followed from run to run: what it is, how it is written, and where a summary has it.

    One of `both` is told only where both runs have it.
    """

    what: str
    kind: Kind
    of: Callable[[Numbers], Any]
    both: bool = False


NUMBERS = (
    Number("customers", "count", lambda s: s["customers"]),
    Number("total forecast", "money", lambda s: s["forecast"]["total"]),
    Number(SEASON, "ratio", lambda s: s.get("season_index"), both=True),
    Number("customers expected to buy", "count", lambda s: s["forecast"]["expected_buyers"]),
    Number("segment that brings most", "text", lambda s: (s["top_segment"] or {}).get("name")),
    Number("customers who fell to a lower group", "count", lambda s: (s["at_risk"] or {}).get("customers")),
    Number("marketing budget", "money", lambda s: s["budget"]["total"]),
    Number("additional margin expected of the budget", "money", lambda s: s["budget"]["expected_margin"]),
    Number("total of the last test window, off by", "share", lambda s: s["trust"]["bias"]),
    Number("customers inside their 95% interval", "share", lambda s: s["trust"]["coverage_95"]),
    Number("checks that fail", "count", lambda s: len(s["trust"]["failed"])),
)


def changes(now: Numbers, then: Numbers, named: str) -> dict[str, Any]:
    """Rows (what, kind, then, now, change) of what the summaries have, or `why` there are none; and `then`, the day.

    `named` is where `then` was read from; {} means none. change is relative for counts, money and ratios, None from
    0 or less; the difference for shares; None for text. Raises `InputError` if `then` is no summary.
    """
    if then == {}:
        return {"then": None, "why": "no earlier run was kept", "rows": []}
    try:
        _require_numbers(then)
        why = _why_not(now, then)
        told = [] if why else [_row(number, then, now) for number in NUMBERS if _is_told(number, then, now)]
        return {"then": then["as_of"], "why": why, "rows": told}
    except (AttributeError, KeyError, TypeError, ValueError):
        raise InputError(
            f"report.previous must be reports/metrics/summary.json of an earlier run, and {named} is not, or is that "
            "of another version; name such a file, or write one with `make keep`"
        ) from None


def _require_numbers(then: Numbers) -> None:
    """Raise `ValueError` where what is followed is there and is no number, or no text, or the day is none."""
    date.fromisoformat(then["as_of"])
    for number in NUMBERS:
        value = number.of(then)
        right = isinstance(value, str) if number.kind == "text" else _is_number(value)
        if value is not None and not right:
            raise ValueError(number.what)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _why_not(now: Numbers, then: Numbers) -> str:
    """Why the two cannot be compared; empty if they can."""
    for name, title in MUST_AGREE.items():
        if now[name] != then[name]:
            between = "" if name == "shop" else f" ({then[name]}, now {now[name]})"
            return f"the run that was kept is of another {title}{between}"
    if then["as_of"] > now["as_of"]:
        return f"the run that was kept is of a later day ({then['as_of']}, now {now['as_of']})"
    return ""


def _is_told(number: Number, then: Numbers, now: Numbers) -> bool:
    known = [number.of(run) is not None for run in (then, now)]
    return all(known) if number.both else any(known)


def _row(number: Number, then: Numbers, now: Numbers) -> dict[str, Any]:
    before, after = number.of(then), number.of(now)
    return {
        "what": number.what,
        "kind": number.kind,
        "then": before,
        "now": after,
        "change": _change(number.kind, before, after),
    }


def _change(kind: Kind, before: Any, after: Any) -> float | None:
    if kind == "text" or before is None or after is None:
        return None
    if kind == "share":
        return float(after - before)
    return float(after / before - 1) if before > 0 else None
