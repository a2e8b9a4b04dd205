"""Prediction intervals: they cover what they promise, however good the predicted quantiles are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma

from clv.models.calibration.intervals import LEVELS, MIN_ROWS_PER_BIN, SHARES, Intervals, Spread, tails
from tests.models.rows import zero_inflated

P, SHAPE = 0.35, 8.0
Columns = dict[str, np.ndarray]


def spread_of(forecast: np.ndarray, p: np.ndarray, wrong: float = 1.0) -> Spread:
    """Quantiles of a value that is gamma with probability p and else 0, times the error factor `wrong`."""
    found = {}
    for share in SHARES:
        q = gamma.ppf(np.clip((share - (1 - p)) / p, 0, 1), SHAPE, scale=forecast / p / SHAPE)
        found[share] = q * wrong
    return found


def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Forecasts, probabilities to buy and realised values: of small forecasts most are 0, of large ones none."""
    forecast = rng.lognormal(2, 1, n)
    p = np.where(forecast < np.exp(2), P, 1.0)
    return forecast, p, np.where(rng.random(n) < p, forecast / p * rng.gamma(SHAPE, 1 / SHAPE, n), 0.0)


def inside(columns: Columns, y: np.ndarray, level: int) -> np.ndarray:
    return (y >= columns[f"lower_{level}"]) & (y <= columns[f"upper_{level}"])


def require_nested(columns: Columns, forecast: np.ndarray) -> None:
    low, high = forecast, forecast
    for level in LEVELS:
        assert np.isfinite(columns[f"upper_{level}"]).all()
        assert (columns[f"lower_{level}"] >= 0).all()
        assert (columns[f"lower_{level}"] <= low).all()
        assert (columns[f"upper_{level}"] >= high).all()
        low, high = columns[f"lower_{level}"], columns[f"upper_{level}"]


@pytest.mark.parametrize(("seed", "wrong"), [(0, 1.0), (1, 0.4), (2, 2.5)])
def test_intervals_cover_what_they_promise_in_every_group(seed: int, wrong: float) -> None:
    rng = np.random.default_rng(seed)
    forecast, p, y = draw(40_000, rng)
    intervals = Intervals.fit(forecast, spread_of(forecast, p, wrong), y, 8)
    assert len(intervals.edges) == 7
    fresh, p_fresh, y_fresh = draw(40_000, rng)
    columns = intervals.apply(fresh, spread_of(fresh, p_fresh, wrong))
    group = np.searchsorted(intervals.edges, fresh, side="right")
    for level in LEVELS:
        covered, share = inside(columns, y_fresh, level), level / 100
        for g in range(8):
            # Both the calibration rows and the rows counted here are 5,000 at random.
            error = 4.5 * np.sqrt(share * (1 - share) * 2 / 5000)
            assert covered[group == g].mean() == pytest.approx(share, abs=error), (level, g)


def test_without_calibration_wrong_quantiles_do_not_cover() -> None:
    forecast, p, y = draw(20_000, np.random.default_rng(0))
    columns = Intervals.uncalibrated().apply(forecast, spread_of(forecast, p, 0.4))
    assert inside(columns, y, 95).mean() < 0.85


def test_where_many_buy_nothing_the_interval_begins_at_zero() -> None:
    forecast, p, y = draw(20_000, np.random.default_rng(3))
    spread = spread_of(forecast, p)
    intervals = Intervals.fit(forecast, spread, y, 2)
    columns = intervals.apply(forecast, spread)
    few = np.searchsorted(intervals.edges, forecast, side="right") == 0
    for level in LEVELS:
        assert intervals.one_sided[level] == (True, False)
        assert (columns[f"lower_{level}"][few] == 0).all()
        assert (columns[f"lower_{level}"][~few] > 0).all()
        above = y > columns[f"upper_{level}"]
        below = y < columns[f"lower_{level}"]
        miss = 1 - level / 100
        assert above[few].mean() == pytest.approx(miss, abs=0.002), "the whole miss is at the upper end"
        assert above[~few].mean() == pytest.approx(miss / 2, abs=0.002)
        assert below[~few].mean() == pytest.approx(miss / 2, abs=0.002)


def test_the_kind_of_interval_may_differ_between_levels() -> None:
    """3% zeros are fewer than the 5% below a 90% interval, but more than the 2.5% below a 95% interval."""
    rng = np.random.default_rng(4)
    forecast = np.full(6000, 10.0)
    p = np.full(6000, 0.97)
    y = np.where(np.arange(6000) % 100 < 3, 0.0, 10 / 0.97 * rng.gamma(SHAPE, 1 / SHAPE, 6000))
    spread = spread_of(forecast, p)
    intervals = Intervals.fit(forecast, spread, y, 1)
    assert {level: kind[0] for level, kind in intervals.one_sided.items()} == {90: False, 95: True, 99: True}
    columns = intervals.apply(forecast, spread)
    require_nested(columns, forecast)
    for level in LEVELS:
        assert inside(columns, y, level).mean() == pytest.approx(level / 100, abs=0.006)


