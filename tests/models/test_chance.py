"""The calibrated probability of any purchase."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from clv.models.calibration.chance import Chance

N = 60_000


def test_a_known_calibration_is_found() -> None:
    rng = np.random.default_rng(0)
    models = np.clip(rng.beta(1.5, 3, (N, 2)), 0.001, 0.999)
    true = expit(-0.7 + 0.9 * logit(models[:, 0]) + 0.3 * logit(models[:, 1]))
    chance = Chance.fit(models, rng.random(N) < true)
    assert [chance.intercept, *chance.coefficients] == pytest.approx([-0.7, 0.9, 0.3], abs=0.04)
    assert chance.apply(models) == pytest.approx(true, abs=0.02)


def test_the_mean_becomes_that_of_the_buyers() -> None:
    rng = np.random.default_rng(1)
    p = rng.beta(2, 2, (20_000, 1))
    bought = rng.random(20_000) < p[:, 0] ** 2
    assert Chance.fit(p, bought).apply(p).mean() == pytest.approx(bought.mean(), abs=1e-3)


def test_a_model_that_contradicts_another_is_left_out() -> None:
    rng = np.random.default_rng(3)
    log_odds = rng.normal(-1, 1, 20_000)
    bought = rng.random(20_000) < expit(2 * log_odds)
    models = expit(np.column_stack([log_odds, log_odds - 1.5 * bought + rng.normal(0, 0.5, 20_000)]))
    chance = Chance.fit(models, bought)
    assert chance.coefficients[1] == 0
    assert chance.coefficients[0] == pytest.approx(2, abs=0.1)
    assert chance.apply(models).mean() == pytest.approx(bought.mean(), abs=2e-3)


def test_few_rows_are_doubted() -> None:
    p = np.full((3, 2), 0.5)
    few, many = (Chance.fit(np.repeat(p, k, axis=0), np.ones(3 * k)).apply(p)[0] for k in (1, 1000))
    assert 0.5 < few < 0.7
    assert many > 0.97


def test_the_plain_mean_of_the_log_odds() -> None:
    p = np.array([[0.2, 0.8], [0.3, 0.3], [0.01, 0.5]])
    assert Chance.plain(2).apply(p) == pytest.approx(expit(logit(p).mean(axis=1)))


@given(st.integers(1, 80), st.integers(1, 3), st.integers(0, 999), st.sampled_from([0.0, 0.1, 0.9, 1.0]), st.booleans())
def test_they_are_probabilities_whatever_the_data(n: int, k: int, seed: int, share: float, sure: bool) -> None:
    rng = np.random.default_rng(seed)
    models = rng.random((n, k)).round() if sure else rng.random((n, k))
    chance = Chance.fit(models, rng.random(n) < share)
    p = chance.apply(np.vstack([models, np.zeros(k), np.ones(k)]))
    assert ((p > 0) & (p < 1)).all()
    one = chance.apply(models[[0]])
    assert one.tolist() == p[[0]].tolist()


def test_who_is_likelier_stays_likelier() -> None:
    rng = np.random.default_rng(2)
    p = np.sort(rng.beta(1, 3, 5000))[:, None]
    chance = Chance.fit(p, rng.random(5000) < p[:, 0] * 0.5)
    assert (np.diff(chance.apply(p)) >= 0).all()


def test_chances_survive_json() -> None:
    chance = Chance(-0.5, (0.9, 0.3))
    assert Chance.from_dict(chance.to_dict()) == chance
