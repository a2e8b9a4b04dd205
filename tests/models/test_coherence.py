"""Outputs that no window shows agree with the outputs that windows do show."""

import numpy as np
import pandas as pd
import pytest

from clv.models.calibration.level import Level
from clv.models.coherence import days_to_next_order, p_alive, residual_value
from tests.models.rows import BTYD


def rows(**columns: object) -> pd.DataFrame:
    """Customers who bought twice, 40 days apart, and are likely active."""
    usual = {
        "frequency": 1,
        "recency_days": 20.0,
        "tenure_days": 60.0,
        "overdue_ratio": 0.5,
        "btyd_p_alive": 0.8,
        "btyd_p_purchase": 0.6,
        "btyd_orders": 1.2,
        "btyd_value": 60.0,
        "btyd_residual_value": 200.0,
    }
    return pd.DataFrame({name: np.ravel(columns.get(name, value)) for name, value in usual.items()})


def test_who_is_overdue_is_as_active_as_returns_show() -> None:
    overdue = rows(overdue_ratio=1.02)
    assert p_alive(overdue, np.array([0.3])).tolist() == [0.4], "0.3 over the 0.75 of an active customer"
    assert p_alive(overdue, np.array([0.7])) == pytest.approx([0.7 / 0.75], abs=1e-6)
    assert p_alive(overdue, np.array([0.9])).tolist() == [1.0]


def test_who_is_not_due_yet_is_not_given_up() -> None:
    assert p_alive(rows(), np.array([0.01])).tolist() == [0.8]
    assert p_alive(rows(), np.array([0.95])).tolist() == [0.95], "who buys is active"


def test_who_bought_once_has_no_gap_to_wait_for() -> None:
    assert p_alive(rows(overdue_ratio=np.nan), np.array([0.3])).tolist() == [0.4]


def test_who_was_given_up_stays_so() -> None:
    gone = rows(overdue_ratio=22.5, btyd_p_alive=0.0, btyd_p_purchase=0.0)
    assert p_alive(gone, np.array([0.02])).tolist() == [0.02]


def test_residual_value_is_the_forecast_and_what_comes_after_it() -> None:
    level = Level(1.5, 1.0, 0.1)
    assert residual_value(rows(), np.array([90.0]), np.array([0.8]), level).tolist() == [90 + 140 * 1.5]
    double = residual_value(rows(), np.array([180.0]), np.array([0.8]), level)
    assert double.tolist() == [180 + 2 * 140 * 1.5], "what the forecast was corrected by holds later as well"
    lapsed = residual_value(rows(overdue_ratio=10.0), np.array([0.62]), np.array([0.008]), level)
    assert 0.62 < lapsed[0] < 0.03 * 210, "nothing is left of customers who are found to have gone"
    waiting = residual_value(rows(), np.array([0.62]), np.array([0.8]), level)
    assert waiting[0] > 200, "nothing is due in the horizon, and later it is"


def test_residual_value_is_never_less_than_the_forecast() -> None:
    near = rows(btyd_residual_value=55.0)  # all orders come soon, and are discounted
    assert residual_value(near, np.array([60.0]), np.array([0.8]), Level()).tolist() == [60.0]


def test_the_next_order_comes_at_the_pace_of_the_orders() -> None:
    usual = days_to_next_order(rows(), BTYD, np.array([1.2]), np.array([0.8]))
    twice = days_to_next_order(rows(), BTYD, np.array([2.4]), np.array([0.8]))
    surely = days_to_next_order(rows(), BTYD, np.array([1.2]), np.array([0.4]))
    assert usual == pytest.approx(BTYD.days_to_next_order(rows()), abs=0.06)
    assert twice == pytest.approx(usual / 2, abs=0.1)
    assert surely == pytest.approx(usual / 2, abs=0.1), "as many orders of a customer who is less likely to be active"
