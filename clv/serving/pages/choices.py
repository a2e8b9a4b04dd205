"""The form that selects customers: what was typed, the selection it means, and its errors."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clv.errors import shown
from clv.serving.customer_table import CustomerTable
from clv.serving.refused import RefusedError
from clv.serving.selection import Selection

DECIMAL_COMMA = re.compile(r"[+-]?\d*(?:\.\d{3})*,\d{1,2}")
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
FLAGS = {"yes": True, "true": True, "no": False, "false": False}
FIELDS = ("tier", "segment", "cluster", "elite", "top_pct", "sort")
SORT_TITLES = {
    "-predicted_clv": "highest forecast first",
    "predicted_clv": "lowest forecast first",
    "-residual_value": "most to come of all time",
    "-churn_risk": "most likely not to buy",
    "-p_alive": "most likely still active",
    "-expected_orders": "most orders expected",
    "-frequency": "most orders so far",
    "recency_days": "bought most recently",
    "-recency_days": "longest not bought",
    "-monetary_value": "highest spend per order",
    "-tenure_days": "oldest customers",
    "tenure_days": "newest customers",
}


@dataclass(frozen=True)
class Choice:
    """The input of the form: as typed, as a selection if it is valid, and errors by field."""

    typed: Mapping[str, str]
    selection: Selection | None
    errors: Mapping[str, str]


def choice_of(query: Mapping[str, str]) -> Choice:
    """Read the form from the query parameters of an address; of repeated names the last one counts."""
    typed = {name: query.get(name, "").strip() for name in FIELDS}
    errors: dict[str, str] = {}
    given: dict[str, Any] = {}
    for name, text in typed.items():
        if not text:
            continue
        try:
            given[name] = _READ[name](text) if name in _READ else text
        except ValueError:
            errors[name] = not_expected(name, text)
    if not errors:
        try:
            return Choice(typed, Selection(**given), {})
        except RefusedError as error:
            name = error.field or "sort"
            errors[name] = not_expected(name, typed[name]) if name in _EXPECTED else str(error)
    return Choice(typed, None, errors)


def not_expected(name: str, text: str) -> str:
    """What a field of the form expects, as an error about what was typed."""
    return f"{_EXPECTED[name]}, not {shown(text)}"


def options(customers: CustomerTable, choice: str, all_of_them: str) -> list[tuple[str, str]]:
    """The options of a group, starting with all of them: (value, text)."""
    return [("", all_of_them), *((str(value), str(value)) for value in customers.groups(choice))]


def percent(text: str) -> float:
    """A percentage as people type it: 5, 5%, 2.5 or 2,5. Raises `ValueError` if it is not a number."""
    return typed_number(text.removesuffix("%"))


def typed_number(text: str) -> float:
    """A number as people type it: 1234.5, 1,234.5, 1 234,5 or 2,5. Raises `ValueError` if it is not a number."""
    plain = "".join(text.split())
    if DECIMAL_COMMA.fullmatch(plain):
        return float(plain.replace(".", "").replace(",", "."))
    if "," in plain and not GROUPED.fullmatch(plain):
        raise ValueError(text)
    return float(plain.replace(",", ""))


def flag(text: str) -> bool:
    """Yes or no, as forms and the API write them. Raises `ValueError` for anything else."""
    if text.lower() not in FLAGS:
        raise ValueError(text)
    return FLAGS[text.lower()]


def in_words(choice: Choice) -> str:
    """The selection in words, for a caption."""
    typed = choice.typed
    parts = [
        f"best {typed['top_pct'].removesuffix('%').strip()}% of all customers by forecast" if typed["top_pct"] else "",
        f"tier {typed['tier']}" if typed["tier"] else "",
        f"segment {typed['segment']}" if typed["segment"] else "",
        f"cluster {typed['cluster']}" if typed["cluster"] else "",
        {"": "", "yes": "Elite", "no": "not Elite"}.get(typed["elite"], typed["elite"]),
    ]
    return ", ".join(filter(None, parts)) or "all customers"


def sorts() -> Sequence[tuple[str, str]]:
    """The orders that the form offers: (value, text)."""
    return list(SORT_TITLES.items())


_READ: dict[str, Callable[[str], Any]] = {"cluster": int, "elite": flag, "top_pct": percent}
_EXPECTED = {
    "cluster": "a cluster is a whole number",
    "elite": "elite is yes or no",
    "top_pct": "give a percentage above 0, 100 at most, such as 5",
}