@pytest.mark.parametrize("n", [20, 57, 400])
def test_coverage_holds_on_average_over_small_calibrations(n: int) -> None:
    """From 19 rows on, coverage should be at least 90%, and hardly more."""
    rng, covered = np.random.default_rng(n), []
    for _ in range(600):
        forecast, p, y = draw(n + 50, rng)
        p = np.full_like(p, P)
        y = np.where(rng.random(n + 50) < P, forecast / P * rng.gamma(SHAPE, 1 / SHAPE, n + 50), 0.0)
        spread = spread_of(forecast, p)
        intervals = Intervals.fit(forecast[:n], {s: q[:n] for s, q in spread.items()}, y[:n], 10)
        columns = intervals.apply(forecast[n:], {s: q[n:] for s, q in spread.items()})
        covered.append(inside(columns, y[n:], 90).mean())
    error = 4 * np.std(covered) / np.sqrt(600)
    assert 0.9 - error <= np.mean(covered) <= 0.9 + 1 / (n + 1) + error


@settings(max_examples=80, deadline=None)
@given(
    n=st.integers(1, 1500),
    bins=st.integers(1, 10),
    seed=st.integers(0, 999),
    tied=st.sampled_from([0.0, 0.5, 1.0]),
    zero=st.sampled_from([0.0, 0.01, 0.5, 1.0]),
    kind=st.sampled_from(["plain", "returns", "nothing spread", "nothing forecast", "all buy"]),
)
def test_intervals_are_nested_whatever_the_data(
    n: int, bins: int, seed: int, tied: float, zero: float, kind: str
) -> None:
    rng = np.random.default_rng(seed)
    forecast, y = zero_inflated(n, rng)
    y = rng.lognormal(2, 1, n) if kind == "all buy" else y
    forecast = np.where(rng.random(n) < tied, 1.0, forecast)
    y = np.where(rng.random(n) < zero, -50.0 if kind == "returns" else 0.0, y)
    forecast = np.zeros(n) if kind == "nothing forecast" else forecast
    spread = spread_of(forecast + 1e-9, np.full(n, P), 0.0 if kind == "nothing spread" else 1.0)
    for intervals in (Intervals.fit(forecast, spread, y, bins), Intervals.uncalibrated()):
        columns = intervals.apply(forecast, spread)
        assert list(columns) == [f"{end}_{level}" for level in LEVELS for end in ("lower", "upper")]
        require_nested(columns, forecast)


def test_uncalibrated_intervals_are_the_distribution_from_zero() -> None:
    forecast, p, _ = draw(100, np.random.default_rng(5))
    spread = spread_of(forecast, p)
    columns = Intervals.uncalibrated().apply(forecast, spread)
    for level in LEVELS:
        assert (columns[f"lower_{level}"] == 0).all()
        upper = np.maximum(spread[tails(level, one_sided=True)[1]], forecast)
        assert columns[f"upper_{level}"] == pytest.approx(upper)


def test_one_row_gets_the_interval_of_the_batch() -> None:
    forecast, p, y = draw(2000, np.random.default_rng(6))
    spread = spread_of(forecast, p)
    intervals = Intervals.fit(forecast, spread, y, 4)
    batch = intervals.apply(forecast, spread)
    one = intervals.apply(forecast[[17]], {share: q[[17]] for share, q in spread.items()})
    assert {name: values.tolist() for name, values in one.items()} == {n: v[[17]].tolist() for n, v in batch.items()}


def test_the_shares_of_every_kind() -> None:
    assert tails(90, one_sided=False) == (0.05, 0.95)
    assert tails(90, one_sided=True) == (0.0, 0.9)
    assert tails(99, one_sided=False) == (0.005, 0.995)
    assert SHARES == (0.005, 0.025, 0.05, 0.9, 0.95, 0.975, 0.99, 0.995)


def test_groups_are_large_enough_and_survive_json() -> None:
    forecast, p, y = draw(3 * MIN_ROWS_PER_BIN + 10, np.random.default_rng(0))
    intervals = Intervals.fit(forecast, spread_of(forecast, p), y, 10)
    assert len(intervals.edges) == 2
    group = np.searchsorted(intervals.edges, forecast, side="right")
    assert np.bincount(group).min() >= MIN_ROWS_PER_BIN
    for some in (intervals, Intervals.uncalibrated()):
        assert Intervals.from_dict(some.to_dict()) == some


def test_tied_forecasts_make_no_small_group() -> None:
    forecast, p, y = draw(4000, np.random.default_rng(1))
    for few in (0, 5):
        tied = np.where(np.arange(4000) < 2500, 0.5, np.maximum(forecast, 0.6))
        tied[:few] = 0.1
        intervals = Intervals.fit(tied, spread_of(tied, p), y, 10)
        group = np.searchsorted(intervals.edges, tied, side="right")
        assert len(intervals.edges) > 1
        assert np.bincount(group).min() >= MIN_ROWS_PER_BIN
