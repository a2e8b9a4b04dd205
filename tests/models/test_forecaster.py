"""The forecaster: what it promises of its outputs, and that it learns from nothing it should not see."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv.errors import InputError
from clv.features.block import Clean
from clv.features.columns import TARGET
from clv.features.snapshot import make_snapshot
from clv.models.forecaster import Forecaster
from clv.models.intervals import LEVELS
from clv.models.samples import Sample, make_sample
from clv.params import Params, TrainParams

HORIZON = 120
LAST_DAY = date(2024, 11, 30)
CUTOFFS = {"training": date(2023, 12, 6), "calibration": date(2024, 4, 4), "test": date(2024, 8, 2)}


@pytest.fixture(scope="module")
def snapshots(clean_shop: Clean) -> dict[str, pd.DataFrame]:
    return {name: make_snapshot(clean_shop, cutoff, LAST_DAY, HORIZON) for name, cutoff in CUTOFFS.items()}


@pytest.fixture(scope="module")
def small(project_params: Params) -> TrainParams:
    train = project_params.train
    return replace(
        train,
        forest=replace(train.forest, n_trees=10),
        xgboost=replace(train.xgboost, n_rounds=20),
        gradient_boosting=replace(train.gradient_boosting, n_rounds=20),
        lightgbm=replace(train.lightgbm, n_rounds=20),
        hurdle=replace(train.hurdle, n_rounds=20),
        neural=replace(train.neural, n_networks=1, n_epochs=5),
    )


def samples(snapshots: dict[str, pd.DataFrame]) -> dict[str, Sample]:
    return {name: make_sample(CUTOFFS[name], frame, HORIZON) for name, frame in snapshots.items()}


def fit(snapshots: dict[str, pd.DataFrame], params: TrainParams, project: Params, threads: int = 2) -> Forecaster:
    s = samples(snapshots)
    return Forecaster.fit(
        [s["training"]], s["calibration"], s["test"], params, replace(project.compute, threads=threads), 1
    )


@pytest.fixture(scope="module")
def model(snapshots: dict[str, pd.DataFrame], small: TrainParams, project_params: Params) -> Forecaster:
    return fit(snapshots, small, project_params)


def saved(model: Forecaster, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    model.save(folder)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_bounds_are_nested_around_the_forecast(model: Forecaster, snapshots: dict[str, pd.DataFrame]) -> None:
    predictions = model.predict(snapshots["test"])
    assert np.isfinite(predictions.to_numpy()).all()
    inner_low = inner_high = predictions["predicted_clv"]
    for level in LEVELS:
        low, high = predictions[f"lower_{level}"], predictions[f"upper_{level}"]
        assert (low >= 0).all()
        assert (low <= inner_low).all()
        assert (high >= inner_high).all()
        inner_low, inner_high = low, high
    assert all(predictions[name].between(0, 1).all() for name in ("p_alive", "p_purchase"))
    assert (predictions["p_purchase"] <= predictions["p_alive"] + 1e-6).all()


def test_all_learners_agree_on_the_total(model: Forecaster, snapshots: dict[str, pd.DataFrame]) -> None:
    totals = model.predict_learners(snapshots["test"]).sum()
    assert totals.to_numpy() == pytest.approx(totals["btyd"], rel=1e-3)
    assert sum(model.weights.values()) == pytest.approx(1)


def test_it_beats_the_mean_on_what_it_never_saw(model: Forecaster, snapshots: dict[str, pd.DataFrame]) -> None:
    test = snapshots["test"]
    y = test[TARGET]
    error = (model.predict(test)["predicted_clv"] - y).abs().mean()
    assert error < 0.9 * (y - y.mean()).abs().mean()


def test_a_saved_model_gives_the_same_numbers(
    model: Forecaster, snapshots: dict[str, pd.DataFrame], project_params: Params, tmp_path: Path
) -> None:
    model.save(tmp_path)
    loaded = Forecaster.load(tmp_path, project_params.compute, 1)
    pd.testing.assert_frame_equal(loaded.predict(snapshots["test"]), model.predict(snapshots["test"]))
    pd.testing.assert_frame_equal(loaded.predict_learners(snapshots["test"]), model.predict_learners(snapshots["test"]))


def test_one_customer_gets_the_number_of_the_batch(model: Forecaster, snapshots: dict[str, pd.DataFrame]) -> None:
    batch = model.predict(snapshots["test"])
    one = model.predict(snapshots["test"].iloc[[17]])
    pd.testing.assert_frame_equal(one, batch.iloc[[17]])


def test_bytes_do_not_depend_on_threads_or_repetition(
    model: Forecaster, snapshots: dict[str, pd.DataFrame], small: TrainParams, project_params: Params, tmp_path: Path
) -> None:
    first = saved(model, tmp_path / "first")
    assert saved(fit(snapshots, small, project_params), tmp_path / "again") == first
    assert saved(fit(snapshots, small, project_params, threads=1), tmp_path / "one") == first


def test_the_test_target_is_not_looked_at(
    model: Forecaster, snapshots: dict[str, pd.DataFrame], small: TrainParams, project_params: Params, tmp_path: Path
) -> None:
    blind = {**snapshots, "test": snapshots["test"].assign(**{TARGET: np.nan})}
    assert saved(fit(blind, small, project_params), tmp_path / "blind") == saved(model, tmp_path / "seeing")


def test_missing_features_are_named(model: Forecaster, snapshots: dict[str, pd.DataFrame]) -> None:
    with pytest.raises(InputError, match=r"the features lack eco_share, which the model was fitted with"):
        model.predict(snapshots["test"].drop(columns="eco_share"))


def test_a_folder_without_a_model_is_named(tmp_path: Path, project_params: Params) -> None:
    with pytest.raises(InputError, match=r"holds no model \(no manifest\.json\); run `dvc repro train`"):
        Forecaster.load(tmp_path, project_params.compute, 1)
