"""Confidence intervals by resampling: the same as by hand, and as wide as they should be."""

import numpy as np
import pytest
from scipy.stats import norm

from clv.evaluation.bootstrap import Bootstrapped, interval, resample, wins
from clv.evaluation.distribution import Distribution, Placed
from clv.evaluation.judged import Judged
from clv.evaluation.metrics import METRICS, evaluate

N = 300


def shop(seed: int = 0) -> tuple[np.ndarray, np.ndarray, Placed]:
    """Realised values, forecasts with ties, and the places of the values in a distribution."""
    rng = np.random.default_rng(seed)
    f = np.round(rng.lognormal(2, 1, N))
    y = np.where(rng.random(N) < 0.4, f * rng.gamma(2, 1.0, N), 0.0)
    levels = (90, 95, 99)
    ends = dict.fromkeys(levels, f * 4)
    spread = Distribution(np.outer([0.0, 0.5, 3.0], f), dict.fromkeys(levels, f * 0), ends, f / (1 + f))
    return y, f, Placed.of(y, spread)


def test_a_resample_is_the_customers_it_drew() -> None:
    """For every metric, a customer who counts three times is the same as three such customers."""
    y, f, placed = shop()
    counts = resample(N, 5, 1, 0)
    assert (counts.sum(axis=1) == N).all()
    judged = Judged.of(y, f, placed)
    draws = Bootstrapped.of({"a": judged}, 100, 1, 1).draws["a"]
    for row in range(5):
        rows = np.repeat(np.arange(N), counts[row].astype(int))
        by_hand = evaluate(y[rows], f[rows], placed.taken(rows))
        for name in ("spearman", "auc", "average_precision", "mae", "r2", "bias", "crps", "coverage_95", "buyer_mape"):
            assert draws[name][row] == pytest.approx(by_hand[name]), name


def test_metrics_that_cut_ties_agree_with_copies_too() -> None:
    y, f, _ = shop()
    f = f + np.arange(N) * 1e-6  # no ties, so that any order of copies is the same
    judged, counts = Judged.of(y, f), resample(N, 5, 1, 0)
    draws = Bootstrapped.of({"a": judged}, 100, 1, 1).draws["a"]
    for row in range(5):
        rows = np.repeat(np.arange(N), counts[row].astype(int))
        by_hand = evaluate(y[rows], f[rows])
        for name, value in by_hand.items():
            assert draws[name][row] == pytest.approx(value), name


def test_a_resample_in_which_nobody_buys_has_what_such_customers_have() -> None:
    f = np.arange(60.0)
    y = np.where(f == 7, 5.0, 0.0)
    counts = np.where(y > 0, 0.0, 1.0)
    judged = Judged.of(y, f).resampled(counts[None, :])
    for name, value in evaluate(y[y == 0], f[y == 0]).items():
        found = next(metric for metric in METRICS if metric.name == name).compute(judged)[0]
        assert found == pytest.approx(value, nan_ok=True), name


def test_the_interval_of_a_mean_is_that_of_the_normal_law() -> None:
    rng = np.random.default_rng(0)
    y = rng.gamma(2, 10, 5000)
    table = Bootstrapped.of({"a": Judged.of(y, y * 0)}, 2000, 0, 1).table(0.9).set_index("metric")
    row, width = table.loc["mae"], 2 * norm.ppf(0.95) * y.std() / np.sqrt(5000)
    assert row["value"] == pytest.approx(y.mean())
    assert row["upper"] - row["lower"] == pytest.approx(width, rel=0.1)
    assert row["lower"] < row["value"] < row["upper"]


def test_draws_depend_on_the_seed_alone() -> None:
    y, f, _ = shop()
    first, again, other = (
        Bootstrapped.of({"a": Judged.of(y, f)}, 100, seed, threads).draws["a"]["gini"]
        for seed, threads in ((1, 1), (1, 3), (2, 1))
    )
    assert (first == again).all()
    assert (first != other).any()


def test_there_is_no_share_of_less_than_nothing() -> None:
    """The ratio of two negative R² can be above 1, but does not mean a leak."""
    rng = np.random.default_rng(1)
    y = rng.exponential(100, 400) * (rng.random(400) < 0.3)
    ours, other = y.mean() * rng.gamma(1, 3, 400), y.mean() * rng.gamma(2, 1, 400)
    judged = {"ours": Judged.of(y, ours), "other": Judged.of(y, other)}
    bootstrapped = Bootstrapped.of(judged, 200, 0, 1)
    assert bootstrapped.values["ours"]["r2"] < bootstrapped.values["other"]["r2"] < 0
    assert np.isnan(bootstrapped.ratio("r2", "ours", "other", 0.95)).all()
    value, low, high = bootstrapped.ratio("mae", "ours", "other", 0.95)
    assert low < value < high


