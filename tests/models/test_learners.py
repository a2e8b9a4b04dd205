"""Every learner in one loop: it learns, survives odd rows, and gives the same bytes on another machine."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv import params
from clv.machine import Machine
from clv.models.learners.encoder import Encoder
from clv.models.learners.hurdle import HurdleLearner
from clv.models.learners.registry import LEARNERS, Learner
from clv.params import Params
from tests.conftest import ROOT, few_rounds

SEED = 3
ODD_NAMES = ["under <18", "[a]", "größe=1", "a,b", 'quote "x"', "tab\t{}"]


def shop(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Features and values: most values are 0, the rest heavy-tailed; the mean depends on three features."""
    rng = np.random.default_rng(seed)
    rate, value = rng.gamma(1, 1, n), rng.lognormal(3, 0.7, n)
    channel = rng.choice(["search", "shop", "mail"], n, p=[0.5, 0.3, 0.2])
    mean = rate * value * np.where(channel == "mail", 3.0, 1.0)
    buys = rng.random(n) < np.minimum(0.3 * rate + 0.05, 0.95)
    y = np.where(buys, mean * rng.gamma(2, 0.5, n) / 0.4, 0.0)
    features = pd.DataFrame(
        {
            "orders": rng.poisson(4 * rate).astype("float64"),
            "mean_value": np.where(rng.random(n) < 0.2, np.nan, value),
            "channel": np.where(rng.random(n) < 0.05, None, channel),
            "noise": rng.standard_t(2, n) * 1000,
            "btyd_value": rate * value,
        }
    )
    return features, y


class Shop:
    """A training shop and a fresh shop, both encoded, and learners fitted to the first."""

    def __init__(self, project: Params):
        self.params = few_rounds(project.train, rounds=60, epochs=10)
        features, self.y = shop(2500, 1)
        fresh, self.y_fresh = shop(2500, 2)
        self.encoder = Encoder.fit(features)
        self.X, self.X_fresh = self.encoder.transform(features), self.encoder.transform(fresh)
        self.fitted = {name: self.fit(name) for name in LEARNERS}

    def make(self, name: str, threads: int = 1) -> Learner:
        return LEARNERS[name](self.params.section(name), Machine(threads), SEED)

    def fit(self, name: str, weight: np.ndarray | None = None, threads: int = 1) -> Learner:
        learner = self.make(name, threads)
        learner.fit(self.X, self.y, weight)
        return learner


@pytest.fixture(scope="module")
def a_shop(project_params: Params) -> Shop:
    return Shop(project_params)


def saved(learner: Learner, folder: Path) -> dict[str, bytes]:
    folder.mkdir(parents=True)
    learner.save(folder)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def save_all(folder: str) -> None:
    """Fit every learner and save each into a folder of its own."""
    for name, learner in Shop(params.load(ROOT / "params.yaml")).fitted.items():
        saved(learner, Path(folder) / name)


def require_sane(forecasts: np.ndarray, y: np.ndarray) -> None:
    assert np.isfinite(forecasts).all()
    assert (forecasts >= 0).all()
    assert (forecasts <= y.max() * 1.001).all()


every_learner = pytest.mark.parametrize("name", LEARNERS)


@every_learner
def test_it_beats_the_mean_on_fresh_rows(a_shop: Shop, name: str) -> None:
    forecasts = a_shop.fitted[name].predict(a_shop.X_fresh)
    error = np.abs(forecasts * a_shop.y_fresh.mean() / forecasts.mean() - a_shop.y_fresh).mean()
    assert error < 0.85 * np.abs(a_shop.y_fresh - a_shop.y_fresh.mean()).mean()
    assert np.corrcoef(forecasts, a_shop.y_fresh)[0, 1] > 0.4


@every_learner
def test_forecasts_are_money_whatever_the_row(a_shop: Shop, name: str) -> None:
    require_sane(a_shop.fitted[name].predict(a_shop.X_fresh), a_shop.y)
    absurd = a_shop.X_fresh.copy()
    absurd[list(a_shop.encoder.numeric)] *= 1e6
    require_sane(a_shop.fitted[name].predict(absurd), a_shop.y)
    empty = a_shop.X_fresh.head(3).assign(**dict.fromkeys(a_shop.encoder.numeric, np.nan))
    require_sane(a_shop.fitted[name].predict(empty), a_shop.y)


@every_learner
def test_saved_and_loaded_it_forecasts_the_same(a_shop: Shop, name: str, tmp_path: Path) -> None:
    a_shop.fitted[name].save(tmp_path)
    loaded = a_shop.make(name)
    loaded.load(tmp_path)
    np.testing.assert_array_equal(loaded.predict(a_shop.X_fresh), a_shop.fitted[name].predict(a_shop.X_fresh))


@every_learner
def test_one_row_gets_the_forecast_of_the_batch(a_shop: Shop, name: str) -> None:
    batch = a_shop.fitted[name].predict(a_shop.X_fresh)
    one = a_shop.fitted[name].predict(a_shop.X_fresh.iloc[[17]])
    np.testing.assert_allclose(one, batch[[17]], rtol=1e-12)


@every_learner
def test_rows_of_weight_zero_have_no_influence(a_shop: Shop, name: str) -> None:
    weight = (np.arange(len(a_shop.y)) % 3 > 0).astype("float64")
    weighted = a_shop.fit(name, weight)
    fewer = a_shop.make(name)
    fewer.fit(a_shop.X[weight > 0].reset_index(drop=True), a_shop.y[weight > 0], None)
    np.testing.assert_array_equal(weighted.predict(a_shop.X_fresh), fewer.predict(a_shop.X_fresh))


