"""The synthetic shop has the columns of the schema and the behaviour that its knobs promise."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clv.data.schema import TABLES, names
from clv.data.world import make_world, season
from clv.params import SyntheticParams


@pytest.fixture(scope="module")
def world(small_world: SyntheticParams) -> dict[str, pd.DataFrame]:
    return make_world(small_world, seed=1)


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_those_of_the_schema(world: dict[str, pd.DataFrame], table: str) -> None:
    assert list(world[table].columns) == names(TABLES[table])


def test_the_same_seed_gives_the_same_shop(small_world: SyntheticParams, world: dict[str, pd.DataFrame]) -> None:
    again = make_world(small_world, seed=1)
    for table, frame in world.items():
        pd.testing.assert_frame_equal(frame, again[table])
    assert not make_world(small_world, seed=2)["transactions"].equals(world["transactions"])


def test_everyone_buys_within_the_history(small_world: SyntheticParams, world: dict[str, pd.DataFrame]) -> None:
    lines = world["transactions"]
    assert set(lines["customer_id"]) == set(world["customers"]["customer_id"])
    start = pd.Timestamp(small_world.start)
    assert lines["order_ts"].min() >= start
    assert lines["order_ts"].max() < start + pd.Timedelta(days=small_world.n_days)


def test_amounts_add_up(world: dict[str, pd.DataFrame]) -> None:
    lines = world["transactions"]
    sold = lines[lines["amount"] > 0]
    np.testing.assert_allclose(lines["amount"], lines["quantity"] * lines["unit_price"] - lines["discount"], atol=0.006)
    returned = lines[lines["amount"] < 0]
    assert set(returned["order_id"]) <= set(sold["order_id"])
    assert 0.03 < len(returned) / len(sold) < 0.09


def test_one_knob_leaves_the_other_draws_alone(small_world: SyntheticParams, world: dict[str, pd.DataFrame]) -> None:
    other = make_world(replace(small_world, return_share=0.5, emails_per_year=1.0), seed=1)
    pd.testing.assert_frame_equal(other["customers"], world["customers"])
    sold, sold_before = (w["transactions"].query("amount > 0").reset_index(drop=True) for w in (other, world))
    pd.testing.assert_frame_equal(sold, sold_before)


def test_no_returns_discounts_or_mails_if_so_asked(small_world: SyntheticParams) -> None:
    quiet = replace(small_world, return_share=0.0, discount_share=0.0, emails_per_year=0.0, eco_share=0.0)
    world = make_world(quiet, seed=1)
    assert (world["transactions"]["amount"] > 0).all()
    assert (world["transactions"]["discount"] == 0).all()
    assert not world["transactions"]["is_eco"].any()
    assert world["touches"].empty


def test_the_season_averages_to_one(small_world: SyntheticParams) -> None:
    days = np.arange(0, 4 * 365.25, 0.25)
    assert season(days, small_world).mean() == pytest.approx(1, abs=1e-3)
    december = (pd.Timestamp("2023-12-06") - pd.Timestamp(small_world.start)).days
    assert season(np.array([december]), small_world)[0] == pytest.approx(1 + small_world.seasonality, abs=1e-3)


def test_frequent_customers_spend_more_per_line(small_world: SyntheticParams) -> None:
    world = make_world(replace(small_world, n_customers=6000, value_rate_correlation=0.9), seed=1)
    sold = world["transactions"].query("amount > 0")
    by_customer = sold.groupby("customer_id").agg(n=("order_id", "nunique"), price=("unit_price", "median"))
    assert by_customer["n"].corr(by_customer["price"], method="spearman") > 0.3
