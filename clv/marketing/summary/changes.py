"""What changed since an earlier run: its numbers beside those of the current run, where the two can be compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from clv.errors import InputError
from clv.shape import Maybe, misfit

Kind = Literal["count", "money", "share", "ratio", "text"]
SEASON = "season of the days ahead (1 is average)"
COMPARED = {  # the parts of an earlier summary that are used; only the season may be absent
    "shop": str,
    "as_of": date,
    "horizon_days": int,
    "currency": str,
    "customers": int,
    "forecast": {"total": Maybe(float), "expected_buyers": Maybe(float)},
    "top_segment": Maybe({"name": str}),
    "at_risk": Maybe({"customers": Maybe(int)}),
    "budget": {"total": float, "expected_margin": Maybe(float)},
    "trust": {"bias": Maybe(float), "coverage_95": Maybe(float), "failed": [object]},
}
MUST_AGREE = {"shop": "shop", "horizon_days": "horizon", "currency": "currency"}

Numbers = Mapping[str, Any]


@dataclass(frozen=True)
class Number:
    """A number that is followed from run to run: its description, its format, and how to get it from a summary.

    With `both`, it is shown only where both runs have it.
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
    Number("segment with most of the forecast", "text", lambda s: (s["top_segment"] or {}).get("name")),
    Number("customers who fell to a lower group", "count", lambda s: (s["at_risk"] or {}).get("customers")),
    Number("marketing budget", "money", lambda s: s["budget"]["total"]),
    Number("additional margin expected of the budget", "money", lambda s: s["budget"]["expected_margin"]),
    Number("total of the last test window, off by", "share", lambda s: s["trust"]["bias"]),
    Number("customers inside their 95% interval", "share", lambda s: s["trust"]["coverage_95"]),
    Number("checks that fail", "count", lambda s: len(s["trust"]["failed"])),
)


def changes(now: Numbers, then: Numbers, named: str) -> dict[str, Any]:
    """Rows (what, kind, then, now, change) of the summaries' numbers, or `why` there are none; and `then`, the day.

    `named` is where `then` was read from; a `then` of {} means that no run was kept. change is relative for counts,
    money and ratios, None from 0 or less; the difference for shares; None for text. Raises `InputError` if `then` is no
    summary.
    """
    if then == {}:
        return {"then": None, "why": "no earlier run was kept (`make keep` keeps this one)", "rows": []}
    wrong = misfit(then, COMPARED) or misfit(then.get("season_index"), Maybe(float), "season_index")
    if wrong:
        raise InputError(
            f"report.previous must be reports/metrics/summary.json of an earlier run, and {named} is not, or is "
            f"that of another version: it {wrong}; name such a file, or write one with `make keep`"
        )
    why = _why_not(now, then, named)
    told = [] if why else [_row(number, then, now) for number in NUMBERS if _is_told(number, then, now)]
    return {"then": then["as_of"], "why": why, "rows": told}


def _why_not(now: Numbers, then: Numbers, named: str) -> str:
    """Why the two cannot be compared; empty if they can."""
    for name, title in MUST_AGREE.items():
        if now[name] != then[name]:
            between = "" if name == "shop" else f" ({then[name]}, now {now[name]})"
            return f"the run in {named} is of another {title}{between}; `make keep` replaces it with this one"
    if then["as_of"] > now["as_of"]:
        return f"the run in {named} is of a later day ({then['as_of']}, now {now['as_of']})"
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
