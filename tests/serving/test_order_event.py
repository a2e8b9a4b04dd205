"""Order events as clients send them: what is refused, with the field; and the text form keeps all of an event."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from clv.data.types import as_time
from clv.serving.order_event import OrderEvent
from clv.serving.refused import RefusedError

NOW = datetime(2026, 2, 3, 12, tzinfo=UTC)
GIVEN = {"event_id": "e1", "customer_id": "c1", "order_ts": "2026-02-03T10:00:00+01:00", "amount": 9.99}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("event_id", None),
        ("event_id", " "),
        ("event_id", "e\n1"),
        ("customer_id", 7),
        ("customer_id", {"id": "c1"}),
        ("customer_id", "c" * 201),
        ("customer_id", "\ud800"),
        ("order_ts", "soon"),
        ("order_ts", "2026-02-30"),
        ("order_ts", 1770000000),
        ("order_ts", "2026-W05-1"),
        ("order_ts", "20260203"),
        ("order_ts", "0000-01-01"),
        ("order_ts", "2026-02-04T13:00:00Z"),
        ("amount", None),
        ("amount", float("nan")),
        ("amount", float("inf")),
        ("amount", "9.99"),
        ("amount", True),
        ("amount", 1e10),
        ("quantity", "two"),
        ("is_return", "yes"),
        ("amonut", 9.99),
    ],
)
def test_what_is_no_event_is_refused_with_the_field(field: str, value: object) -> None:
    with pytest.raises(RefusedError, match=field) as refused:
        OrderEvent.of(GIVEN | {field: value}, NOW)
    assert refused.value.field == field


@pytest.mark.parametrize("when", ["2026-02-04T11:59:00Z", "2026-02-04T12:59:00+01:00", "2026-02-04", "1994-05-06"])
def test_a_day_of_tolerance_for_clocks_and_zones(when: str) -> None:
    assert OrderEvent.of(GIVEN | {"order_ts": when}, NOW).order_ts == when
    with pytest.raises(RefusedError, match="must not be later than today"):
        OrderEvent.of(GIVEN | {"order_ts": "2026-02-03T11:00:01Z"}, NOW - timedelta(days=1, hours=1))


@pytest.mark.parametrize("time", ["", "T10:01", " 10:01:02", "T10:01:02.5", "T10:01:02.123456"])
@pytest.mark.parametrize("zone", ["", "Z", "+05:30", "-11:00"])
def test_cleaning_reads_every_time_that_is_taken(time: str, zone: str) -> None:
    text = f"2026-02-01{time}{zone if time else ''}"
    taken = datetime.fromisoformat(OrderEvent.of(GIVEN | {"order_ts": text}, NOW).order_ts)
    read = as_time(pd.Series([text]), "UTC").iloc[0]
    assert read.to_pydatetime() == (taken.astimezone(UTC) if taken.tzinfo else taken).replace(tzinfo=None)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"amount": -0.1, "is_return": True, "is_eco": False},
        {"order_id": 'a,"b"', "product_id": "é ", "quantity": 3, "unit_price": 1 / 3, "discount": 0, "status": "paid"},
    ],
)
def test_text_holds_all_of_an_event(more: dict[str, Any]) -> None:
    event = OrderEvent.of(GIVEN | more, NOW)
    assert OrderEvent.from_text(event.as_text()) == event
