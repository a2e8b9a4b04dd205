"""Tiers by shares and by thresholds, and Elite."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clv.marketing.tiers import HIGH, LOW, TIERS, assign_drawn, assign_tiers, is_elite, is_elite_drawn
from tests.marketing.customers import SHARES

forecasts = st.lists(st.floats(0, 1e6), min_size=1, max_size=300).map(np.array)


@given(forecasts)
def test_tiers_have_their_shares_and_follow_the_forecast(values: np.ndarray) -> None:
    tiers = assign_tiers(values, SHARES)
    place = round(0.2 * len(values))
    falling = np.sort(values)[::-1]
    tied = 0 < place < len(values) and falling[place - 1] == falling[place]
    assert (tiers == HIGH).sum() == ((values > falling[place - 1]).sum() if tied else place)
    assert set(tiers) <= set(TIERS)
    lows = [values[tiers == tier].min() for tier in TIERS if (tiers == tier).any()]
    highs = [values[tiers == tier].max() for tier in TIERS if (tiers == tier).any()]
    assert all(low > high for low, high in zip(lows, highs[1:], strict=False)), "equal forecasts are of one tier"


@given(forecasts)
def test_elite_are_the_top_share_without_those_tied_at_its_end(values: np.ndarray) -> None:
    elite = is_elite(values, 0.05)
    assert elite.sum() <= round(0.05 * len(values))
    if 0 < elite.sum() < len(values):
        assert values[elite].min() > values[~elite].max()
    if len(np.unique(values)) == len(values):
        assert elite.sum() == round(0.05 * len(values))


@given(forecasts)
def test_what_was_realised_fills_the_shares(values: np.ndarray) -> None:
    assert (assign_drawn(values, SHARES) == HIGH).sum() == round(0.2 * len(values))
    assert is_elite_drawn(values, 0.05).sum() == round(0.05 * len(values))


def test_a_tie_across_a_border_is_below_it_whatever_the_order_of_rows() -> None:
    values = np.array([9.0, 5.0, 5.0, 5.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])  # borders after the second and the fifth
    wanted = [HIGH, *[TIERS[1]] * 3, *[LOW] * 6]
    assert assign_tiers(values, SHARES).tolist() == wanted
    assert assign_tiers(values[::-1], SHARES).tolist() == wanted[::-1]


def test_thresholds_are_lowest_values_of_a_tier() -> None:
    tiers = assign_tiers(np.array([100.0, 99.99, 10.0, 9.99, 0.0]), replace(SHARES, by="thresholds"))
    assert tiers.tolist() == [TIERS[0], TIERS[1], TIERS[1], TIERS[2], TIERS[2]]


@pytest.mark.parametrize("by", ["shares", "thresholds"])
def test_who_has_no_forecast_is_in_the_lowest_tier(by: Literal["shares", "thresholds"]) -> None:
    assert assign_tiers(np.array([np.nan, 500.0, 400.0, 300.0, 200.0]), replace(SHARES, by=by))[0] == LOW


def test_three_customers_and_no_value_have_tiers() -> None:
    assert assign_tiers(np.zeros(3), SHARES).tolist() == [LOW] * 3
    assert assign_tiers(np.array([3.0, 2.0, 1.0]), SHARES).tolist() == [HIGH, TIERS[1], LOW]
    assert set(assign_tiers(np.zeros(3), replace(SHARES, by="thresholds"))) == {LOW}
    assert not is_elite(np.zeros(3), 0.05).any()
