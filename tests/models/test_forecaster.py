"""The forecaster: its outputs keep their promises, and it learns from nothing that it should not see."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv.errors import InputError
from clv.features.base import base_days, total_days
from clv.features.block import Block, Clean
from clv.features.columns import TARGET, TARGET_ORDERS
from clv.features.snapshot import make_snapshots
from clv.features.timeline import Part, in_parts
from clv.machine import Machine
from clv.models import prediction
from clv.models.btyd.season import Season, fit_season
from clv.models.btyd.value import Btyd
from clv.models.calibration.chance import Chance
from clv.models.calibration.intervals import LEVELS
from clv.models.calibration.level import Level
from clv.models.correction import Correction
from clv.models.forecaster import Forecaster
from clv.models.model_folder import MANIFEST, seal
from clv.models.samples import Sample, Samples, sample_of
from clv.models.windows import Window
from clv.params import Params
from tests.conftest import few_rounds

HORIZON = 120
LAST_DAY = date(2024, 11, 30)
CUTOFFS = {"training": date(2023, 12, 6), "calibration": date(2024, 4, 4), "test": date(2024, 8, 2)}
DATA = {"2024-08-02": "abc"}
Snapshots = dict[str, pd.DataFrame]


class World:
    """Snapshots of a small shop, and the forecasters that are fitted to them."""

    def __init__(self, clean: Clean, project: Params):
        self.project = project
        self.params = few_rounds(project.train, rounds=15, epochs=4)
        by_cutoff = make_snapshots(clean, list(CUTOFFS.values()), LAST_DAY, HORIZON)
        self.snapshots: Snapshots = {name: by_cutoff[cutoff] for name, cutoff in CUTOFFS.items()}
        base = total_days([base_days(Block.of_frames(clean))])
        self.season = fit_season(base, self.test, CUTOFFS["test"], self.params.btyd)

    @property
    def test(self) -> pd.DataFrame:
        return self.snapshots["test"]

    def sample(self, name: str, snapshot: pd.DataFrame | None = None) -> Sample:
        frame = self.snapshots[name] if snapshot is None else snapshot
        return sample_of(frame, Btyd.fit(frame, CUTOFFS[name], HORIZON, self.season, self.params.btyd))

    def windows(self) -> list[Window]:
        """The windows after the cutoffs that are over at the test cutoff."""
        return [window_of(self.sample(name)) for name in ("training", "calibration")]

    def later(self, threads: int = 2, test: pd.DataFrame | None = None) -> Forecaster:
        """Fit learners on one window, calibrated on the next."""
        compute = Machine(threads)
        samples = self.sample("training"), self.sample("calibration"), self.sample("test", test)
        return Forecaster.fit(Samples([samples[0]], *samples[1:]), self.windows(), self.params, compute, 1)

    def same(self) -> Forecaster:
        """Fit, calibrate and test on one window, split by customers."""
        whole = self.sample("calibration")

        def part(name: Part) -> Sample:
            return whole.where(in_parts(whole.ids, [name], self.project.time.customer_shares))

        samples = Samples([part("training")], part("calibration"), part("test"))
        return Forecaster.fit(samples, self.windows()[:1], self.params, Machine(1), 1)


def window_of(sample: Sample) -> Window:
    """The realised totals of the customers of a sample, and their forecast totals."""
    value, orders = (float(sample.features[name].sum()) for name in ("btyd_value", "btyd_orders"))
    days = sample.btyd.basis.history_days
    return Window(sample.cutoff, days, float(sample.target.sum()), value, float(sample.orders.sum()), orders)


@pytest.fixture(scope="module")
def world(clean_shop: Clean, project_params: Params) -> World:
    return World(clean_shop, project_params)


@pytest.fixture(scope="module")
def models(world: World) -> dict[str, Forecaster]:
    return {"two windows": world.later(), "one window": world.same()}


@pytest.fixture(scope="module")
def model(models: dict[str, Forecaster]) -> Forecaster:
    return models["two windows"]


@pytest.fixture(scope="module")
def predictions(models: dict[str, Forecaster], world: World) -> dict[str, pd.DataFrame]:
    frames = {"two windows": world.test, "one window": world.snapshots["calibration"]}
    return {name: model.predict(frames[name]) for name, model in models.items()}


both = pytest.mark.parametrize("kind", ["two windows", "one window"])


def saved(model: Forecaster, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    model.save(folder, DATA)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@both
def test_bounds_are_nested_around_the_forecast(predictions: dict[str, pd.DataFrame], kind: str) -> None:
    found = predictions[kind]
    assert np.isfinite(found.drop(columns=["confidence", "not_known"]).to_numpy()).all()
    inner_low = inner_high = found["predicted_clv"]
    assert (inner_low >= 0).all()
    assert inner_low.nunique() > 100
    for level in LEVELS:
        low, high = found[f"lower_{level}"], found[f"upper_{level}"]
        assert (low >= 0).all()
        assert (low <= inner_low).all()
        assert (high >= inner_high).all()
        inner_low, inner_high = low, high


@both
def test_what_is_said_of_a_customer_agrees_with_itself(predictions: dict[str, pd.DataFrame], kind: str) -> None:
    found = predictions[kind]
    assert all(found[name].between(0, 1).all() for name in ("p_alive", "p_purchase", "churn_risk"))
    assert (found["p_alive"] >= found["p_purchase"]).all()
    assert found["churn_risk"].to_numpy() == pytest.approx(1 - found["p_purchase"].to_numpy(), abs=1e-9)
    assert (found["expected_orders"] >= found["p_purchase"]).all()
    assert (found["days_to_next_order"] > 0).all()
    assert (found["residual_value"] >= found["predicted_clv"]).all()


def corrected(model: Forecaster, correction: Correction) -> Forecaster:
    """A forecaster with another correction."""
    return replace(model, at_level=replace(model.at_level, correction=correction))


def test_who_is_sure_to_buy_is_active(model: Forecaster, world: World) -> None:
    chance = Chance(4.0, (1 / 3,) * 3)  # weights of buy till you die and two hurdles
    sure = corrected(model, replace(model.correction, chance=chance)).predict(world.test.head(50))
    assert (sure["p_alive"] >= sure["p_purchase"]).all()
    assert (model.predict(world.test.head(50))["p_alive"] < sure["p_purchase"]).any()


@both
def test_confidence_is_how_narrow_the_interval_is(
    predictions: dict[str, pd.DataFrame], models: dict[str, Forecaster], kind: str
) -> None:
    found = predictions[kind]
    width = (found["upper_90"] - found["lower_90"]) / found["predicted_clv"].clip(lower=models[kind].typical)
    for label, low, high in (("high", -1, 1), ("medium", 1, 2.5), ("low", 2.5, np.inf)):
        rows = (width > low) & (width <= high)
        assert (found["confidence"][rows] == label).all()
    assert len(set(found["confidence"])) > 1
    assert models[kind].typical == pytest.approx(found["predicted_clv"].mean(), rel=0.2)


def test_chances_are_those_of_the_buyers(predictions: dict[str, pd.DataFrame], world: World) -> None:
    found, bought = predictions["two windows"], world.test[TARGET_ORDERS] > 0
    assert found["p_purchase"].mean() == pytest.approx(bought.mean(), abs=0.06)
    likely = found["p_purchase"] > found["p_purchase"].median()
    assert bought[likely].mean() > 1.5 * bought[~likely].mean()


def test_intervals_cover_a_later_window(predictions: dict[str, pd.DataFrame], world: World) -> None:
    found, y = predictions["two windows"], world.test[TARGET]
    for level in LEVELS:
        covered = y.clip(lower=0).between(found[f"lower_{level}"], found[f"upper_{level}"]).mean()
        assert level / 100 - min(0.05, 1 - level / 100) < covered < level / 100 + 0.05, level


def test_all_learners_are_brought_to_the_level(model: Forecaster, world: World) -> None:
    days = world.sample("test").btyd.basis.history_days
    assert model.level == Level.fit(world.windows(), CUTOFFS["test"], HORIZON, days)
    total = world.sample("test").btyd_total * model.level.value
    learners = model.predict_learners(model.features_of(world.test))
    assert list(learners) == list(world.params.learners)
    assert learners.sum().to_numpy() == pytest.approx(total, rel=1e-3)
    assert model.predict(world.test)["predicted_clv"].sum() == pytest.approx(total, rel=1e-3)


@both
def test_weights_say_what_each_learner_contributes(models: dict[str, Forecaster], kind: str, world: World) -> None:
    weights = models[kind].weights
    assert list(weights) == list(world.params.learners)
    assert sum(weights.values()) == pytest.approx(1)
    assert min(weights.values()) >= 0
    if kind == "one window":
        assert weights["btyd"] >= 0.3, "learners have not aged by a window that nobody has seen"


def test_it_names_the_windows_that_it_learned_from(models: dict[str, Forecaster]) -> None:
    assert models["two windows"].labelled == (CUTOFFS["training"], CUTOFFS["calibration"])
    assert models["one window"].labelled == (CUTOFFS["calibration"],)


def test_it_beats_the_mean_on_what_it_never_saw(predictions: dict[str, pd.DataFrame], world: World) -> None:
    y = world.test[TARGET]
    error = (predictions["two windows"]["predicted_clv"] - y).abs().mean()
    assert error < 0.9 * (y - y.mean()).abs().mean()


@both
def test_a_saved_model_gives_the_same_numbers(
    models: dict[str, Forecaster], world: World, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    model = models[kind]
    model.save(tmp_path, DATA)
    for _ in range(2):
        loaded = Forecaster.load(tmp_path, Machine(1))
        pd.testing.assert_frame_equal(loaded.predict(world.test), model.predict(world.test), check_exact=True)
        learners = [one.predict_learners(one.features_of(world.test)) for one in (loaded, model)]
        pd.testing.assert_frame_equal(*learners, check_exact=True)
        assert (loaded.weights, loaded.labelled, loaded.seed) == (model.weights, model.labelled, model.seed)
    assert capsys.readouterr().err == ""
    assert saved(loaded, tmp_path / "again")[MANIFEST] == (tmp_path / MANIFEST).read_bytes()


def test_some_customers_get_the_numbers_of_the_batch(
    model: Forecaster, predictions: dict[str, pd.DataFrame], world: World
) -> None:
    batch = predictions["two windows"]
    for rows in ([17], [3, 900, 4]):
        found = model.predict(world.test.iloc[rows])
        pd.testing.assert_frame_equal(found, batch.iloc[rows], check_exact=True)
    renamed = model.predict(world.test.head(5).set_axis(list("edcba")))
    assert renamed.index.to_list() == list("edcba")
    without_targets = model.predict(world.test.drop(columns=[TARGET, TARGET_ORDERS]))
    pd.testing.assert_frame_equal(without_targets, batch, check_exact=True)


def test_the_forecast_of_complete_features_is_that_of_their_snapshot(
    model: Forecaster, predictions: dict[str, pd.DataFrame], world: World
) -> None:
    features = model.features_of(world.test)
    assert sorted(features) == sorted(model.panel.encoder.names)
    batch = predictions["two windows"]["predicted_clv"].to_numpy()
    assert np.array_equal(model.forecast(features), batch)
    assert np.array_equal(model.forecast(features.iloc[[5, 3]]), batch[[5, 3]])
    pd.testing.assert_frame_equal(model.predict_from(features), predictions["two windows"], check_exact=True)
    assert np.array_equal(model.predict_btyd(features), model.predict_learners(features)["btyd"])


def test_learners_without_a_say_are_not_asked(model: Forecaster, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    k = len(model.panel.names)
    heard = tuple(1.0 if name == "xgboost" else 0.0 for name in model.panel.names)
    combination = replace(model.correction.combination, weights=heard, given=(0.0,) * k)
    alone = corrected(model, replace(model.correction, combination=combination))
    assert combination.heard == tuple(weight > 0 for weight in heard)
    features = model.features_of(world.test)
    forecast = np.round(alone.at_level.forecast(model.panel.predict(features), features, model.btyd), 2)
    for learner in model.panel.learners:
        if learner.name != "xgboost":
            monkeypatch.setattr(learner, "predict", None)
    assert np.array_equal(alone.forecast(features), forecast)


def test_bytes_do_not_depend_on_threads_or_repetition(model: Forecaster, world: World, tmp_path: Path) -> None:
    assert saved(world.later(threads=1), tmp_path / "one") == saved(model, tmp_path / "two")


def test_the_test_labels_are_not_looked_at(model: Forecaster, world: World, tmp_path: Path) -> None:
    blind = world.test.assign(**{TARGET: np.nan, TARGET_ORDERS: np.nan})
    assert saved(world.later(test=blind), tmp_path / "blind") == saved(model, tmp_path / "seeing")


def test_features_that_differ_are_named(model: Forecaster, world: World) -> None:
    lacking = world.test.drop(columns=["eco_share", "tenure_days"])
    with pytest.raises(InputError, match=r"they lack tenure_days, eco_share; run `dvc repro` to refit it$"):
        model.predict(lacking[["customer_id", *[c for c in lacking if c != "customer_id"]]])
    with pytest.raises(InputError, match=r"they have shoe_size, hat; run"):
        model.predict(world.test.assign(shoe_size=44.0, hat=1.0))
    with pytest.raises(InputError, match=r"differ from those .* they lack eco_share and have shoe_size; run"):
        model.features_of(world.test.rename(columns={"eco_share": "shoe_size"}))


def test_the_manifest_says_what_it_was_made_from(model: Forecaster, world: World, tmp_path: Path) -> None:
    model.save(tmp_path, DATA)
    manifest = json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["data"] == DATA
    assert manifest["labelled"] == ["2023-12-06", "2024-04-04"]
    assert set(manifest["features"]) == set(world.test) - {"customer_id", TARGET, TARGET_ORDERS}
    assert Season.from_dict(manifest["btyd"]["season"]) == world.season
    assert "threads" not in json.dumps(manifest)


def test_other_versions_are_named_on_stderr(
    model: Forecaster, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model.save(tmp_path, DATA)
    path = tmp_path / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    now = dict(manifest["versions"])
    manifest["versions"]["lightgbm"] = "0.0.1"
    del manifest["versions"]["scipy"]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    seal(tmp_path)
    found = Forecaster.load(tmp_path, Machine(1)).predict(world.test)
    pd.testing.assert_frame_equal(found, model.predict(world.test), check_exact=True)
    said = capsys.readouterr().err
    assert said.startswith(f"warning: {tmp_path} was made with other versions: ")
    assert f"lightgbm 0.0.1, now {now['lightgbm']}" in said
    assert f"scipy None, now {now['scipy']}" in said
    assert "numpy" not in said


def test_a_folder_without_a_model_is_named(tmp_path: Path, project_params: Params) -> None:
    with pytest.raises(InputError, match=r"holds no model \(no manifest\.json\); run `dvc repro train`"):
        Forecaster.load(tmp_path, Machine(1))


def test_buy_till_you_die_alone_will_do(world: World) -> None:
    """Without other learners the forecast is that of the models, after level and curve."""
    params = replace(world.params, learners=("btyd",))
    samples = [world.sample(name) for name in CUTOFFS]
    model = Forecaster.fit(Samples([samples[0]], *samples[1:]), world.windows(), params, Machine(1), 1)
    assert model.weights == {"btyd": 1.0}
    found, btyd = model.predict(world.test), model.predict_learners(model.features_of(world.test))["btyd"]
    assert np.corrcoef(found["predicted_clv"].rank(), btyd.rank())[0, 1] > 0.95
    assert (found["lower_99"] <= found["predicted_clv"]).all()


def test_parts_are_forecast_as_the_whole_is(
    model: Forecaster, world: World, predictions: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prediction, "PART_ROWS", 100)
    pd.testing.assert_frame_equal(
        prediction.predict_in_parts(model, world.test, 2), predictions["two windows"], check_exact=True
    )
