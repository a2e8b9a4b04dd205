"""The level: what customers of the latest windows did, over what was said of them."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from clv.models.calibration.level import Level, level_of, scale_to
from clv.models.samples import Sample
from tests.models.rows import CUTOFF, HORIZON, sample


def window(cutoff: date = CUTOFF, orders: float = 2.0, spend: float = 1.5, n: int = 4) -> Sample:
    """Customers who order so many times what was forecast, for so many times the value."""
    expected = np.linspace(0.5, 2, n)
    features = pd.DataFrame({"btyd_orders": expected, "btyd_spend": 10.0, "btyd_value": expected * 10})
    return sample(features, expected * orders * spend * 10, expected * orders, cutoff)


def test_one_window_is_doubted() -> None:
    level = level_of([window()])
    assert level.orders == pytest.approx(2**0.961, abs=2e-3)
    assert level.spend == pytest.approx(1.5 ** (1 / 2), abs=1e-5)
    assert level.value == pytest.approx(level.orders * level.spend)


def test_what_windows_swing_by_anyway_is_hardly_believed() -> None:
    for ratio, most in ((1.05, 0.12), (1 / 1.05, 0.12), (1.15, 0.51)):
        believed = np.log(level_of([window(orders=ratio)]).orders) / np.log(ratio)
        assert 0 < believed < most


def test_what_came_as_forecast_changes_nothing() -> None:
    assert level_of([window(orders=1, spend=1)]) == Level(1.0, 1.0)


def test_customers_count_by_what_they_spend() -> None:
    """One who was forecast 1 order of 10 and made 3 of 20 each, one of whom 1 of 30 was right."""
    features = pd.DataFrame({"btyd_orders": [1.0, 1.0], "btyd_spend": [10.0, 30.0], "btyd_value": [10.0, 30.0]})
    level = level_of([sample(features, np.array([60.0, 30.0]), np.array([3.0, 1.0]))])
    assert level.orders == pytest.approx((4 / 2) ** 0.961, abs=2e-3)
    assert level.spend == pytest.approx((90 / 60) ** (1 / 2), abs=1e-5)


def test_two_separate_windows_say_more_than_one() -> None:
    later = date(2024, 3, 31)
    assert (later - CUTOFF).days == HORIZON
    both = level_of([window(), window(later)])
    assert both.orders == pytest.approx(2**0.980, abs=2e-3)
    assert both.spend == pytest.approx(1.5 ** (2 / 3), abs=1e-5)
    overlapping = level_of([window(), window(date(2024, 3, 30))])
    assert overlapping == level_of([window()])
    assert level_of([window(), window()]) == level_of([window()]), "two parts of one snapshot are one window"
    assert level_of([window(), window(date(2024, 2, 15)), window(later)]) == both


def test_only_the_latest_windows_count() -> None:
    newest = date(2024, 6, 29)  # 180 days later: two horizons
    assert level_of([window(orders=9, spend=9), window(newest)]) == level_of([window(newest)])
    assert level_of([window(date(2024, 1, 2), orders=9), window(newest)]).orders > level_of([window(newest)]).orders
    assert level_of([window(newest), window(orders=9, spend=9)]) == level_of([window(newest)]), "in any order"


def test_without_orders_there_is_no_level() -> None:
    assert level_of([window(orders=0)]) == Level(1.0, 1.0)


def test_returns_do_not_turn_the_level_negative() -> None:
    rows = window(n=2)
    net = Sample(rows.cutoff, rows.ids, rows.features, np.array([-5.0, 60.0]), rows.orders, rows.btyd)
    assert level_of([net]).spend == pytest.approx((55 / 50) ** 0.5, abs=1e-5)


def test_forecasts_are_brought_to_a_total() -> None:
    raw = np.array([1.0, 3.0, 0.0])
    assert raw.sum() * scale_to(raw, 10.0) == pytest.approx(10, rel=1e-7)
    assert scale_to(np.zeros(2), 10.0) == 1.0
    assert scale_to(raw, 0.0) == 0.0
