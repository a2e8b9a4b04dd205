"""New orders: the forecast equals that of a batch that had them, and orders after its date do not change it."""

import random
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clv import paths
from clv.data.params import PreprocessParams
from clv.door import raw_history
from clv.door.raw_history import Given
from clv.features.shop import Shop
from clv.machine import Machine
from clv.models.forecaster import Forecaster
from clv.params import Params
from clv.serving.aggregates import Aggregates, estimate
from clv.serving.order_event import OrderEvent
from clv.serving.provisional import WithEvents, after_events
from clv.serving.raw_rows import RawRows

NOW = datetime(2030, 1, 1, tzinfo=UTC)
CUSTOMER = "customer_id"


@dataclass(frozen=True)
class Served:
    """A small run: its model, its raw rows, and the forecasts of the batch."""

    model: Forecaster
    shop: Shop
    params: PreprocessParams
    rows: RawRows
    lines: pd.DataFrame
    batch: pd.DataFrame

    def after(self, events: list[OrderEvent], history: Mapping[str, pd.DataFrame]) -> WithEvents:
        return after_events(self.model, self.shop, self.params, history, events)

    def day(self, later: int) -> str:
        return (self.model.btyd.cutoff + timedelta(days=later)).isoformat()


@pytest.fixture(scope="module")
def served(release_root: Path, tmp_path_factory: pytest.TempPathFactory, project_params: Params) -> Served:
    release = tmp_path_factory.mktemp("release")
    shutil.copytree(release_root / paths.RAW, release / paths.RAW)
    return Served(
        Forecaster.load(release_root / paths.TODAY_MODEL, Machine(1)),
        Shop.load(release_root / paths.TODAY_MODEL),
        project_params.preprocess,
        RawRows.open(release, project_params.preprocess),
        pd.read_parquet(release_root / paths.raw("transactions")),
        pd.read_parquet(release_root / paths.CUSTOMER_VALUES).set_index(CUSTOMER),
    )


@pytest.fixture(scope="module")
def customers(served: Served) -> list[str]:
    """Some customers who bought at least twice; some of them returned something."""
    orders = served.lines[served.lines["amount"] > 0].groupby(CUSTOMER)["order_id"].nunique()
    returned = served.lines.loc[served.lines["amount"] < 0, CUSTOMER].unique()
    known = [name for name in orders[orders > 1].index if name in served.batch.index]
    return [*known[:3], *[name for name in known if name in returned][:3]]


def events_of(lines: pd.DataFrame) -> list[OrderEvent]:
    """Lines of raw transactions as a shop would send them."""
    given = lines.assign(
        order_ts=lines["order_ts"].dt.strftime("%Y-%m-%dT%H:%M:%S"), event_id=lines.index.astype("str")
    )
    rows = given.astype("object").where(given.notna(), None).to_dict("records")
    return [OrderEvent.of({str(name): value for name, value in row.items()}, NOW) for row in rows]


def bought(name: str, customer: str, when: str, **more: Any) -> OrderEvent:
    given = {"event_id": name, "customer_id": customer, "order_ts": when, "amount": 40.0, "order_id": f"o-{name}"}
    return OrderEvent.of(given | {"product_id": "p1"} | more, NOW)


def without_orders(served: Served, customer: str, orders: int) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """A customer's rows without the newest orders, and the lines of these orders."""
    lines = served.lines[served.lines[CUSTOMER] == customer]
    newest = lines["order_id"].drop_duplicates(keep="last").tail(orders)
    history = served.rows.of(customer)
    rows = history["transactions"]
    return history | {"transactions": rows[~rows["order_id"].isin(newest)]}, lines[lines["order_id"].isin(newest)]


def test_a_forecast_with_events_is_that_of_the_batch_which_had_their_rows(served: Served, customers: list[str]) -> None:
    rng = random.Random(1)
    for customer in customers:
        for orders in (1, 1000):
            history, lines = without_orders(served, customer, orders)
            events = events_of(lines)
            rng.shuffle(events)
            found = served.after(events, history)
            assert found.forecast is not None
            batch = served.batch.loc[customer, [name for name in found.forecast if name != CUSTOMER]]
            assert found.forecast == {CUSTOMER: customer} | batch.astype("object").where(batch.notna(), None).to_dict()
            assert found.provisional is None


def test_orders_that_the_release_has_count_once(served: Served, customers: list[str]) -> None:
    for customer in customers:
        _, lines = without_orders(served, customer, 2)
        events = events_of(lines)
        found = served.after(events, served.rows.of(customer))
        assert (found.forecast, found.provisional) == (None, None)
        assert found.set_aside == [{"event_id": event.event_id, "rule": "known_order"} for event in events]


