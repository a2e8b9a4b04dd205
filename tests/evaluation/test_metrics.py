"""Each metric against an example worked by hand, scikit-learn or scipy, and what must hold whatever the data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import brier_score_loss, mean_absolute_error, r2_score, roc_auc_score, root_mean_squared_error

from clv.evaluation.metrics import METRICS, brier, decile_of, evaluate, normalised_gini

Y = np.array([100.0, 50, 30, 0, 0, 20, 0, 0, 0, 0])
F = np.array([90.0, 60, 5, 1, 2, 40, 3, 4, 0, 6])

EXPECTED = {
    "gini": 0.951807,  # Google's ZILN convention; Kaggle's would be .945205
    "spearman": spearmanr(Y, F).statistic,
    "r2": r2_score(Y, F),
    "mae": mean_absolute_error(Y, F),
    "rmse": root_mean_squared_error(Y, F),
    "bias": 211 / 200 - 1,
    "decile_mape": (0.1 + 0.2 + 1.0 + 25 / 30) / 4,  # the deciles of 100, 50, 20 and 30; the others realised nothing
    "auc": roc_auc_score(Y > 0, F),
    "top_capture": 150 / 200,
}


def test_every_metric_has_an_example() -> None:
    assert set(EXPECTED) == {metric.name for metric in METRICS}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_example(name: str) -> None:
    assert evaluate(Y, F)[name] == pytest.approx(EXPECTED[name], abs=1e-6)


def test_a_perfect_forecast() -> None:
    got = evaluate(Y, Y)
    for metric in METRICS:
        best = {True: 1.0, False: 0.0, None: 0.0}[metric.higher_is_better]
        if metric.name != "top_capture":  # 75% is all that two customers of ten can hold
            assert got[metric.name] == pytest.approx(best, abs=1e-12), metric.name


VALUES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=60)


@settings(deadline=None)
@given(VALUES, st.integers(0, 1000))
def test_metrics_are_finite_or_none_and_ignore_the_order_of_customers(pairs: list[tuple[int, int]], seed: int) -> None:
    y, f = np.array(pairs, dtype=float).T
    f = f + np.arange(len(f)) * 1e-6  # ties are ordered by position, so there are none here
    order = np.random.default_rng(seed).permutation(len(y))
    got, moved = evaluate(y, f), evaluate(y[order], f[order])
    for name, value in got.items():
        assert value == pytest.approx(moved[name], nan_ok=True, abs=1e-9), name
        assert not np.isinf(value), name
    if y.sum() > 0 and np.ptp(y) > 0:
        assert got["gini"] <= 1 + 1e-9
        assert normalised_gini(y, np.exp(f / 10)) == pytest.approx(got["gini"]), "ranks alone matter"


def test_ties_do_not_follow_the_order_of_rows() -> None:
    """Equal forecasts hold an even share of the value, also where the rows are sorted by it."""
    y = np.repeat([0.0, 1.0], 2000)
    for values in (y, y[::-1]):
        assert abs(normalised_gini(values, np.zeros(4000))) < 0.05
        assert evaluate(values, np.zeros(4000))["top_capture"] == pytest.approx(0.2, abs=0.03)


def test_nothing_spent_has_no_relative_metrics() -> None:
    got = evaluate(np.zeros(5), np.ones(5))
    assert np.isnan(
        [got[name] for name in ("gini", "spearman", "r2", "bias", "decile_mape", "auc", "top_capture")]
    ).all()
    assert got["mae"] == 1.0


def test_deciles_are_even_however_many_ties() -> None:
    deciles = decile_of(np.zeros(1000))
    assert np.bincount(deciles)[1:].tolist() == [100] * 10
    assert decile_of(np.array([3.0, 1.0, 2.0])).tolist() == [1, 7, 4]


def test_the_brier_score_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(500)
    happened = rng.random(500) < p**2
    assert brier(happened, p) == pytest.approx(brier_score_loss(happened, p))
    assert brier(happened, happened.astype(float)) == 0
