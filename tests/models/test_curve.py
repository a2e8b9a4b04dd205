"""The calibration curve: it corrects a bent forecast, and leaves a forecast alone where it has too few data."""

import numpy as np
import pytest

from clv.models.calibration.curve import DOUBT_BUYERS, Curve
from tests.models.rows import zero_inflated

TENTHS = 10


def test_a_known_distortion_is_undone() -> None:
    rng = np.random.default_rng(0)
    mean, _ = zero_inflated(60_000, rng)
    y = mean * rng.gamma(4, 0.25, len(mean))
    bent = 3 * mean**0.6
    mended = Curve.fit(bent[:40_000], y[:40_000]).apply(bent)[40_000:]
    mended *= y[40_000:].sum() / mended.sum()
    inner = (mean[40_000:] > np.quantile(mean, 0.1)) & (mean[40_000:] < np.quantile(mean, 0.9))
    off = np.abs(np.log(mended / mean[40_000:]))[inner]
    before = np.abs(np.log(bent[40_000:] * mean.sum() / bent.sum() / mean[40_000:]))[inner]
    assert off.mean() < 0.05
    assert off.mean() < 0.2 * before.mean()


def test_a_straight_forecast_stays() -> None:
    rng = np.random.default_rng(1)
    mean = rng.lognormal(2, 1, 40_000)
    y = mean * rng.gamma(4, 0.25, len(mean))
    assert Curve.fit(mean, y).apply(mean) == pytest.approx(mean, rel=0.05)


def test_it_learns_the_shape_and_no_level() -> None:
    mean, y = zero_inflated(2000, np.random.default_rng(2))
    curve = Curve.fit(mean, y)
    assert Curve.fit(mean, 8 * y).log_factor == pytest.approx(curve.log_factor, abs=1e-5)
    scaled = Curve.fit(8 * mean, y)
    assert scaled.log_factor == pytest.approx(curve.log_factor, abs=1e-5)
    assert scaled.apply(8 * mean) == pytest.approx(8 * curve.apply(mean), rel=1e-4)


def test_few_buyers_are_doubted() -> None:
    """Ten rows per tenth. In the lowest, one buyer spends ten times the tenth's forecast; elsewhere all as forecast."""
    forecast = np.repeat(np.arange(1.0, TENTHS + 1), 10)
    y = forecast.copy()
    y[:10] = 0
    y[3] = 100.0
    curve = Curve.fit(forecast, y)
    scale = y.sum() / forecast.sum()
    assert curve.at == pytest.approx(np.log(np.arange(1, TENTHS + 1)), abs=1e-5)
    assert curve.log_factor[0] == pytest.approx(np.log(10 / scale) / (1 + DOUBT_BUYERS), abs=1e-5)
    assert curve.log_factor[1:] == pytest.approx([np.log(1 / scale) * 10 / (10 + DOUBT_BUYERS)] * 9, abs=1e-5)


def test_a_tenth_without_buyers_has_no_knot() -> None:
    forecast = np.repeat(np.arange(1.0, TENTHS + 1), 10)
    y = np.where(forecast == 2, 0.0, forecast)
    curve = Curve.fit(forecast, y)
    assert len(curve.at) == TENTHS - 1
    assert np.isfinite(curve.apply(forecast)).all()


def test_beyond_the_knots_it_is_level() -> None:
    curve = Curve((0.0, 1.0), (0.1, -0.2))
    at = curve.apply(np.array([0.0, 1e-6, 1.0, np.exp(0.5), np.exp(1), 1e6]))
    assert at == pytest.approx([0, 1e-6 * np.exp(0.1), np.exp(0.1), np.exp(0.45), np.exp(0.8), 1e6 * np.exp(-0.2)])


@pytest.mark.parametrize(
    ("forecast", "y"), [(np.ones(50), np.zeros(50)), (np.zeros(50), np.ones(50)), (np.ones(50), -np.ones(50))]
)
def test_of_nothing_nothing_is_learned(forecast: np.ndarray, y: np.ndarray) -> None:
    curve = Curve.fit(forecast, y)
    assert curve == Curve()
    assert curve.apply(np.array([0.0, 3.0])).tolist() == [0, 3]


def test_equal_forecasts_are_one_group() -> None:
    """The order of the rows does not matter: no tenth of them decides for all."""
    _, y = zero_inflated(1000, np.random.default_rng(3))
    assert Curve.fit(np.full(1000, 4.0), y).apply(np.full(3, 4.0)) == pytest.approx([4.0] * 3, rel=1e-5)
    forecast = np.where(np.arange(1000) < 550, 1.0, 3.0)
    curves = [Curve.fit(forecast[order], y[order]) for order in (np.arange(1000), np.argsort(y), np.argsort(-y))]
    assert curves[0] == curves[1] == curves[2]
    low, high = curves[0].apply(np.array([1.0, 3.0]))
    assert high / low == pytest.approx(y[550:].mean() / y[:550].mean(), rel=0.1)


def test_zero_forecasts_stay_zero() -> None:
    mean, y = zero_inflated(1000, np.random.default_rng(4))
    mean[:300] = 0
    mended = Curve.fit(mean, y).apply(mean)
    assert (mended[:300] == 0).all()
    assert np.isfinite(mended).all()
    assert (mended[300:] > 0).all()


def test_curves_survive_json() -> None:
    mean, y = zero_inflated(500, np.random.default_rng(5))
    for curve in (Curve(), Curve.fit(mean, y)):
        assert Curve.from_dict(curve.to_dict()) == curve


def test_the_best_of_many_have_knots_of_their_own() -> None:
    """The top hundredth spends twice its forecast, which the top tenth as a whole hides."""
    rng = np.random.default_rng(3)
    forecast = np.sort(rng.lognormal(2, 0.5, 10_000))
    y = forecast * rng.gamma(20, 1 / 20, 10_000)
    y[-100:] *= 2
    made = Curve.fit(forecast, y).apply(forecast)
    assert len(Curve.fit(forecast, y).at) == TENTHS + 2
    assert made[-50:].sum() == pytest.approx(y[-50:].sum(), rel=0.12)
    assert made[-1000:-500].sum() == pytest.approx(y[-1000:-500].sum(), rel=0.05)
    assert len(Curve.fit(forecast[::10], y[::10]).at) == TENTHS + 1, "a hundredth of a thousand is too few"
