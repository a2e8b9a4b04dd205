"""The panel of learners: relative to the buy-till-you-die forecast, and never judged on its own training rows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv.machine import Machine
from clv.models.learners.registry import BTYD
from clv.models.loss import tweedie_deviance
from clv.models.panel import CROSS_FIT_FOLDS, FLOOR_SHARE, Panel, fit_unseen
from clv.models.params import TrainParams
from clv.models.samples import Sample, fold_of, together
from clv.params import Params
from tests.models.rows import learnable, sample

SEED = 3
LATER = date(2024, 3, 31)


@pytest.fixture(scope="module")
def quick(project_params: Params) -> TrainParams:
    """Learners that are small: linear, or with few trees."""
    train = project_params.train
    return replace(
        train,
        learners=("ridge", "btyd", "lightgbm", "hurdle", "forest"),
        forest=replace(train.forest, n_trees=10),
        lightgbm=replace(train.lightgbm, n_rounds=40),
        hurdle=replace(train.hurdle, n_rounds=20),
    )


def only(params: TrainParams, *names: str) -> TrainParams:
    return replace(params, learners=(BTYD, *names))


def fit(rows: Sequence[Sample], params: TrainParams, project: Params) -> Panel:
    return Panel.fit(rows, params, Machine(1), SEED)


def times(rows: Sample, factor: float) -> Sample:
    """The same customers, with money in another currency."""
    money = {name: rows.features[name] * factor for name in ("btyd_value", "btyd_spend")}
    return replace(rows, features=rows.features.assign(**money), target=rows.target * factor)


def test_it_learns_what_the_buy_till_you_die_forecast_misses(quick: TrainParams, project_params: Params) -> None:
    panel = fit([learnable(3000, 0)], quick, project_params)
    fresh = learnable(3000, 1)
    forecasts = panel.predict(fresh.features)
    assert list(forecasts) == list(quick.learners), "in the order of params"
    assert (forecasts["btyd"] == fresh.features["btyd_value"]).all()
    loss = {
        str(name): tweedie_deviance(fresh.target, values.to_numpy() * fresh.target.mean() / values.mean())
        for name, values in forecasts.items()
    }
    assert all(loss[name] < 0.95 * loss["btyd"] for name in ("lightgbm", "forest", "hurdle", "ridge")), loss


def test_it_starts_from_the_buy_till_you_die_forecast(quick: TrainParams, project_params: Params) -> None:
    """Where nothing else distinguishes customers, the forecast is the buy-till-you-die forecast times a number."""
    rows = learnable(2000, 2)
    blind = rows.features.assign(f=1.0, noise=0.0, kind="a", btyd_spend=1.0)
    panel = fit([replace(rows, features=blind)], only(quick, "lightgbm"), project_params)
    ratio = panel.learners[0].predict(panel.encoder.transform(blind))
    wide = blind["btyd_value"].max() / blind["btyd_value"].min()
    assert wide > 300
    assert ratio.max() / ratio.min() < 3


@pytest.mark.parametrize("factor", [100.0, 0.01])
def test_in_another_currency_all_is_multiplied(quick: TrainParams, project_params: Params, factor: float) -> None:
    rows, fresh = learnable(1500, 3), learnable(500, 4)
    plain = fit([rows], quick, project_params)
    scaled = fit([times(rows, factor)], quick, project_params)
    assert scaled.floor == pytest.approx(plain.floor * factor)
    there = scaled.predict(times(fresh, factor).features)
    here = plain.predict(fresh.features) * factor
    for name in here:
        # The linear model takes logarithms of its features, which depend on the currency.
        close = 0.1 if name == "ridge" else 1e-3
        assert there[name].to_numpy() == pytest.approx(here[name].to_numpy(), rel=close), name


def test_customers_quieter_than_any_in_training_are_told_apart(quick: TrainParams, project_params: Params) -> None:
    rows = learnable(3000, 5)
    kept = rows.where(rows.features["btyd_value"].to_numpy() > 1)
    panel = fit([kept], only(quick, "lightgbm", "forest"), project_params)
    assert panel.floor == pytest.approx(FLOOR_SHARE * kept.features["btyd_value"].mean(), rel=1e-5)
    value = np.array([0.05, 0.1, 0.2, 0.8])
    assert value.min() > panel.floor
    one = kept.features.iloc[[0] * 4].assign(btyd_value=value)
    for name in ("lightgbm", "forest"):
        forecasts = panel.predict(one)[name].to_numpy()
        assert forecasts / forecasts[0] == pytest.approx(value / value[0]), name


def test_ratios_to_next_to_nothing_do_not_rule(quick: TrainParams, project_params: Params) -> None:
    """For one customer nothing was expected, and the customer spent much."""
    rows, fresh = learnable(2000, 6), learnable(500, 7)
    value, target = rows.features["btyd_value"].to_numpy().copy(), rows.target.copy()
    value[0], target[0] = 0.0, np.quantile(target, 0.99)
    odd = replace(rows, features=rows.features.assign(btyd_value=value), target=target)
    params = only(quick, "lightgbm", "ridge")
    before, after = (fit([r], params, project_params).predict(fresh.features) for r in (rows, odd))
    assert np.isfinite(after.to_numpy()).all()
    for name in params.learners:
        assert after[name].sum() == pytest.approx(before[name].sum(), rel=0.3), name


def test_the_chance_to_buy_is_that_of_each_model(quick: TrainParams, project_params: Params) -> None:
    rows, fresh = learnable(1000, 8), learnable(300, 9)
    both = fit([rows], quick, project_params).p_purchase(fresh.features)
    assert both.shape == (300, 2)
    assert (both[:, 0] == 0.35).all()
    assert both[:, 1].mean() == pytest.approx(0.35, abs=0.06)
    assert fit([rows], only(quick, "ridge"), project_params).p_purchase(fresh.features).shape == (300, 1)


def test_saved_and_loaded_it_forecasts_the_same(quick: TrainParams, project_params: Params, tmp_path: Path) -> None:
    panel, fresh = fit([learnable(500, 10)], quick, project_params), learnable(100, 11)
    content = panel.save(tmp_path)
    loaded = Panel.load(tmp_path, content, quick, Machine(1), SEED)
    pd.testing.assert_frame_equal(loaded.predict(fresh.features), panel.predict(fresh.features), check_exact=True)
    assert (loaded.p_purchase(fresh.features) == panel.p_purchase(fresh.features)).all()


def test_a_later_window_is_judged_as_it_is(quick: TrainParams, project_params: Params) -> None:
    training, calibration = learnable(800, 12), learnable(300, 13, LATER)
    params = only(quick, "lightgbm")
    panel, unseen = fit_unseen([training], calibration, params, Machine(1), SEED)
    judged, raw, chances = unseen.judged, unseen.forecasts, unseen.chances
    assert judged is calibration
    expected = fit([training], params, project_params).predict(calibration.features)
    pd.testing.assert_frame_equal(raw, expected, check_exact=True)
    assert (chances == panel.p_purchase(calibration.features)).all()


def customers(n: int) -> tuple[Sample, Sample]:
    """Two parts of one snapshot, in which a number unique to each customer identifies what the customer spent."""
    rng = np.random.default_rng(14)
    features = pd.DataFrame({"own": rng.permutation(n) * 1.0, "btyd_value": 10.0, "btyd_p_purchase": 0.9})
    rows = sample(features, rng.lognormal(2, 1, n), np.ones(n))
    part = np.arange(n) % 3 > 0
    return rows.where(part), rows.where(~part)


def test_within_one_window_nobody_is_forecast_by_who_saw_them(project_params: Params) -> None:
    """A forest with leaves of single rows memorises its training rows, and knows nothing about others."""
    forest = replace(project_params.train.forest, n_trees=5, min_leaf_rows=1, feature_share=1.0, row_share=1.0)
    params = replace(only(project_params.train, "forest"), forest=forest)
    training, calibration = customers(900)
    panel, unseen = fit_unseen([training], calibration, params, Machine(1), SEED)
    judged, raw = unseen.judged, unseen.forecasts
    assert judged.ids.tolist() == together([training, calibration]).ids.tolist()
    by_heart = panel.predict(judged.features)["forest"]
    assert np.corrcoef(np.log(by_heart), np.log(judged.target))[0, 1] > 0.6
    assert abs(np.corrcoef(np.log(raw["forest"]), np.log(judged.target))[0, 1]) < 0.15


def test_within_one_window_rows_keep_their_order(quick: TrainParams, project_params: Params) -> None:
    rows = learnable(600, 15)
    part = np.arange(600) % 2 == 0
    params = only(quick, "hurdle")
    training, calibration = rows.where(part), rows.where(~part)
    _, unseen = fit_unseen([training], calibration, params, Machine(1), SEED)
    judged, raw, chances = unseen.judged, unseen.forecasts, unseen.chances
    assert (raw["btyd"] == judged.features["btyd_value"]).all()
    fold = fold_of(judged.ids, CROSS_FIT_FOLDS, "learners")
    for k in range(CROSS_FIT_FOLDS):
        others = fit([judged.where(fold != k)], params, project_params)
        these = judged.features[fold == k]
        assert (raw["hurdle"].to_numpy()[fold == k] == others.predict(these)["hurdle"].to_numpy()).all()
        assert (chances[fold == k] == others.p_purchase(these)).all()
