"""One forecast out of many: the loss, the weights that minimise it, and forecasts of a row that is left out."""

from dataclasses import replace

import numpy as np
import pytest

from clv.models.calibration.combination import Combination, honest
from clv.models.calibration.curve import Curve
from clv.models.calibration.weights import fit_weights
from clv.models.loss import tweedie_deviance, tweedie_slope
from tests.models.rows import zero_inflated


def mixture(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two forecasts whose mean weighted 0.7 and 0.3 is right, a useless third one, and the realised values."""
    rng = np.random.default_rng(seed)
    a, b, noise = rng.lognormal(3, 1, (3, n))
    return np.column_stack([a, b, noise]), rng.gamma(2, (0.7 * a + 0.3 * b) / 2)


def alike(n: int) -> np.ndarray:
    """Customers of one group."""
    return np.zeros((n, 3), dtype="int64")


def test_the_deviance_is_least_at_the_mean() -> None:
    _, y = zero_inflated(5000, np.random.default_rng(0))
    at = [tweedie_deviance(y, np.full(len(y), y.mean() * k)) for k in (0.9, 1.0, 1.1)]
    assert at[1] == min(at)
    assert tweedie_deviance(np.array([4.0]), np.array([4.0])) == pytest.approx(0)


def test_the_slope_is_that_of_the_deviance() -> None:
    y, f = np.array([0.0, 3.0, 50.0]), np.array([1.0, 2.0, 30.0])
    for i in range(3):
        step = np.eye(3)[i] * 1e-5
        numeric = (tweedie_deviance(y, f + step) - tweedie_deviance(y, f - step)) / 2e-5
        assert tweedie_slope(y, f)[i] == pytest.approx(numeric, rel=1e-5)


def test_weights_find_the_mixture_and_drop_noise() -> None:
    forecasts, y = mixture(20_000, 1)
    weights = fit_weights(forecasts, y)
    assert weights == pytest.approx([0.7, 0.3, 0.0], abs=0.04)
    assert weights[2] == 0
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()


def test_weights_of_one_or_of_nothing_are_even() -> None:
    assert fit_weights(np.ones((5, 1)), np.ones(5)).tolist() == [1.0]
    assert fit_weights(np.ones((5, 2)), np.zeros(5)).tolist() == [0.5, 0.5]


def test_a_combination_is_its_weights_and_its_curve() -> None:
    forecasts, y = mixture(5000, 2)
    none = Combination.fit(forecasts, y, (0.0, 0.0, 0.0), alike(len(y)))
    assert none.shares == none.weights
    assert sum(none.shares) == pytest.approx(1)
    assert none.apply(forecasts, alike(5000)) == pytest.approx(none.curve.apply(forecasts @ np.array(none.weights)))
    assert none.curve != Curve()


def test_given_weights_stay_beside_what_is_learned() -> None:
    forecasts, y = mixture(5000, 2)
    learned = Combination.fit(forecasts, y, (0.0, 0.0, 0.0), alike(len(y)))
    given = Combination.fit(forecasts, y, (0.0, 0.0, 0.4), alike(len(y)))
    assert given.weights == learned.weights
    assert given.shares == pytest.approx([0.6 * learned.weights[0], 0.6 * learned.weights[1], 0.4], abs=1e-4)
    assert sum(given.shares) == pytest.approx(1)
    assert given.apply(forecasts, alike(5000)) == pytest.approx(
        0.6 * learned.apply(forecasts, alike(5000)) + 0.4 * forecasts[:, 2]
    )


def test_one_row_is_combined_as_among_many() -> None:
    forecasts, y = mixture(500, 3)
    combination = Combination.fit(forecasts, y, (0.2, 0.0, 0.0), alike(len(y)))
    assert (
        combination.apply(forecasts[[17]], alike(1)).tolist() == combination.apply(forecasts, alike(500))[[17]].tolist()
    )


def test_what_is_said_of_a_row_does_not_depend_on_what_it_bought() -> None:
    forecasts, y = mixture(400, 4)
    fold, given = np.arange(400) % 5, (0.0, 0.0, 0.0)
    before = honest(forecasts, y, given, alike(400), fold)
    changed = y.copy()
    changed[fold == 2] = changed[fold == 2][::-1] * 50
    after = honest(forecasts, changed, given, alike(400), fold)
    assert (after[fold == 2] == before[fold == 2]).all()
    assert (after[fold != 2] != before[fold != 2]).all()


def test_each_fold_is_combined_by_the_others() -> None:
    forecasts, y = mixture(400, 4)
    fold, cells = np.random.default_rng(0).integers(0, 3, 400), np.random.default_rng(1).integers(0, 2, (400, 3))
    combined = honest(forecasts, y, (0.1, 0.0, 0.0), cells, fold)
    for k in range(3):
        others = Combination.fit(forecasts[fold != k], y[fold != k], (0.1, 0.0, 0.0), cells[fold != k])
        assert (combined[fold == k] == others.apply(forecasts[fold == k], cells[fold == k])).all()


def test_cells_correct_what_is_learned_and_what_is_given_together() -> None:
    forecasts, y = mixture(5000, 2)
    cells = alike(5000)
    cells[:, 0] = np.arange(5000) % 2
    y = y * np.where(cells[:, 0] == 1, 1.5, 0.5)
    for given in ((0.0, 0.0, 0.0), (0.5, 0.0, 0.0)):
        made = Combination.fit(forecasts, y, given, cells).apply(forecasts, cells)
        rows = cells[:, 0] == 1
        before = Combination.fit(forecasts, y, given, alike(5000)).apply(forecasts, alike(5000))
        shares = [values[rows].sum() / values.sum() for values in (before, made, y)]
        assert shares[0] + 0.08 < shares[1] < shares[2] - 0.02


def test_combinations_survive_json() -> None:
    forecasts, y = mixture(400, 5)
    combination = replace(Combination.fit(forecasts, y, (0.5, 0.0, 0.0), alike(len(y))))
    assert Combination.from_dict(combination.to_dict()) == combination
