"""An order that was just made, or one line of it: a row of transactions with an event id."""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from clv.data.journal_rows import EVENT_ID
from clv.data.schema import TRANSACTIONS, Kind
from clv.data.types import LARGEST_AMOUNT
from clv.serving.refused import wrong

LONGEST_TEXT = 200  # characters
TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII)
TOLERANCE = timedelta(days=1)  # for clocks that differ, and times without a zone
KINDS: dict[str, Kind] = {EVENT_ID: "text", **{column.name: column.kind for column in TRANSACTIONS}}


@dataclass(frozen=True)
class OrderEvent:
    """One validated line of an order or return, which can be written as one line and read again.

    `order_ts` is ISO 8601, in the shop's time zone unless it has one; `amount` is the net amount of the line, negative
    for a return. Lines with the same `order_id` are one order.
    """

    event_id: str
    customer_id: str
    order_ts: str
    amount: float
    order_id: str | None = None
    product_id: str | None = None
    category: str | None = None
    quantity: float | None = None
    unit_price: float | None = None
    discount: float | None = None
    is_eco: bool | None = None
    is_return: bool | None = None
    status: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any], now: datetime) -> "OrderEvent":
        """The event that a client sent at `now`, a time with a zone. Raises `RefusedError`, which names the field."""
        if unknown := sorted(set(map(str, given)) - KINDS.keys()):
            raise wrong(unknown[0], f"is not a field of an event; its fields are {', '.join(KINDS)}", "it")
        values: dict[str, Any] = {name: given.get(name) for name in KINDS}
        for field in fields(cls):
            if field.default is MISSING and values[field.name] is None:
                raise wrong(field.name, "is required", "none")
        for name in [name for name, value in values.items() if value is not None]:
            values[name] = _READ[KINDS[name]](name, values[name])
        when = datetime.fromisoformat(values["order_ts"])
        if (when if when.tzinfo else when.replace(tzinfo=UTC)) > now + TOLERANCE:
            raise wrong("order_ts", f"must not be later than today, {now:%Y-%m-%d}", values["order_ts"])
        return cls(**values)

    @classmethod
    def from_text(cls, text: Mapping[str, str]) -> "OrderEvent":
        """The event that `as_text` wrote."""
        values: dict[str, Any] = {name: _WRITTEN[kind](text[name]) for name, kind in KINDS.items() if text[name]}
        return cls(**values)

    def as_text(self) -> dict[str, str]:
        """Each field as the journal writes it; "" for None."""
        return {name: _written(getattr(self, name)) for name in KINDS}


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT or not value.isprintable():
        raise wrong(name, f"must be text in one line, not blank, of at most {LONGEST_TEXT} characters", value)
    return value.strip()


def _time(name: str, value: object) -> str:
    text = _text(name, value)
    try:
        if not TIME.fullmatch(text):
            raise ValueError
        datetime.fromisoformat(text)
    except ValueError:
        raise wrong(name, "must be an ISO 8601 date or time like 2026-01-31T12:00:00+01:00", text) from None
    return text


def _number(name: str, value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not abs(float(value)) < LARGEST_AMOUNT:  # NaN fails the comparison
        raise wrong(name, f"must be a number between ±{LARGEST_AMOUNT:,.0f}", value)
    return float(value)


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise wrong(name, "must be true or false", value)
    return value


_READ: dict[Kind, Callable[[str, Any], Any]] = {
    "text": _text,
    "time": _time,
    "money": _number,
    "number": _number,
    "flag": _flag,
}
_WRITTEN: dict[Kind, Callable[[str], Any]] = {
    "text": str,
    "time": str,
    "money": float,
    "number": float,
    "flag": "true".__eq__,
}


def _written(value: str | float | bool | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value).lower()
