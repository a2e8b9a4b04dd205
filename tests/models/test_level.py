"""The level: realised over forecast totals of labelled windows, and how far the next window may be off."""

from datetime import date, timedelta

import numpy as np
import pytest

from clv.models.calibration.level import Level, scale_to
from clv.models.windows import Window

FIRST, TODAY, HORIZON = date(2021, 1, 1), date(2024, 1, 1), 100
HISTORY = (TODAY - FIRST).days


def window(days_ago: int, log_ratio: float = 0.0, orders: float | None = None) -> Window:
    """A window that opened `days_ago` days ago; orders are off like the value unless `orders` is given."""
    cutoff = TODAY - timedelta(days=days_ago)
    ratio, of_orders = np.exp(log_ratio), np.exp(log_ratio if orders is None else orders)
    return Window(cutoff, (cutoff - FIRST).days, 1000 * ratio, 1000.0, 50 * of_orders, 50.0)


def fit(windows: list[Window]) -> Level:
    return Level.fit(windows, TODAY, HORIZON, HISTORY)


def every(log_ratios: list[float]) -> list[Window]:
    """Windows one horizon apart, the newest first."""
    return [window(HORIZON * (i + 1), ratio) for i, ratio in enumerate(log_ratios)]


def test_what_came_as_forecast_changes_nothing() -> None:
    level = fit(every([0.0] * 6))
    assert (level.value, level.orders) == (1.0, 1.0)
    assert 0 < level.sd < 0.08


def test_an_error_that_lasts_is_believed_more_the_more_windows_show_it() -> None:
    believed = [np.log(fit(every([0.3] * n)).value) for n in (1, 2, 4, 8)]
    assert believed == sorted(believed)
    assert 0.3 < believed[0] / 0.3 < 0.9
    assert believed[-1] == pytest.approx(0.3, rel=0.08)


def test_overlapping_windows_count_less_than_separate_ones() -> None:
    logs = [0.25, 0.2, 0.15, 0.2]
    beside, apart = fit([window(100 + 25 * i, log) for i, log in enumerate(logs)]), fit(every(logs))
    assert beside.sd > 1.2 * apart.sd
    assert np.log(beside.value) < np.log(apart.value)


def test_an_unsteady_shop_is_less_sure_of_its_totals() -> None:
    steady, unsteady = fit(every([0.01, -0.01, 0.0, 0.01, -0.01])), fit(every([0.3, -0.3, 0.2, -0.25, 0.3]))
    assert unsteady.sd > 3 * steady.sd
    assert abs(np.log(unsteady.value)) < 0.15


def test_the_same_weeks_of_earlier_years_count_most() -> None:
    """About one window in four falls in the season that is forecast."""
    opened = range(100, 900, 45)

    def off(*days_ago: int) -> list[Window]:
        near = [min(abs(days - ago) for ago in days_ago) <= 46 for days in opened]
        return [window(days, 0.3 if same else 0.0) for days, same in zip(opened, near, strict=True)]

    years_ago, others = off(365, 730), off(180, 545)
    assert np.log(fit(years_ago).value) > np.log(fit(others).value) + 0.03


def test_early_windows_say_little() -> None:
    """Twenty days after the shop opened, models had almost no data."""
    early = date(2021, 1, 21)
    late = [window(100, 0.0), window(200, 0.0)]
    first = Window(early, 20, 1900.0, 1000.0, 95.0, 50.0)
    of_early = np.log(fit([*late, first]).value)
    assert 0 <= of_early < 0.1
    assert of_early < 0.5 * np.log(fit([*late, window(300, np.log(1.9))]).value)


def test_windows_of_models_that_knew_nothing_yet_do_not_count() -> None:
    """Yearly buyers: until some of them had come back, almost nothing was forecast for them."""
    late = every([-0.1, 0.05, 0.1])
    unforeseen = Window(TODAY - timedelta(days=400), 500, 3409.0, 1e-6, 40.0, 1e-8)
    old = window(500, 0.1)
    assert fit([*late, unforeseen, old]) == fit(late)


def test_a_shop_that_is_far_off_in_all_windows_is_corrected() -> None:
    level = fit(every([1.2, 1.1, 1.2, 1.15]))
    assert level.value > 2.5


def test_a_short_history_does_not_know_the_season() -> None:
    windows = [window(100, 0.0), window(150, 0.0)]
    short = Level.fit(windows, TODAY, HORIZON, 250)
    assert short.sd > 1.5 * fit(windows).sd


def test_orders_have_their_own_level() -> None:
    level = fit([window(HORIZON * i, 0.3, orders=-0.2) for i in range(1, 7)])
    assert level.value > 1.2
    assert level.orders < 0.9


def test_without_windows_nothing_is_corrected_and_little_is_known() -> None:
    nothing = Window(TODAY - timedelta(days=100), 900, 0.0, 1000.0, 0.0, 50.0)
    for windows in ([], [nothing]):
        level = fit(windows)
        assert (level.value, level.orders) == (1.0, 1.0)
        assert level.sd > 0.15


def test_customers_of_the_very_window_have_its_level() -> None:
    level = fit([window(0, 0.25), *every([0.0] * 4)])
    assert np.log(level.value) == pytest.approx(0.25, abs=0.01)
    assert level.sd < 0.02


def test_intervals_of_totals_hold() -> None:
    """For shops with a lasting error and chance in each window, 95% of the 95% intervals hold."""
    rng, inside = np.random.default_rng(1), []
    for _ in range(300):
        lasting, luck = rng.normal(0, 0.15), np.exp(rng.normal(np.log(0.06), 0.6))
        logs = lasting + rng.normal(0, luck, 9)
        level = fit(every(list(logs[1:])))
        inside.append(abs(logs[0] - np.log(level.value)) < 1.96 * level.sd)
    assert 0.90 <= np.mean(inside) <= 0.995


def test_scales_bring_forecasts_to_a_total() -> None:
    assert scale_to(np.array([1.0, 3.0]), 8.0) == 2.0
    assert scale_to(np.zeros(3), 8.0) == 1.0