def test_a_later_event_leaves_the_forecast_alone(served: Served, customers: list[str]) -> None:
    for customer in customers[-3:]:
        history, lines = without_orders(served, customer, 1)
        late = bought("late", customer, served.day(9), order_id=lines["order_id"].iloc[0], status="cancelled")
        late_too = bought("late too", customer, served.day(11))
        alone = served.after([late, late_too], history)
        assert alone.forecast is None
        both = served.after([*events_of(lines), late, late_too], history)
        assert both.forecast == served.after(events_of(lines), history).forecast


def test_a_provisional_estimate_is_that_of_the_aggregates_on_its_day(served: Served, customers: list[str]) -> None:
    for customer in customers:
        history = served.rows.of(customer)
        cleaned = raw_history.clean(served.model, served.shop, Given(history), served.params)["transactions"].clean
        purchases = cleaned[cleaned["amount_minor"] > 0]
        days = purchases["order_ts"].dt.date
        events = [bought("a", customer, served.day(5)), bought("b", customer, f"{served.day(5)}T23:59:59")]
        events.append(bought("c", customer, served.day(30), amount=7.5))
        as_of = served.model.btyd.cutoff + timedelta(days=30)
        given = Aggregates(
            days.nunique() + 2,
            round(purchases["amount_minor"].sum() / 100 + 87.5, 2),
            (as_of - days.min()).days,
            0,
        )
        moved = replace(served.model, btyd=replace(served.model.btyd, cutoff=as_of))
        found = served.after(events, history).provisional
        assert found == {"provisional": True, "as_of": served.day(30)} | estimate(moved, given)
        assert found == served.after(events[::-1], history).provisional


def test_frozen_parameters_and_a_silence_lower_it(served: Served, customers: list[str]) -> None:
    soon, late = (
        served.after([bought("a", customers[0], served.day(1)), back], served.rows.of(customers[0])).provisional
        for back in (
            bought("r", customers[0], served.day(2), amount=-1.0, order_id="o-a"),
            bought("r", customers[0], served.day(400), amount=-1.0, order_id="o-a"),
        )
    )
    assert soon is not None
    assert late is not None
    assert late["as_of"] == served.day(400)
    assert late["estimated_p_alive"] < soon["estimated_p_alive"]


def test_customers_whom_the_release_does_not_know(served: Served) -> None:
    history = served.rows.of("nobody")
    assert all(rows.empty for rows in history.values())
    early = [bought("a", "nobody", served.day(-40)), bought("b", "nobody", served.day(0), amount=15.25)]
    found = served.after(early, history)
    table = pd.DataFrame([vars(event) for event in early]).drop(columns="event_id")
    wanted = raw_history.predict(served.model, served.shop, Given(history | {"transactions": table}), served.params)
    assert found.forecast == wanted.astype("object").where(wanted.notna(), None).to_dict("records")[0]
    late = served.after([bought("c", "nobody", served.day(3))], history)
    assert late.forecast is None
    assert late.provisional is not None
    assert late.provisional["as_of"] == served.day(3)


def test_what_does_not_count_is_named_with_its_rule(served: Served) -> None:
    def rules(*events: OrderEvent) -> dict[str, str]:
        found = served.after(list(events), served.rows.of("nobody"))
        return {row["event_id"]: row["rule"] for row in found.set_aside}

    for when in (served.day(-1), served.day(1)):
        good = bought("good", "nobody", when)
        assert rules(good, replace(good, event_id="twice")) == {"twice": "duplicate_line"}
        back = bought("back", "nobody", when, amount=-5.0)
        nothing = bought("nothing", "nobody", when, amount=0.001)
        cancelled = bought("cancelled", "nobody", when, status="cancelled")
        assert rules(back, nothing, cancelled) == {
            "back": "return_without_purchase",
            "nothing": "zero_amount",
            "cancelled": "not_a_sale",
        }
    found = served.after([bought("back", "nobody", served.day(-1), amount=-5.0)], served.rows.of("nobody"))
    assert (found.forecast, found.provisional) == (None, None)
    old = bought("old", "nobody", "1989-12-31")
    assert rules(old) == {"old": "before_1990"}
    nowhen = bought("nowhen", "nobody", "0001-01-01T00:00:00+14:00")  # year 0 in the shop's time zone
    assert rules(nowhen) == {"nowhen": "unparseable_date"}
    assert rules(nowhen, bought("late", "nobody", served.day(1))) == {"nowhen": "unparseable_date"}