@every_learner
def test_weights_shift_the_level(a_shop: Shop, name: str) -> None:
    by_value = a_shop.fit(name, np.where(a_shop.y > np.median(a_shop.y[a_shop.y > 0]), 4.0, 1.0))
    assert by_value.predict(a_shop.X_fresh).mean() > 1.2 * a_shop.fitted[name].predict(a_shop.X_fresh).mean()


def test_a_ridge_row_of_weight_two_is_two_rows(a_shop: Shop, tmp_path: Path) -> None:
    weight = 1.0 + np.arange(len(a_shop.y)) % 2
    weighted = a_shop.fit("ridge", weight)
    repeated = a_shop.make("ridge")
    rows = np.repeat(np.arange(len(a_shop.y)), weight.astype(int))
    repeated.fit(a_shop.X.iloc[rows].reset_index(drop=True), a_shop.y[rows], None)
    assert saved(weighted, tmp_path / "weighted") == saved(repeated, tmp_path / "repeated")


def test_a_price_list_in_cents_changes_nothing(a_shop: Shop) -> None:
    for name in ("gradient_boosting", "xgboost", "lightgbm", "hurdle", "neural"):
        cents = a_shop.make(name)
        cents.fit(a_shop.X, a_shop.y * 100, None)
        expected = a_shop.fitted[name].predict(a_shop.X_fresh) * 100
        np.testing.assert_allclose(cents.predict(a_shop.X_fresh), expected, rtol=0.05, err_msg=name)


@every_learner
@pytest.mark.parametrize(("n", "text"), [(50, False), (50, True), (300, True)])
def test_few_rows_and_odd_columns_will_do(a_shop: Shop, name: str, n: int, text: bool) -> None:
    features, y = shop(n, 5)
    odd = features.drop(columns=["channel", "noise", "mean_value"]).assign(empty=np.nan, constant=3.3)
    odd = odd.assign(**{label: np.arange(n) % (i + 2) * 1.0 for i, label in enumerate(ODD_NAMES)})
    odd = odd.assign(flag=np.arange(n) % 2 == 0)
    if text:
        odd = odd.assign(**{"[te] <xt>": ["a"] * (n - 2) + ["b", None], "unknown": None})
    encoder = Encoder.fit(odd)
    learner = a_shop.make(name)
    learner.fit(encoder.transform(odd), y, None)
    require_sane(learner.predict(encoder.transform(odd)), y)


@every_learner
@pytest.mark.parametrize("buyers", [1, 60])
def test_one_buyer_or_nothing_but_buyers_will_do(a_shop: Shop, name: str, buyers: int) -> None:
    X, y = a_shop.X.head(60), np.where(np.arange(60) < buyers, 5.0 + np.arange(60), -1.0)
    learner = a_shop.make(name)
    learner.fit(X, y, None)
    require_sane(learner.predict(a_shop.X_fresh), y)


@every_learner
def test_bytes_do_not_depend_on_threads(a_shop: Shop, name: str, tmp_path: Path) -> None:
    assert saved(a_shop.fit(name, threads=2), tmp_path / "two") == saved(a_shop.fitted[name], tmp_path / "one")


def test_bytes_do_not_depend_on_the_kind_of_cpu(a_shop: Shop, tmp_path: Path) -> None:
    chosen = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "older_machine.py")], capture_output=True, text=True, check=True
    )
    older = dict(line.split("=", 1) for line in chosen.stdout.splitlines())
    code = f"from tests.models import test_learners as t; t.save_all({str(tmp_path / 'other')!r})"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ | older, check=True, timeout=240)
    for name, learner in a_shop.fitted.items():
        folder = tmp_path / "other" / name
        other = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        assert other == saved(learner, tmp_path / "here" / name), name


def test_noise_in_the_last_bits_changes_no_network(a_shop: Shop, tmp_path: Path) -> None:
    noisy = a_shop.X.copy()
    noisy[list(a_shop.encoder.numeric)] *= 1 + 1e-14 * np.random.default_rng(0).normal(size=(len(noisy), 1))
    learner = a_shop.make("neural")
    learner.fit(noisy, a_shop.y, None)
    assert saved(learner, tmp_path / "noisy") == saved(a_shop.fitted["neural"], tmp_path / "plain")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("sigma", [2.0, 5.0])
def test_networks_survive_a_few_huge_values(a_shop: Shop, sigma: float) -> None:
    y = np.random.default_rng(0).lognormal(0, sigma, len(a_shop.y)) * (np.arange(len(a_shop.y)) % 50 == 0)
    fast = replace(a_shop.params.neural, learning_rate=0.01, n_units=64)
    learner = LEARNERS["neural"](fast, Machine(1), SEED)
    learner.fit(a_shop.X, y, None)
    require_sane(learner.predict(a_shop.X_fresh), y)


def test_the_hurdle_knows_how_many_buy(a_shop: Shop) -> None:
    hurdle = a_shop.fitted["hurdle"]
    assert isinstance(hurdle, HurdleLearner)
    p, buys = hurdle.p_purchase(a_shop.X_fresh), a_shop.y_fresh > 0
    assert ((p >= 0) & (p <= 1)).all()
    for third in np.array_split(np.argsort(p), 3):
        assert p[third].mean() == pytest.approx(buys[third].mean(), abs=0.06)
    assert buys[p > np.quantile(p, 0.8)].mean() > 1.5 * buys.mean()
