"""Values that the world expects are what happens on average; effects are those that were put in."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from clv.data.schema import expected_column
from clv.data.world import catalogue
from clv.data.world.params import BoomParams, ClosureParams, SyntheticParams
from clv.data.world.truth import expected_orders
from clv.data.world.worlds import World, make_world
from clv.evaluation.latent import latent_forecast
from clv.evaluation.metrics import evaluate
from clv.features.columns import CUSTOMER, TARGET, TARGET_ORDERS
from clv.features.snapshot import make_snapshot
from tests.conftest import clean_tables

HORIZON = 120


def realised(world: World, cutoff: date, days: int) -> pd.Series:
    """Net revenue after a cutoff of every customer in the truth."""
    lines = world.tables["transactions"]
    first = pd.Timestamp(cutoff) + pd.Timedelta(days=1)
    inside = lines[(lines["order_ts"] >= first) & (lines["order_ts"] < first + pd.Timedelta(days=days))]
    sums = inside.groupby("customer_id")["amount"].sum()
    return sums.reindex(pd.Index(world.truth["customer_id"]), fill_value=0.0)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_renewal_function_is_what_a_simulation_counts(k: int) -> None:
    rng = np.random.default_rng(k)
    for events in (0.3, 2.0, 7.5):
        seen = rng.poisson(events, 200_000) // k
        assert expected_orders(k, np.array([events]))[0] == pytest.approx(seen.mean(), abs=4 * seen.std() / 447 + 1e-12)


@pytest.mark.parametrize("name", ["default", "cdnow_like", "drift", "closure", "boom"])
def test_expectations_hold_on_average_and_within_groups(small_world: SyntheticParams, name: str) -> None:
    params = replace(
        small_world,
        world=name,
        default=replace(small_world.default, n_customers=30_000, regularity=2.5, return_share=0.2),
        cdnow_like=replace(small_world.cdnow_like, n_customers=30_000),
        drift=replace(small_world.drift, date=date(2024, 9, 1)),  # inside the window
        closure=ClosureParams(date(2024, 9, 1), 40),
        boom=BoomParams(3.0, date(2024, 9, 1), 40),
    )
    chosen = params.cdnow_like if name == "cdnow_like" else params.default
    world = make_world(params, seed=5, horizon_days=HORIZON)
    cutoff = chosen.start + timedelta(days=chosen.n_days - 1 - HORIZON)
    expected = world.truth.set_index("customer_id")[expected_column(cutoff)]
    seen = realised(world, cutoff, HORIZON)[expected.notna()]
    expected = expected.dropna()
    assert len(expected) > 15_000
    groups = pd.qcut(expected.rank(method="first"), 10, labels=False)
    for group in [None, *range(10)]:
        error = (seen - expected)[slice(None) if group is None else groups == group]
        assert abs(error.mean()) < 4 * error.std() / np.sqrt(len(error)) + 0.01, f"{name}, tenth {group}"


def test_what_comes_back_of_first_orders_counts(small_world: SyntheticParams) -> None:
    default = replace(small_world.default, n_customers=30_000, return_share=0.9, orders_per_year=0.3)
    world = make_world(replace(small_world, default=default), seed=5, horizon_days=HORIZON)
    cutoff = default.start + timedelta(days=default.n_days - 1 - HORIZON)
    expected = world.truth.set_index("customer_id")[expected_column(cutoff)]
    seen = realised(world, cutoff, HORIZON)
    first = world.tables["transactions"].groupby("customer_id")["order_ts"].min().dt.normalize()
    age = (pd.Timestamp(cutoff) - first.reindex(expected.index)).dt.days
    for oldest, newest in ((15, 0), (30, 16), (44, 31)):
        error = (seen - expected)[age.between(newest, oldest)]
        assert expected[error.index].mean() < 0, "more comes back than is bought"
        assert len(error) > 500
        assert abs(error.mean()) < 4 * error.std() / np.sqrt(len(error)), f"{newest} to {oldest} days before"


def test_who_comes_later_has_no_expectation(small_world: SyntheticParams) -> None:
    world = make_world(small_world, seed=5, horizon_days=HORIZON)
    before, after = (
        world.truth[expected_column(small_world.default.start + timedelta(days=699 - back))] for back in (HORIZON, 0)
    )
    first = world.tables["transactions"].groupby("customer_id")["order_ts"].min()
    known = first.reindex(pd.Index(world.truth["customer_id"])) < pd.Timestamp("2024-08-03")
    np.testing.assert_array_equal(before.notna(), known)
    assert after.notna().all()
    chosen = make_world(small_world, seed=5, horizon_days=HORIZON, last_day=date(2024, 5, 31)).truth
    assert expected_column(date(2024, 5, 31)) in chosen.columns
    assert latent_forecast(world.truth, world.truth["customer_id"], date(2020, 1, 1)) is None
    others = world.truth["customer_id"].str.lower()
    assert latent_forecast(world.truth, others, small_world.default.start + timedelta(days=699)) is None


def test_the_randomised_test_shows_the_effect_that_was_put_in(small_world: SyntheticParams) -> None:
    default = replace(small_world.default, n_customers=40_000, experiment_share=1.0, experiment_lift=2.0)
    world = make_world(replace(small_world, default=default), seed=9, horizon_days=HORIZON)
    arms = world.tables["experiments"].set_index("customer_id")
    assert arms["arm"].value_counts(normalize=True).to_numpy() == pytest.approx(0.1, abs=0.02)
    start = default.experiment_start - timedelta(days=1)
    seen = realised(world, start, default.experiment_days)[arms.index]
    effect = world.truth.set_index("customer_id")["treatment_effect"]
    assert effect.notna().sum() == len(arms)
    assert (effect[arms.index][arms["cost"] == 0] == 0).all()
    control = seen[arms["cost"] == 0]
    for arm in catalogue.EXPERIMENT_ARMS[1:]:
        treated = arms["arm"] == arm
        difference = seen[treated].mean() - control.mean()
        error = np.sqrt(seen[treated].var() / treated.sum() + control.var() / len(control))
        assert difference > 3 * error, "too small to be seen"
        assert abs(difference - effect[arms.index][treated].mean()) < 3 * error, arm


@pytest.fixture(scope="module")
def difficulty(small_world: SyntheticParams) -> tuple[pd.DataFrame, np.ndarray]:
    """The test snapshot of a shop of 6,000 customers, and the forecast by the truth."""
    params = replace(small_world, default=replace(small_world.default, n_customers=6_000))
    world = make_world(params, seed=3, horizon_days=HORIZON)
    last_day = small_world.default.start + timedelta(days=699)
    cutoff = last_day - timedelta(days=HORIZON)
    snapshot = make_snapshot(clean_tables(world.tables), cutoff, last_day, HORIZON)
    truth = latent_forecast(world.truth, snapshot[CUSTOMER], cutoff)
    assert truth is not None
    return snapshot, truth


def test_a_dummy_is_clearly_worse_than_the_truth(difficulty: tuple[pd.DataFrame, np.ndarray]) -> None:
    snapshot, truth = difficulty
    y = snapshot[TARGET].to_numpy()
    mean = np.full(len(y), y.mean())
    assert evaluate(y, truth)["r2"] > evaluate(y, mean)["r2"] + 0.35
    assert np.abs(y - truth).mean() < 0.8 * np.abs(y - mean).mean()
    shuffled = np.random.default_rng(0).permutation(truth)
    assert evaluate(y, truth)["gini"] > evaluate(y, shuffled)["gini"] + 0.5
    assert evaluate(y, snapshot["net_revenue_last_horizon"].to_numpy())["r2"] < evaluate(y, truth)["r2"] - 0.15


def test_no_feature_alone_predicts_perfectly(difficulty: tuple[pd.DataFrame, np.ndarray]) -> None:
    snapshot, truth = difficulty
    y = snapshot[TARGET].to_numpy()
    features = snapshot.drop(columns=[CUSTOMER, TARGET, TARGET_ORDERS]).select_dtypes("number")
    best = {}
    for name, values in features.items():
        x = values.fillna(values.median()).to_numpy()
        best[name] = abs(evaluate(y, x)["spearman"])
        bins = pd.Series(x).rank(method="first").mul(20).floordiv(len(x) + 1)
        shape = pd.Series(y).groupby(bins).transform("mean").to_numpy()  # the best forecast from this feature alone
        assert evaluate(y, shape)["r2"] < evaluate(y, truth)["r2"] - 0.08, f"{name} alone predicts nearly everything"
    assert 0.3 < max(best.values()) < 0.75, "the strongest feature contributes something, and not all"
