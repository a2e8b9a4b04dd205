"""Permutation importance and partial dependence, of a fitted learner and of forecasts worked out by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clv.evaluation.dependence import (
    DEPENDENCE,
    PERMUTATION,
    ROWS_AT_ONCE,
    Forecast,
    changed,
    drawn,
    grid,
    partial_dependence,
    permutation,
)
from clv.evaluation.metrics import evaluate
from clv.machine import Machine
from clv.models.panel import Panel
from clv.models.samples import Sample
from clv.params import Params
from tests.evaluation.planted import GROUPS, planted


@pytest.fixture(scope="module")
def forecast(project_params: Params) -> Forecast:
    train = project_params.train
    train = replace(train, learners=("btyd", "lightgbm"), lightgbm=replace(train.lightgbm, n_rounds=60))
    panel = Panel.fit([planted(2500, 1)], train, Machine(1), 1)
    return lambda features: panel.predict(features)["lightgbm"].to_numpy()


@pytest.fixture(scope="module")
def shop() -> Sample:
    return planted(800, 2)


@pytest.fixture(scope="module")
def permuted(forecast: Forecast, shop: Sample) -> pd.DataFrame:
    return permutation(forecast, shop.features, shop.target, GROUPS, np.random.default_rng(3))


def test_what_was_planted_is_on_top(permuted: pd.DataFrame) -> None:
    assert list(permuted) == PERMUTATION
    for kind, top in (("feature", "f"), ("group", "planted")):
        rows = permuted[permuted["kind"] == kind].reset_index(drop=True)
        assert rows["name"][0] == top
        assert rows["gini_fall"].idxmax() == 0
        assert rows["mae_rise"][0] > 3 * rows["mae_rise"][1]
    assert set(permuted.loc[permuted["kind"] == "group", "name"]) == set(GROUPS.values())


def test_a_constant_costs_exactly_nothing(permuted: pd.DataFrame) -> None:
    rows = permuted.set_index(["kind", "name"])
    assert rows.loc[("feature", "constant")].to_list() == [0.0, 0.0]
    assert rows.loc[("feature", "btyd_orders")].to_list() == [0.0, 0.0]


def test_a_group_of_one_costs_what_its_feature_costs(permuted: pd.DataFrame) -> None:
    rows = permuted.set_index(["kind", "name"])
    assert rows.loc[("group", "planted")].to_list() == rows.loc[("feature", "f")].to_list()


def test_the_features_of_a_group_stay_together() -> None:
    features = pd.DataFrame({"a": np.arange(50.0), "b": -np.arange(50.0)})
    rows = permutation(
        lambda frame: (frame["a"] + frame["b"]).to_numpy(),
        features,
        np.ones(50),
        {"a": "g", "b": "g"},
        np.random.default_rng(1),
    ).set_index("name")
    assert rows["mae_rise"]["g"] == 0
    assert rows["mae_rise"]["a"] > 0


def test_losses_are_against_the_forecast_as_it_was() -> None:
    features, rng = pd.DataFrame({"a": np.arange(40.0)}), np.random.default_rng(5)
    y = np.arange(40.0)
    rows = permutation(lambda frame: frame["a"].to_numpy(), features, y, {"a": "g"}, rng).set_index("kind")
    other = evaluate(y, y[np.random.default_rng(5).permutation(40)])
    assert rows["mae_rise"]["feature"] == pytest.approx(other["mae"], abs=1e-6)
    assert rows["gini_fall"]["feature"] == pytest.approx(1 - other["gini"], abs=1e-6)


def test_no_column_changes_but_the_one_named(shop: Sample) -> None:
    features = shop.features
    seen: list[pd.DataFrame] = []

    def look(frame: pd.DataFrame) -> np.ndarray:
        seen.append(frame)
        return np.zeros(len(frame))

    changes = [{name: features[name].array[::-1]} for name in features]
    assert len(list(changed(look, features, changes))) == len(changes)
    assert len(seen) == -(-len(changes) // (ROWS_AT_ONCE // len(features)))
    copies = np.split(np.arange(sum(map(len, seen))), len(changes))
    whole = pd.concat(seen, ignore_index=True)
    for change, rows in zip(changes, copies, strict=True):
        copy = whole.iloc[rows].reset_index(drop=True)
        pd.testing.assert_frame_equal(copy, features.assign(**change), check_exact=True)
    assert whole.dtypes.equals(features.dtypes)


def test_few_or_many_copies_at_once_are_the_same(
    forecast: Forecast, shop: Sample, permuted: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clv.evaluation.dependence.ROWS_AT_ONCE", 1)
    again = permutation(forecast, shop.features, shop.target, GROUPS, np.random.default_rng(3))
    pd.testing.assert_frame_equal(again, permuted, check_exact=True)


def test_dependence_on_what_was_planted_rises_most(forecast: Forecast, shop: Sample) -> None:
    rows = partial_dependence(forecast, shop.features.head(200), list(shop.features))
    assert list(rows) == DEPENDENCE
    of_f = rows.loc[rows["feature"] == "f", "mean_forecast"].to_numpy()
    assert len(of_f) == 10
    assert (np.diff(of_f) >= 0).all()
    spans = rows.groupby("feature")["mean_forecast"].agg(np.ptp)
    assert spans.idxmax() == "f"
    assert spans["constant"] == 0
    of_kind = rows[rows["feature"] == "kind"].set_index("value")["mean_forecast"]
    assert of_kind["b"] > 1.2 * of_kind["a"]


def test_dependence_is_the_mean_over_the_customers() -> None:
    features = pd.DataFrame({"a": [1.0, 2.0, 3.0], "kind": pd.Series(["x", "y", "y"], dtype="str")})

    def product(frame: pd.DataFrame) -> np.ndarray:
        return frame["a"].to_numpy() * np.where(frame["kind"] == "y", 10, 1)

    rows = partial_dependence(product, features, ["a", "kind"])
    assert rows["value"].to_list() == ["1", "2", "3", "y", "x"]
    assert rows["mean_forecast"].to_list() == [7.0, 14.0, 21.0, 20.0, 2.0]


def test_grids() -> None:
    assert grid(pd.Series([np.nan, np.nan])) == []
    assert grid(pd.Series([2.0, np.nan, 2.0])) == [2.0]
    many = grid(pd.Series(np.arange(1001.0)))
    assert (len(many), many[0], many[-1]) == (10, 50.0, 950.0)
    text = pd.Series([f"k{i % 12}" for i in range(100)], dtype="str")
    assert grid(text) == ["k0", "k1", "k2", "k3", "k10", "k11", "k4", "k5"], "of equally frequent ones by name"


def test_nothing_to_vary_gives_an_empty_table(shop: Sample) -> None:
    rows = partial_dependence(lambda frame: np.zeros(len(frame)), shop.features, [])
    assert rows.empty
    assert list(rows) == DEPENDENCE


def test_rows_are_drawn_by_seed_and_kept_in_order() -> None:
    rows = drawn(100, 30, np.random.default_rng(1))
    assert rows.tolist() == drawn(100, 30, np.random.default_rng(1)).tolist()
    assert (np.diff(rows) > 0).all()
    assert drawn(20, 30, np.random.default_rng(1)).tolist() == list(range(20))
