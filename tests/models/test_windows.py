"""The revenue of labelled windows against the forecasts for them, and which windows a recipe may know."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

import pandas as pd
import pytest

from clv.features.base import base_days, total_days
from clv.features.block import Block, Clean
from clv.features.labelled_window import window_of
from clv.features.params import CustomerShares
from clv.features.snapshot import make_snapshots
from clv.features.timeline import Recipe, Rows, in_parts, make_plan
from clv.models.btyd.value import Btyd
from clv.models.samples import Samples, samples_of
from clv.models.windows import Window, windows_of
from clv.params import Params

HORIZON = 120


class Shop:
    """The plan of a small shop, and the data that its recipes ask for."""

    def __init__(self, clean: Clean, p: Params, split: Literal["temporal", "customers"]):
        days = clean.transactions["order_ts"].dt.date
        self.p, self.block = p, Block.of_frames(clean)
        self.plan = make_plan(days.min(), days.max(), replace(p.time, horizon_days=HORIZON, split=split))
        self.snapshots = make_snapshots(clean, self.plan.cutoffs, self.plan.last_day, HORIZON)
        self.base = total_days([base_days(self.block)])

        self.asked: list[date] = []  # the windows that were read

    def histories(self, cutoff: date) -> pd.DataFrame:
        return self.snapshots[cutoff]

    def rows(self, rows: Rows, shares: CustomerShares, most: int) -> pd.DataFrame:
        whole = self.snapshots[rows.cutoff]
        return whole[in_parts(whole["customer_id"], rows.parts, shares)].head(most).reset_index(drop=True)

    def window(self, cutoff: date) -> pd.DataFrame:
        self.asked.append(cutoff)
        return window_of(self.block, cutoff, self.plan.last_day, HORIZON).to_pandas()

    def samples(self, recipe: Recipe) -> Samples:
        return samples_of(recipe, self.plan, self.base, self, self.p.time.customer_shares, self.p.train)

    def windows(self, recipe: Recipe) -> list[Window]:
        return windows_of(recipe, self.plan, self.samples(recipe), self, self.p.time.customer_shares)


@pytest.fixture(scope="module")
def shop(clean_shop: Clean, project_params: Params) -> Shop:
    return Shop(clean_shop, project_params, "temporal")


def test_windows_are_those_that_are_over(shop: Shop) -> None:
    assert shop.plan.backtest is not None
    for recipe in (shop.plan.today, shop.plan.backtest):
        shop.asked.clear()
        found, asked = shop.windows(recipe), shop.asked
        assert asked == [window.cutoff for window in found] == shop.plan.windows_over(recipe.as_of)
        assert max(asked) == recipe.as_of - timedelta(days=HORIZON)
        assert all(window.history_days == (window.cutoff - shop.plan.first_day).days for window in found)


def test_a_window_is_what_the_snapshot_says_and_what_the_models_would_have_said(shop: Shop) -> None:
    calibration = shop.plan.today.calibration
    assert calibration is not None
    samples = shop.samples(shop.plan.today)
    found = shop.windows(shop.plan.today)[0]
    snapshot = shop.snapshots[calibration.cutoff]
    assert found.cutoff == calibration.cutoff
    assert found.value == pytest.approx(snapshot["target_net_revenue"].sum())
    assert found.orders == snapshot["target_orders"].sum()
    season, params = samples.forecast.btyd.season, samples.forecast.btyd.params
    exact = Btyd.fit(snapshot, calibration.cutoff, HORIZON, season, params).outputs(snapshot)
    assert found.expected_value == pytest.approx(exact["btyd_value"].sum(), rel=0.01)
    assert found.expected_orders == pytest.approx(exact["btyd_orders"].sum(), rel=0.01)


def test_a_split_by_customer_learns_the_level_of_its_window_from_the_other_customers(
    clean_shop: Clean, project_params: Params
) -> None:
    shop = Shop(clean_shop, project_params, "customers")
    recipe = shop.plan.backtest
    assert recipe is not None
    samples = shop.samples(recipe)
    assert samples.calibration is not None
    found = shop.windows(recipe)
    taught = [*samples.training, samples.calibration]
    assert found[0].cutoff == recipe.as_of
    assert found[0].value == pytest.approx(sum(sample.target.sum() for sample in taught))
    assert found[0].orders == sum(sample.orders.sum() for sample in taught)
    assert found[0].expected_value == pytest.approx(sum(sample.btyd_total for sample in taught))
    assert found[0].value < shop.snapshots[recipe.as_of]["target_net_revenue"].sum(), "without the test customers"
    assert all(window.cutoff + timedelta(days=HORIZON) <= recipe.as_of for window in found[1:])
    assert [w.cutoff for w in shop.windows(shop.plan.today)] == shop.plan.windows_over(shop.plan.last_day)


def test_what_comes_later_changes_no_window(shop: Shop, clean_shop: Clean, project_params: Params) -> None:
    """Every order after the backtest's date is changed; the windows of the backtest stay."""
    recipe = shop.plan.backtest
    assert recipe is not None
    orders = clean_shop.transactions.copy()
    later = orders["order_ts"] >= pd.Timestamp(recipe.as_of) + pd.Timedelta(days=1)
    assert later.any()
    orders.loc[later, "amount_minor"] = orders.loc[later, "amount_minor"].to_numpy()[::-1] * 7
    changed = Shop(Clean(orders, clean_shop.customers, clean_shop.touches), project_params, "temporal")
    assert changed.plan == shop.plan
    assert changed.windows(recipe) == shop.windows(recipe)
    assert changed.windows(shop.plan.today) != shop.windows(shop.plan.today)
