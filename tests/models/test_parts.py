"""The parts of the forecaster, each by itself: loss, weights, intervals, level, tuning."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clv.errors import InputError
from clv.models.btyd import Btyd
from clv.models.ensemble import fit_weights
from clv.models.gamma_gamma import GammaGamma
from clv.models.intervals import LEVELS, MIN_ROWS_PER_BIN, Intervals
from clv.models.level import level_of, scale_to
from clv.models.loss import tweedie_deviance, tweedie_slope
from clv.models.mbg_nbd import MbgNbd
from clv.models.samples import Sample, halves, require_enough
from clv.models.tuning import tune_learner
from clv.params import Params, SearchRange

BTYD = Btyd(MbgNbd(0.5, 6, 0.9, 1.6), GammaGamma(6, 4, 15), 1.0, 90)


def zero_inflated(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Expected values and realised ones, most of them 0."""
    mean = rng.lognormal(2, 1, n)
    buys = rng.random(n) < 0.35
    return mean, np.where(buys, mean / 0.35 * rng.gamma(2, 0.5, n), 0.0)


def sample(target: list[float], expected: list[float], cutoff: date = date(2024, 1, 1)) -> Sample:
    features = pd.DataFrame({"btyd_value": expected})
    return Sample(cutoff, np.array([f"c{i}" for i in range(len(target))]), features, np.array(target), BTYD)


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
    rng = np.random.default_rng(1)
    a, b = rng.lognormal(3, 1, 20_000), rng.lognormal(3, 1, 20_000)
    y = rng.gamma(2, (0.7 * a + 0.3 * b) / 2)
    weights = fit_weights(np.column_stack([a, b, rng.lognormal(3, 1, 20_000)]), y)
    assert weights == pytest.approx([0.7, 0.3, 0.0], abs=0.04)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()


def test_weights_of_one_or_of_nothing_are_even() -> None:
    assert fit_weights(np.ones((5, 1)), np.ones(5)).tolist() == [1.0]
    assert fit_weights(np.ones((5, 2)), np.zeros(5)).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("seed", range(3))
def test_intervals_cover_what_they_promise(seed: int) -> None:
    rng = np.random.default_rng(seed)
    forecast, y = zero_inflated(20_000, rng)
    intervals = Intervals.fit(forecast[:8000], y[:8000], max_bins=10)
    columns = intervals.apply(forecast[8000:])
    for level in LEVELS:
        inside = (y[8000:] >= columns[f"lower_{level}"]) & (y[8000:] <= columns[f"upper_{level}"])
        assert inside.mean() == pytest.approx(level / 100, abs=0.012)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3000), st.integers(1, 10), st.integers(0, 99), st.sampled_from([0.0, 0.5, 1.0]))
def test_intervals_are_nested_whatever_the_data(n: int, bins: int, seed: int, tied: float) -> None:
    rng = np.random.default_rng(seed)
    forecast, y = zero_inflated(n, rng)
    forecast = np.where(rng.random(n) < tied, 1.0, forecast)
    columns = Intervals.fit(forecast, y, bins).apply(forecast)
    low, high = forecast, forecast
    for level in LEVELS:
        assert (columns[f"lower_{level}"] >= 0).all()
        assert (columns[f"lower_{level}"] <= low).all()
        assert (columns[f"upper_{level}"] >= high).all()
        low, high = columns[f"lower_{level}"], columns[f"upper_{level}"]


def test_groups_are_large_enough_and_survive_json() -> None:
    forecast, y = zero_inflated(3 * MIN_ROWS_PER_BIN + 10, np.random.default_rng(0))
    intervals = Intervals.fit(forecast, y, max_bins=10)
    assert len(intervals.edges) == 2
    assert Intervals.from_dict(intervals.to_dict()) == intervals


def test_the_level_is_shrunk_by_the_number_of_windows() -> None:
    one = sample([4.0, 0.0], [1.0, 1.0])
    assert level_of([one]) == pytest.approx(2**0.5, abs=1e-5)
    assert level_of([one, one]) == pytest.approx(2**0.5, abs=1e-5), "two parts of one window are one window"
    half_overlapping, next_one = (sample([4.0, 0.0], [1.0, 1.0], date(2024, *day)) for day in ((2, 15), (4, 1)))
    assert level_of([one, half_overlapping]) == level_of([one])
    assert level_of([one, half_overlapping, next_one]) == pytest.approx(2 ** (2 / 3), abs=1e-5)
    assert level_of([sample([0.0], [1.0])]) == 1.0
    assert scale_to(np.array([1.0, 3.0]), one, 1.5) == pytest.approx(0.75)
    assert scale_to(np.zeros(2), one, 1.5) == 1.0


def test_halves_are_disjoint_and_complete() -> None:
    whole = sample([1.0] * 1000, [1.0] * 1000)
    first, second = halves(whole)
    assert sorted([*first.ids, *second.ids]) == sorted(whole.ids)
    assert 420 < len(first.ids) < 580


def test_too_little_to_learn_from_is_said() -> None:
    many = sample([1.0] * 60, [1.0] * 60)
    require_enough([many], many)
    with pytest.raises(InputError, match="only 2 customers to calibrate on at 2024-01-01; at least 50 are needed"):
        require_enough([many], sample([1.0, 0.0], [1.0, 1.0]))
    with pytest.raises(InputError, match="nobody bought in the windows after the cutoffs"):
        require_enough([sample([0.0] * 60, [1.0] * 60)], many)


def test_tuning_starts_from_the_given_and_never_ends_worse(project_params: Params) -> None:
    rng = np.random.default_rng(0)
    features = pd.DataFrame({"f": rng.lognormal(0, 1, 2000), "btyd_value": rng.lognormal(1, 1, 2000)})
    y = features["f"].to_numpy() * rng.gamma(2, 5, 2000)
    whole = Sample(date(2024, 1, 1), np.array([f"c{i}" for i in range(2000)]), features, y, BTYD)
    training, calibration = whole.where(np.arange(2000) < 1000), whole.where(np.arange(2000) >= 1000)
    params = replace(project_params.train, ridge=replace(project_params.train.ridge, alpha=5000.0))
    space = {"alpha": SearchRange(0.1, 10_000, True)}
    best, trials = tune_learner("ridge", space, 5, [training], calibration, params, project_params.compute, 1)
    again, _ = tune_learner("ridge", space, 5, [training], calibration, params, project_params.compute, 1)
    assert trials["params"][0] == "alpha=5000"
    assert trials["trial"].to_list() == [0, 1, 2, 3, 4]
    assert trials["loss"].min() < trials["loss"][0]
    assert best == again
    assert f"alpha={best['alpha']:g}" == trials.loc[trials["loss"].idxmin(), "params"]