def test_a_sample_is_as_sure_of_all_as_all_are() -> None:
    """Intervals from a tenth of the customers, scaled to all, are as wide as those from all, around the same value."""
    rng, n = np.random.default_rng(3), 10_000
    f = rng.lognormal(2, 0.5, n)
    y = np.where(rng.random(n) < 0.4, f * rng.gamma(6, 1 / 2.4, n), 0.0)
    whole = Bootstrapped.of({"a": Judged.of(y, f)}, 200, 0, 1)
    sample = Bootstrapped.of({"a": Judged.of(y[: n // 10], f[: n // 10])}, 200, 0, 1)
    brought = sample.of_all(whole.values, n)
    found = {"whole": whole, "sample": sample, "brought": brought}
    tables = {name: bootstrapped.table(0.9).set_index("metric") for name, bootstrapped in found.items()}
    width = {name: table["upper"] - table["lower"] for name, table in tables.items()}
    assert brought.customers == n
    for metric in ("gini", "r2", "mae", "bias", "auc", "value_top_10"):
        assert tables["brought"].loc[metric, "value"] == whole.values["a"][metric]
        assert width["brought"][metric] == pytest.approx(width["whole"][metric], rel=0.35), metric
        assert width["sample"][metric] > 2 * width["brought"][metric], "root 10 is 3.2"


def test_an_interval_of_all_stays_within_the_bounds_of_the_metric() -> None:
    y, f, _ = shop()
    sample = Bootstrapped.of({"a": Judged.of(y, f)}, 100, 0, 1)
    values = {"a": sample.values["a"] | {"auc": 0.999}}
    assert sample.of_all(values, N + 1).draws["a"]["auc"].max() == 1.0


def test_a_win_is_claimed_only_beyond_chance() -> None:
    rng = np.random.default_rng(0)
    mean = rng.lognormal(2, 1, 2000)
    y = mean * rng.gamma(1, 1, 2000)
    forecasts = {
        "ours": mean,
        "same": mean * (1 + 1e-6 * rng.normal(size=2000)),
        "noisy": mean * rng.lognormal(0, 1, 2000),
    }
    bootstrapped = Bootstrapped.of({name: Judged.of(y, f) for name, f in forecasts.items()}, 300, 0, 1)
    against_noise = wins(bootstrapped, "ours", ["noisy"], 0.95).set_index("metric")
    assert against_noise.loc[["gini", "mae", "spearman"], "shown"].tolist() == ["better"] * 3
    assert (against_noise["baseline"] == "noisy").all()
    assert "bias" not in against_noise.index, "there is a best value between"
    even = wins(bootstrapped, "ours", ["noisy", "same"], 0.95).set_index("metric")
    assert even.loc["gini", "baseline"] == "same"
    assert (even.loc[["gini", "rmse"], "shown"] == "nothing").all()
    worse = wins(bootstrapped, "noisy", ["same"], 0.95).set_index("metric")
    assert worse.loc[["gini", "mae"], "shown"].tolist() == ["worse"] * 2
    ratio, low, high = bootstrapped.ratio("gini", "noisy", "ours", 0.95)
    assert low < ratio < high < 1


def test_an_interval_is_corrected_for_the_bias_of_resamples() -> None:
    """The decile error is larger in resamples than in the data, so plain percentiles may exclude the value."""
    rng = np.random.default_rng(0)
    f = rng.lognormal(3, 1, 400)
    judged = Judged.of(f * rng.gamma(4, 0.25, 400), f)
    bootstrapped = Bootstrapped.of({"a": judged}, 1000, 0, 1)
    value, draws = bootstrapped.values["a"]["decile_mape"], bootstrapped.draws["a"]["decile_mape"]
    assert (draws > value).mean() > 0.65
    low, high = interval(value, draws, 0.9)
    assert low <= value <= high
    assert high < np.quantile(draws, 0.95), "the percentiles are moved down"
    even = rng.normal(size=20_001)
    assert interval(float(np.median(even)), even, 0.9) == pytest.approx(np.quantile(even, [0.05, 0.95]), abs=0.02)
    assert np.isnan(interval(float("nan"), even, 0.9)).all()
    assert interval(9.0, even, 0.9)[1] == 9.0, "beyond all draws"
