"""Each metric against an example worked by hand, scikit-learn or scipy, and properties that hold for any data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    mean_absolute_error,
    mean_pinball_loss,
    precision_score,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)

from clv.evaluation.chart_tables import pit_table
from clv.evaluation.distribution import Distribution, Placed
from clv.evaluation.judged import Judged
from clv.evaluation.metrics import DISTRIBUTION_METRICS, METRICS, evaluate, metrics_of
from clv.evaluation.ranks import ranking, top_count

Y = np.array([100.0, 50, 30, 0, 0, 20, 0, 0, 0, 0])
F = np.array([90.0, 60, 5, 1, 2, 40, 3, 4, 0, 6])
# Quantiles at 1/4 and 3/4. The 90% interval is F / 2 to 2 F; those of 95 and 99% are 0 to 3 F and 0 to 4 F.
SPREAD = Placed.of(
    Y,
    Distribution(
        quantiles=np.array([F / 2, F * 3 / 2]),
        lower={90: F / 2, 95: F * 0, 99: F * 0},
        upper={90: F * 2, 95: F * 3, 99: F * 4},
        p_purchase=F / 100,
    ),
)
# Distances outside the 90% intervals: 30 is 20 above 10; five zeros lie below F / 2 > 0; 20 is just inside (20, 80).
OUTSIDE_90 = 20 + (1 + 2 + 3 + 4 + 6) / 2

EXPECTED = {
    "gini": 0.951807,  # Google's ZILN convention; Kaggle's would be .945205
    "spearman": spearmanr(Y, F).statistic,
    "r2": r2_score(Y, F),
    "mae": mean_absolute_error(Y, F),
    "rmse": root_mean_squared_error(Y, F),
    "buyer_mape": (0.1 + 0.2 + 25 / 30 + 1.0) / 4,
    "decile_mape": (0.1 + 0.2 + 1.0 + 25 / 30) / 4,  # the deciles of 100, 50, 20 and 30; the others spent nothing
    "bias": 211 / 200 - 1,
    "auc": roc_auc_score(Y > 0, F),
    "average_precision": average_precision_score(Y > 0, F),
    "precision_top_1": 1.0,  # at least one customer: the best
    "precision_top_5": 1.0,  # 0.5 rounds to 0, so again one
    "precision_top_10": 1.0,
    "precision_top_20": 1.0,
    "value_top_1": 100 / 200,
    "value_top_5": 100 / 200,
    "value_top_10": 100 / 200,
    "value_top_20": 150 / 200,
    "pinball_50": mean_pinball_loss(Y, F / 2, alpha=0.5),  # the quantiles are equally near: the first
    "pinball_90": mean_pinball_loss(Y, F * 3 / 2, alpha=0.9),
    "crps": mean_pinball_loss(Y, F / 2, alpha=0.25) + mean_pinball_loss(Y, F * 3 / 2, alpha=0.75),
    "purchase_brier": brier_score_loss(Y > 0, F / 100),
    "coverage_90": 4 / 10,  # 100 in (45, 180), 50 in (30, 120), 20 in (20, 80), and the 0 that was forecast as 0
    "coverage_95": 9 / 10,
    "coverage_99": 9 / 10,
    "width_90": 1.5 * 21.1,
    "width_95": 3 * 21.1,
    "width_99": 4 * 21.1,
    "interval_score_90": 1.5 * 21.1 + 20 * OUTSIDE_90 / 10,
    "interval_score_95": 3 * 21.1 + 40 * 15 / 10,
    "interval_score_99": 4 * 21.1 + 200 * 10 / 10,
}


def test_every_metric_has_an_example() -> None:
    names = [metric.name for metric in (*METRICS, *DISTRIBUTION_METRICS)]
    assert len(set(names)) == len(names)
    assert set(names) - set(EXPECTED) == {"pit_distance"}, "it has a test of its own"


@pytest.mark.parametrize("name", EXPECTED)
def test_the_example(name: str) -> None:
    assert evaluate(Y, F, SPREAD)[name] == pytest.approx(EXPECTED[name], abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_ties_and_zeros_as_in_scikit_learn_and_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    f = rng.integers(0, 5, 400).astype(float)
    y = np.where(rng.random(400) < 0.3, rng.integers(0, 4, 400) + f, 0.0)
    got = evaluate(y, f)
    assert got["auc"] == pytest.approx(roc_auc_score(y > 0, f))
    assert got["average_precision"] == pytest.approx(average_precision_score(y > 0, f))
    assert got["spearman"] == pytest.approx(spearmanr(y, f).statistic)
    assert got["r2"] == pytest.approx(r2_score(y, f))


def test_precision_of_the_top_is_scikit_learn_s() -> None:
    rng = np.random.default_rng(0)
    y = rng.gamma(0.5, 100, 1000)
    f = y * rng.gamma(2, 0.5, 1000)
    for top in (1, 5, 10, 20):
        n = top_count(len(y), top / 100)
        truly, chosen = (np.isin(np.arange(len(y)), ranking(values)[:n]) for values in (y, f))
        assert evaluate(y, f)[f"precision_top_{top}"] == pytest.approx(precision_score(truly, chosen))
        assert evaluate(y, f)[f"value_top_{top}"] == pytest.approx(y[chosen].sum() / y.sum())


def test_who_spent_nothing_is_not_among_those_who_spent_most() -> None:
    y = np.array([5.0] + [0.0] * 9)
    assert evaluate(y, np.arange(10, 0, -1.0))["precision_top_20"] == pytest.approx(0.5)


def test_a_perfect_forecast() -> None:
    got = evaluate(Y, Y)
    for metric in METRICS:
        best = {True: 1.0, False: 0.0, None: 0.0}[metric.higher_is_better]
        if not metric.name.startswith("value_top"):  # the best two customers of ten hold only 75%
            assert got[metric.name] == pytest.approx(best, abs=1e-12), metric.name


def test_the_ends_of_the_pit_are_as_full_as_its_middle() -> None:
    """The first quantile is at half a share, so less mass lies below it than between two quantiles."""
    rng = np.random.default_rng(1)  # not the seed that places values within jumps
    spread = Distribution(np.repeat(np.array(Distribution.shares())[:, None], 50_000, axis=1), {}, {}, np.ones(50_000))
    density = pit_table(Placed.of(rng.random(50_000), spread).pit)["density"]
    assert density.to_numpy() == pytest.approx(1, abs=0.06)


def test_the_pit_of_a_calibrated_forecast_is_uniform_also_with_a_jump_at_zero() -> None:
    rng = np.random.default_rng(0)
    n, q = 4000, 99
    scale = rng.lognormal(2, 1, n)
    draws = np.sort(np.where(rng.random((20_000, 1)) < 0.6, 0, rng.gamma(2, 1, (20_000, 1))), axis=0)
    quantiles = draws[(np.array(Distribution.shares(q)) * 20_000).astype(int)] * scale
    y = np.where(rng.random(n) < 0.6, 0, rng.gamma(2, 1, n)) * scale
    ends = dict.fromkeys((90, 95, 99), scale)

    def distance(y: np.ndarray, factor: float) -> float:
        spread = Distribution(quantiles * factor, ends, ends, scale * 0)
        return evaluate(y, scale, Placed.of(y, spread))["pit_distance"]

    noise = 1.63 / np.sqrt(n)  # a uniform sample exceeds this once in a hundred
    assert distance(y, 1) < noise
    assert distance(y, 0.5) > 4 * noise, "too narrow"
    assert distance(y * 0, 1) > 0.35, "nobody buys, though 40% should"


VALUES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=60)


def placed(y: np.ndarray, f: np.ndarray) -> Placed:
    """Values placed in a distribution around the forecasts; equal forecasts have the same distribution."""
    levels = (90, 95, 99)
    chance = np.minimum(f / 60, 1)
    lower, upper = {level: f / level for level in levels}, dict.fromkeys(levels, f * 3)
    return Placed.of(y, Distribution(np.array([f / 3, f, f * 2]), lower, upper, chance))


@given(VALUES, st.integers(0, 1000))
def test_metrics_stay_within_bounds_and_ignore_the_order_of_customers(pairs: list[tuple[int, int]], seed: int) -> None:
    y, f = np.array(pairs, dtype=float).T
    f = f + np.arange(len(f)) * 1e-6  # ties are ordered by position, so there are none here
    order = np.random.default_rng(seed).permutation(len(y))
    got, moved = evaluate(y, f, placed(y, f)), evaluate(y[order], f[order], placed(y[order], f[order]))
    for metric in metrics_of(Judged.of(y, f, placed(y, f))):
        value = got[metric.name]
        if metric.name != "pit_distance":  # places within a jump are drawn by position
            assert value == pytest.approx(moved[metric.name], nan_ok=True, abs=1e-9), metric.name
        low, high = metric.bounds
        assert np.isnan(value) or low - 1e-9 <= value <= high + 1e-9, f"{metric.name} is {value}"


RANK_METRICS = [
    metric.name
    for metric in METRICS
    if metric.name in ("gini", "spearman", "auc", "average_precision") or "_top_" in metric.name
]


@given(VALUES)
def test_ranks_alone_matter_to_metrics_of_ranks(pairs: list[tuple[int, int]]) -> None:
    y, f = np.array(pairs, dtype=float).T
    got, bent = evaluate(y, f), evaluate(y, np.exp(f / 10) - 5)
    for name in RANK_METRICS:
        assert got[name] == pytest.approx(bent[name], nan_ok=True, abs=1e-12), name
    assert len(RANK_METRICS) == 12


def test_ties_do_not_follow_the_order_of_rows() -> None:
    """Equal forecasts hold an even share of the value, even where the rows are sorted by value."""
    y = np.repeat([0.0, 1.0], 2000)
    for values in (y, y[::-1]):
        got = evaluate(values, np.zeros(4000))
        assert abs(got["gini"]) < 0.05
        assert got["value_top_20"] == pytest.approx(0.2, abs=0.03)


def test_nothing_spent_has_no_relative_metrics() -> None:
    got = evaluate(np.zeros(5), np.ones(5))
    absolute = {"mae": 1.0, "rmse": 1.0}
    assert {name: value for name, value in got.items() if not np.isnan(value)} == absolute
