"""The synthetic shops have the columns of the schema, and behave as their parameters promise."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv.data.schema import TABLES, names
from clv.data.world.params import ClosureParams, ShopParams, SyntheticParams
from clv.data.world.shop_calendar import make_calendar, season
from clv.data.world.worlds import World, make_world
from clv.errors import InputError

EVENTS = {f"transactions.{name}" for name in names(TABLES["transactions"])}
PRICES = {"transactions.amount", "transactions.unit_price", "transactions.discount"}
REACTIONS = {"touches.opened", "touches.clicked"}
TOUCHES = {f"touches.{name}" for name in names(TABLES["touches"])}
EXPECTED = {"truth.expected_2024-08-02", "truth.expected_2024-11-30"}
EXPERIMENT = {f"experiments.{name}" for name in names(TABLES["experiments"])} | {"truth.experiment_cost"}
EFFECT = {"truth.treatment_effect"}
LIFETIME = {"truth.dropouts_per_year", "truth.active_days"}
CHANNEL = {"customers.channel", "customers.campaign", "customers.acquisition_cost"}

# For each parameter: another value, and every column that it may change. All others must stay, byte for byte.
KNOBS: dict[str, tuple[Any, set[str]]] = {
    "orders_per_year": (7.0, EVENTS | EXPECTED | EFFECT | {"truth.orders_per_year"}),
    "rate_shape": (2.0, EVENTS | EXPECTED | EFFECT | {"truth.orders_per_year", "truth.order_value"}),
    "regularity": (3.0, EVENTS | EXPECTED | EFFECT | {"truth.regularity"}),
    "lifetime_days": (200, EVENTS | REACTIONS | EXPECTED | EFFECT | LIFETIME),
    "lifetime_shape": (3.0, EVENTS | REACTIONS | EXPECTED | EFFECT | LIFETIME),
    "order_value": (80.0, PRICES | EXPECTED | EFFECT | {"truth.order_value"}),
    "value_sigma": (1.0, PRICES | EXPECTED | EFFECT | {"truth.order_value"}),
    "value_rate_correlation": (-0.5, PRICES | EXPECTED | EFFECT | {"truth.order_value"}),
    "seasonality": (0.7, EVENTS | EXPECTED | EFFECT),
    "weekend_factor": (2.0, EVENTS | EXPECTED | EFFECT),
    "holiday_factor": (5.0, EVENTS | EXPECTED | EFFECT),
    "promotions_per_year": (20.0, EVENTS | EXPECTED | EFFECT),
    "promotion_factor": (3.0, EVENTS | EXPECTED | EFFECT),
    "price_growth_per_year": (0.2, PRICES | EXPECTED | EFFECT),
    "channel_drift": (1.0, EVENTS | REACTIONS | EXPECTED | EFFECT | CHANNEL | {"truth.orders_per_year"} | LIFETIME),
    "return_share": (0.5, EVENTS | EXPECTED | EFFECT),
    "discount_share": (0.6, {"transactions.amount", "transactions.discount"} | EXPECTED | EFFECT),
    "eco_share": (0.5, PRICES | {"transactions.is_eco", "truth.eco_taste", "truth.order_value"} | EXPECTED | EFFECT),
    "emails_per_year": (5.0, TOUCHES),
    "ads_per_year": (1.0, TOUCHES),
    "experiment_share": (0.9, EVENTS | EXPERIMENT | EXPECTED | EFFECT),
    "experiment_start": (date(2024, 1, 1), EVENTS | EXPERIMENT | EXPECTED | EFFECT),
    "experiment_days": (20, EVENTS | EXPECTED | EFFECT),
    "experiment_lift": (3.0, EVENTS | EXPECTED | EFFECT),
}


def make(params: SyntheticParams, **knobs: Any) -> World:
    return make_world(replace(params, default=replace(params.default, **knobs)), seed=1, horizon_days=120)


def columns(world: World) -> dict[str, pd.Series]:
    tables = world.tables | {"truth": world.truth}
    return {f"{table}.{name}": frame[name] for table, frame in tables.items() for name in frame.columns}


@pytest.fixture(scope="module")
def world(small_world: SyntheticParams) -> World:
    return make(small_world)


@pytest.mark.parametrize("name", ["default", "cdnow_like", "drift", "closure", "boom"])
def test_columns_are_those_of_the_schema(small_world: SyntheticParams, name: str) -> None:
    made = make_world(replace(small_world, world=name), seed=1, horizon_days=120)
    for table, frame in made.tables.items():
        allowed = names(TABLES[table])
        assert list(frame.columns) == [column for column in allowed if column in frame.columns]
        assert {column.name for column in TABLES[table] if column.required} <= set(frame.columns)
    if name != "cdnow_like":
        assert {table: list(frame.columns) for table, frame in made.tables.items()} == {
            table: [name for name in names(rows) if name != "status"] for table, rows in TABLES.items()
        }, "the shop has every column, but no order of it was cancelled"
    assert made.truth["customer_id"].is_unique
    assert set(made.tables["transactions"]["customer_id"]) == set(made.truth["customer_id"])


def test_the_same_seed_gives_the_same_shop(small_world: SyntheticParams, world: World) -> None:
    again = make(small_world)
    for name, column in columns(world).items():
        pd.testing.assert_series_equal(column, columns(again)[name])
    other = make_world(small_world, seed=2, horizon_days=120)
    assert not other.tables["transactions"].equals(world.tables["transactions"])


def test_every_knob_is_tried() -> None:
    size = {"n_customers", "start", "n_days"}
    assert set(KNOBS) == {field.name for field in fields(ShopParams)} - size


@pytest.mark.parametrize("knob", KNOBS)
def test_a_knob_turns_what_it_should_and_nothing_else(small_world: SyntheticParams, world: World, knob: str) -> None:
    value, allowed = KNOBS[knob]
    before, after = columns(world), columns(make(small_world, **{knob: value}))
    changed = {name for name in before if not before[name].equals(after[name])}
    assert changed, "the knob does nothing"
    assert changed <= allowed, f"also turned: {sorted(changed - allowed)}"


def test_more_returns_leave_the_purchases_alone(small_world: SyntheticParams, world: World) -> None:
    other = make(small_world, return_share=0.5)
    sold, before = (w.tables["transactions"].query("amount > 0").reset_index(drop=True) for w in (other, world))
    pd.testing.assert_frame_equal(sold, before)


def test_fewer_mails_leave_the_ads_alone(small_world: SyntheticParams, world: World) -> None:
    other = make(small_world, emails_per_year=2.0)
    ads, before = (w.tables["touches"].query("kind == 'ad'").reset_index(drop=True) for w in (other, world))
    pd.testing.assert_frame_equal(ads, before)


def test_everyone_buys_within_the_history(small_world: SyntheticParams, world: World) -> None:
    lines = world.tables["transactions"]
    assert set(lines["customer_id"]) == set(world.tables["customers"]["customer_id"])
    start = pd.Timestamp(small_world.default.start)
    assert lines["order_ts"].min() >= start
    assert lines["order_ts"].max() < start + pd.Timedelta(days=small_world.default.n_days)
    for table, time in (("transactions", "order_ts"), ("touches", "touch_ts")):
        assert world.tables[table][time].is_monotonic_increasing


def test_amounts_add_up(world: World) -> None:
    lines = world.tables["transactions"]
    np.testing.assert_allclose(lines["amount"], lines["quantity"] * lines["unit_price"] - lines["discount"], atol=0.006)
    sold, returned = lines[lines["amount"] > 0], lines[lines["amount"] < 0]
    assert (returned["is_return"]).all()
    assert not sold["is_return"].any()
    assert 0.03 < len(returned) / len(sold) < 0.09
    key = ["customer_id", "order_id", "product_id", "unit_price"]
    pairs = returned.merge(sold, on=key, suffixes=("", "_sold"))
    assert len(pairs.drop_duplicates([*key, "amount"])) == len(returned.drop_duplicates([*key, "amount"]))
    delay = (pairs["order_ts"] - pairs["order_ts_sold"]).dt.total_seconds() / 86_400
    assert delay.between(1.9, 45.1).all()


def test_nothing_happens_if_so_asked(small_world: SyntheticParams) -> None:
    off = ("return_share", "discount_share", "emails_per_year", "ads_per_year", "eco_share", "experiment_share")
    quiet = make(small_world, **dict.fromkeys(off, 0.0))
    lines = quiet.tables["transactions"]
    assert (lines["amount"] > 0).all()
    assert (lines["discount"] == 0).all()
    assert not lines["is_eco"].any()
    assert quiet.tables["touches"].empty
    assert quiet.tables["experiments"].empty
    assert quiet.truth["treatment_effect"].isna().all()


def test_an_experiment_may_outlast_the_history(small_world: SyntheticParams) -> None:
    assert make(small_world, experiment_days=500).truth["treatment_effect"].notna().any()


def test_the_season_averages_to_one(small_world: SyntheticParams) -> None:
    shop = small_world.default
    days = np.arange(0, 4 * 365.25, 0.25)
    assert season(days, shop).mean() == pytest.approx(1, abs=1e-3)
    december = (pd.Timestamp("2023-12-06") - pd.Timestamp(shop.start)).days
    assert season(np.array([december]), shop)[0] == pytest.approx(1 + shop.seasonality, abs=1e-3)


def test_the_calendar_knows_weekends_sales_and_promotions(small_world: SyntheticParams) -> None:
    quiet = replace(small_world.default, seasonality=0, promotions_per_year=0, holiday_factor=3, weekend_factor=2)
    rate = pd.Series(make_calendar(quiet, 1, 700).rates[0], pd.date_range(quiet.start, periods=700))
    assert rate["2023-06-10"] / rate["2023-06-09"] == pytest.approx(2), "Saturday over Friday"
    assert rate["2023-11-24"] / rate["2023-11-17"] == pytest.approx(3), "Black Friday over the Friday before"
    assert rate["2024-11-29"] / rate["2024-11-15"] == pytest.approx(3), "in a year whose November begins on a Friday"
    assert rate["2023-12-14"] / rate["2023-12-07"] == pytest.approx(3), "sales before Christmas"
    assert rate.mean() == pytest.approx(1)
    promoted = make_calendar(replace(quiet, promotions_per_year=10, promotion_factor=4), 1, 700)
    plain = make_calendar(replace(quiet, promotions_per_year=10, promotion_factor=1), 1, 700)
    ratio = promoted.rates[0] / plain.rates[0]
    assert set(np.round(ratio / ratio.min(), 9)) == {1, 4}
    assert promoted.discount[ratio > 2 * ratio.min()] == pytest.approx(3 * quiet.discount_share)
    longer = make_calendar(quiet, 1, 900)
    np.testing.assert_array_equal(longer.rates[:, :700], make_calendar(quiet, 1, 700).rates)


def test_regular_customers_order_at_regular_times(small_world: SyntheticParams) -> None:
    spread = {}
    for regularity in (1.0, 4.0):
        flat = {"seasonality": 0.0, "weekend_factor": 1.0, "holiday_factor": 1.0, "promotions_per_year": 0.0}
        lines = make(small_world, regularity=regularity, orders_per_year=20.0, **flat).tables["transactions"]
        orders = lines[~lines["is_return"]].drop_duplicates("order_id")
        gaps = orders.groupby("customer_id")["order_ts"].diff().dt.total_seconds().div(86_400)
        by_customer = gaps.groupby(orders["customer_id"]).agg(["mean", "std", "size"]).query("size >= 15")
        assert len(by_customer) > 100
        spread[regularity] = (by_customer["std"] / by_customer["mean"]).median()
    # The coefficient of variation of Erlang-k gaps is 1 / sqrt(k).
    assert spread[1.0] == pytest.approx(1, abs=0.12)
    assert spread[4.0] == pytest.approx(0.5, abs=0.08)


def test_frequent_customers_spend_more_per_line(small_world: SyntheticParams) -> None:
    sold = make(small_world, n_customers=6000, value_rate_correlation=0.9).tables["transactions"].query("amount > 0")
    by_customer = sold.groupby("customer_id").agg(n=("order_id", "nunique"), price=("unit_price", "median"))
    assert by_customer["n"].corr(by_customer["price"], method="spearman") > 0.3


def test_the_mix_of_channels_drifts(small_world: SyntheticParams) -> None:
    shares = {}
    for drift in (0.0, 1.0):
        channel = make(small_world, n_customers=6000, channel_drift=drift).tables["customers"]["channel"]
        shares[drift] = [(part == "social").mean() for part in (channel[:2000], channel[-2000:])]
    assert abs(shares[0.0][1] - shares[0.0][0]) < 0.04
    assert shares[1.0][1] - shares[1.0][0] > 0.1


def test_drift_raises_the_spend_from_its_date_on(small_world: SyntheticParams, world: World) -> None:
    drifted = make_world(replace(small_world, world="drift"), seed=1, horizon_days=120)
    lines, before = drifted.tables["transactions"], world.tables["transactions"]
    pd.testing.assert_series_equal(lines["order_ts"], before["order_ts"])
    sold = ~lines["is_return"]
    later = lines["order_ts"] >= pd.Timestamp(small_world.drift.date)
    pd.testing.assert_frame_equal(lines[sold & ~later], before[sold & ~later])
    ratio = lines.loc[sold & later, "unit_price"] / before.loc[sold & later, "unit_price"]
    assert ratio.median() == pytest.approx(small_world.drift.factor, abs=1e-3)


def test_nobody_orders_or_comes_while_the_shop_is_closed(small_world: SyntheticParams, world: World) -> None:
    shut = make_world(replace(small_world, world="closure"), seed=1, horizon_days=120)
    sold = shut.tables["transactions"].query("amount > 0")
    first = pd.Timestamp(small_world.closure.start)
    after = first + pd.Timedelta(days=small_world.closure.days)
    assert not sold["order_ts"].between(first, after, inclusive="left").any()
    assert sold["order_ts"].min() < first
    assert sold["order_ts"].max() > after
    came = set(shut.tables["customers"]["customer_id"])
    before = world.tables["transactions"].groupby("customer_id")["order_ts"].min()
    assert came == set(before.index[(before < first) | (before >= after)])
    assert set(shut.truth["customer_id"]) == came
    drawn = world.tables["customers"].set_index("customer_id").loc[shut.tables["customers"]["customer_id"]]
    pd.testing.assert_frame_equal(shut.tables["customers"], drawn.reset_index(), check_categorical=False)


def test_a_boom_multiplies_the_orders_of_its_days_alone(small_world: SyntheticParams) -> None:
    quiet = replace(small_world.default, n_customers=20_000)
    first = pd.Timestamp(small_world.boom.start)
    after = first + pd.Timedelta(days=small_world.boom.days)
    counts = {}
    for name in ("default", "boom"):
        made = make_world(replace(small_world, world=name, default=quiet), seed=1, horizon_days=120)
        orders = made.tables["transactions"].query("amount > 0").drop_duplicates("order_id")
        orders = orders[orders["customer_id"].duplicated()]
        inside = orders["order_ts"].between(first, after, inclusive="left")
        counts[name] = np.array([inside.sum(), (~inside).sum()])
    ratio = counts["boom"] / counts["default"]
    assert ratio == pytest.approx([small_world.boom.factor, 1], rel=0.05)


def test_a_closure_of_all_days_is_one_line(small_world: SyntheticParams) -> None:
    endless = replace(small_world, world="closure", closure=ClosureParams(small_world.default.start, 36_525))
    with pytest.raises(InputError, match=r"\Athe shop of world 'closure' [^\n]*set fewer closure.days\Z"):
        make_world(endless, seed=1, horizon_days=120)
