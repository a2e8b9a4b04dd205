"""The Gamma-Gamma model of spend, checked without its closed forms."""

import numpy as np
import pytest

from clv.models.btyd.draws import Draws
from clv.models.btyd.gamma_gamma import GammaGamma, _log_likelihood

MODEL = GammaGamma(p=6.25, q=3.74, v=15.44)


def test_the_gradient_is_that_of_the_likelihood() -> None:
    params = np.array([6.25, 3.74, 15.44])
    x, mean = np.array([1.0, 2, 30]), np.array([11.77, 73.74, 0.5])
    _, gradient = _log_likelihood(params, x, mean)
    for i, step in enumerate(np.eye(3) * 1e-6):
        slope = (_log_likelihood(params + step, x, mean)[0] - _log_likelihood(params - step, x, mean)[0]) / 2e-6
        np.testing.assert_allclose(gradient[i], slope, rtol=1e-5, atol=1e-7)


def test_draws_follow_the_expected_spend() -> None:
    x, mean = np.array([0.0, 1, 7]), np.array([np.nan, 11.77, 73.74])
    drawn = MODEL.draw_spend(x, np.full((40_000, 3), 3), Draws.make(40_000, 1, MODEL.p))
    draws = drawn * MODEL.unit(x, mean)
    error = 4 * draws.std(axis=0) / np.sqrt(40_000)
    assert (np.abs(draws.mean(axis=0) - 3 * MODEL.expected_spend(x, mean)) < error).all()
    assert MODEL.expected_spend(x, mean)[0] == MODEL.mean_of_new()


def test_no_orders_are_worth_nothing() -> None:
    orders = np.array([[0], [1], [0]])
    draws = MODEL.draw_spend(np.array([2.0]), orders, Draws.make(3, 1, MODEL.p))
    assert ((draws > 0) == (orders > 0)).all()


def test_draws_are_the_posterior() -> None:
    """For customers whose one order was near 30, the spend on the next order is distributed like the model's draws."""
    rng = np.random.default_rng(5)
    nu = rng.gamma(MODEL.q, 1 / MODEL.v, 2_000_000)
    first, second = rng.gamma(MODEL.p, 1 / nu), rng.gamma(MODEL.p, 1 / nu)
    seen = second[np.abs(first - 30) < 0.5]
    orders = np.ones((40_000, 1), dtype="int64")
    once = np.ones(1)
    drawn = MODEL.draw_spend(once, orders, Draws.make(40_000, 1, MODEL.p)) * MODEL.unit(once, 30 * once)
    shares = np.array([0.1, 0.5, 0.9])
    np.testing.assert_allclose(np.quantile(drawn, shares), np.quantile(seen, shares), rtol=0.03)


def test_a_weight_stands_for_repeated_rows() -> None:
    rng = np.random.default_rng(2)
    x, mean, times = rng.integers(1, 5, 300), rng.gamma(4, 10, 300), rng.integers(0, 4, 300)
    model = GammaGamma.fit(x, mean, times)
    assert model == GammaGamma.fit(x.repeat(times), mean.repeat(times))
    errors = model.standard_errors(x.repeat(times), mean.repeat(times))
    np.testing.assert_allclose(model.standard_errors(x, mean, times), errors, rtol=1e-6)


@pytest.mark.parametrize(("x", "mean"), [([1.0], [20.0]), ([1.0] * 40, [20.0] * 40), ([1.0, 5000], [0.01, 1e6])])
def test_degenerate_shops_still_fit(x: list[float], mean: list[float]) -> None:
    model = GammaGamma.fit(np.array(x), np.array(mean))
    assert np.isfinite(model.expected_spend(np.array(x), np.array(mean))).all()
    assert np.isfinite(model.log_likelihood(np.array(x), np.array(mean))).all()
