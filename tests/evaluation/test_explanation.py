"""Contributions of the boosters: they add up, and show what was planted."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clv.evaluation.explanation import (
    BASE,
    BOOSTERS,
    booster_shares,
    contributions,
    group_strengths,
    strengths,
    usual_value,
)
from clv.machine import Machine
from clv.models.panel import Panel
from clv.models.params import TrainParams
from clv.params import Params
from tests.evaluation.planted import GROUPS, planted


def fitted(project: Params, *learners: str) -> Panel:
    train: TrainParams = replace(
        project.train,
        learners=("btyd", *learners),
        xgboost=replace(project.train.xgboost, n_rounds=60),
        lightgbm=replace(project.train.lightgbm, n_rounds=60),
    )
    return Panel.fit([planted(2500, 1)], train, Machine(1), 1)


@pytest.fixture(scope="module")
def panel(project_params: Params) -> Panel:
    return fitted(project_params, "xgboost", "lightgbm", "ridge")


@pytest.fixture(scope="module")
def fresh() -> pd.DataFrame:
    return planted(2000, 2).features


@pytest.fixture(scope="module")
def found(panel: Panel, fresh: pd.DataFrame) -> pd.DataFrame:
    return contributions(panel, {"xgboost": 0.75, "lightgbm": 0.25}, fresh, usual_value(panel.unit(fresh)))


@pytest.mark.parametrize("name", ["xgboost", "lightgbm"])
def test_contributions_add_up_to_the_forecast_of_each_booster(panel: Panel, fresh: pd.DataFrame, name: str) -> None:
    assert fresh["f"].isna().any()
    assert set(fresh["kind"]) - set(panel.encoder.levels["kind"]), "a level that training had not is among them"
    found = contributions(panel, {"xgboost": 0.0, "lightgbm": 0.0} | {name: 1.0}, fresh, 7.0)
    assert list(found) == [*panel.encoder.names, BASE]
    assert np.ptp(found[BASE]) == 0
    assert found.sum(axis=1).to_numpy() == pytest.approx(np.log(panel.predict(fresh)[name].to_numpy()), abs=1e-4)


def test_a_learner_s_own_add_up_to_what_it_says(panel: Panel, fresh: pd.DataFrame) -> None:
    X = panel.encoder.transform(fresh)
    for learner in panel.learners:
        if isinstance(learner, BOOSTERS):
            own = learner.contributions(X)
            assert own.shape == (len(X), X.shape[1] + 1)
            assert own.sum(axis=1) == pytest.approx(np.log(learner.predict(X)), abs=1e-4)


def test_the_blend_is_the_geometric_mean_by_share(panel: Panel, fresh: pd.DataFrame, found: pd.DataFrame) -> None:
    logs = np.log(panel.predict(fresh)[["xgboost", "lightgbm"]])
    assert found.sum(axis=1).to_numpy() == pytest.approx((logs * [0.75, 0.25]).sum(axis=1).to_numpy(), abs=1e-4)


def test_the_value_is_compared_with_the_usual_one(panel: Panel, fresh: pd.DataFrame, found: pd.DataFrame) -> None:
    doubled = fresh.assign(btyd_value=2 * fresh["btyd_value"])
    usual = usual_value(panel.unit(fresh))
    assert usual_value(panel.unit(doubled)) == pytest.approx(2 * usual)
    other = contributions(panel, {"xgboost": 0.75, "lightgbm": 0.25}, fresh, 2 * usual)
    assert (found["btyd_value"] - other["btyd_value"]).to_numpy() == pytest.approx(np.log(2))
    assert (other[BASE] - found[BASE]).to_numpy() == pytest.approx(np.log(2))


def test_what_was_planted_is_on_top(found: pd.DataFrame) -> None:
    rows = strengths(found, GROUPS)
    assert rows["feature"][0] == "f"
    assert set(rows["feature"]) == set(GROUPS)
    assert rows["group"].to_list() == [GROUPS[name] for name in rows["feature"]]
    assert (rows["mean_contribution"].diff().dropna() <= 0).all()
    assert rows["mean_contribution"][0] == pytest.approx(found["f"].abs().mean(), abs=1e-4)


def test_equal_strengths_come_by_name() -> None:
    found = pd.DataFrame({"b": [0.1, -0.1], "c": [0.2, 0.2], "a": [0.1, 0.1], BASE: 9.0})
    assert strengths(found, dict.fromkeys("abc", "g"))["feature"].to_list() == ["c", "a", "b"]


def test_contributions_of_a_group_are_added_up_customer_by_customer() -> None:
    found = pd.DataFrame({"a": [0.1, -0.3], "b": [-0.1, 0.1], "c": [0.05, 0.05], BASE: 9.0})
    rows = group_strengths(found, {"a": "cancels", "b": "cancels", "c": "alone"})
    assert rows["group"].to_list() == ["cancels", "alone"]
    assert rows["mean_contribution"].to_list() == [0.1, 0.05]


def test_groups_are_no_more_than_their_features(found: pd.DataFrame) -> None:
    by_group = group_strengths(found, GROUPS).set_index("group")["mean_contribution"]
    parts = strengths(found, GROUPS).groupby("group")["mean_contribution"].sum()
    assert (by_group <= parts[by_group.index] + 1e-3).all()


def test_boosters_are_blended_as_in_the_ensemble(panel: Panel) -> None:
    weights = {"btyd": 0.2, "ridge": 0.2, "xgboost": 0.15, "lightgbm": 0.45}
    assert booster_shares(panel, weights) == pytest.approx({"xgboost": 0.25, "lightgbm": 0.75})
    unheard = {"btyd": 1.0, "ridge": 0.0, "xgboost": 0.0, "lightgbm": 0.0}
    assert booster_shares(panel, unheard) == {"xgboost": 0.5, "lightgbm": 0.5}


def test_of_nobody_there_are_columns_and_no_rows(panel: Panel, fresh: pd.DataFrame, found: pd.DataFrame) -> None:
    nobody = contributions(panel, {"xgboost": 0.5, "lightgbm": 0.5}, fresh.head(0), 1.0)
    assert nobody.shape == (0, found.shape[1])
    assert nobody.dtypes.equals(found.dtypes)


def test_without_boosters_nothing_is_explained(project_params: Params, fresh: pd.DataFrame) -> None:
    panel = fitted(project_params, "ridge")
    shares = booster_shares(panel, {"btyd": 0.5, "ridge": 0.5})
    assert shares == {}
    nothing = contributions(panel, shares, fresh, 1.0)
    assert nothing.shape == (len(fresh), 0)
    assert strengths(nothing, GROUPS).empty
    assert list(strengths(nothing, GROUPS)) == ["feature", "group", "mean_contribution"]
    assert group_strengths(nothing, GROUPS).empty
    assert list(group_strengths(nothing, GROUPS)) == ["group", "mean_contribution"]
    assert np.isfinite(usual_value(Panel.untrained(fresh).unit(fresh.assign(btyd_value=0.0))))
