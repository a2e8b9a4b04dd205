"""Cells: how far the forecasts of groups of customers are off, as far as the data show."""

import numpy as np
import pandas as pd
import pytest

from clv.models.calibration.group_cells import SIZES, Cells, cells_of
from tests.models.rows import zero_inflated

HORIZON = 100


def groups(n: int, rng: np.random.Generator) -> np.ndarray:
    return np.column_stack([rng.integers(0, size, n) for size in SIZES])


def test_customers_are_grouped_by_how_often_how_long_ago_and_how_overdue() -> None:
    rows = pd.DataFrame(
        {
            "frequency": [0, 1, 2, 4, 8, 9],
            "recency_days": [25, 26, 100, 200, 201, 10],
            "overdue_ratio": [np.nan, 1.0, 4.0, 4.0, 4.02, 20.0],
        }
    )
    assert cells_of(rows, HORIZON).tolist() == [[0, 0, 0], [1, 1, 1], [2, 2, 3], [2, 3, 3], [3, 4, 4], [4, 0, 4]]


def test_a_group_that_is_off_is_corrected_and_the_others_are_not() -> None:
    rng = np.random.default_rng(3)
    forecast, y = zero_inflated(40_000, rng)
    cells = groups(len(y), rng)
    y = y * np.where(cells[:, 2] == 4, 2.0, 1.0)
    found = Cells.fit(cells, forecast, y)
    factors = np.exp(found.log_factors[2])
    assert factors[4] / factors[:4].mean() == pytest.approx(2.0**0.5, rel=0.1), "half of it may be luck of the window"
    assert np.exp(found.log_factors[0]) == pytest.approx(1, abs=0.06)
    made = found.apply(cells, forecast)
    rows = cells[:, 2] == 4
    off = [forecasts[rows].sum() / forecasts.sum() * y.sum() / y[rows].sum() for forecasts in (forecast, made)]
    assert off[0] < 0.65 < 0.72 < off[1] < 1


def test_ways_of_grouping_do_not_correct_the_same_error_twice() -> None:
    rng = np.random.default_rng(4)
    forecast, y = zero_inflated(40_000, rng)
    cells = groups(len(y), rng)
    cells[:, 1] = cells[:, 0]  # two groupings that are equal
    y = y * np.where(cells[:, 0] == 0, 1.8, 1.0)
    found = Cells.fit(cells, forecast, y)
    both = found.log_factors[0][0] + found.log_factors[1][0] - found.log_factors[0][1] - found.log_factors[1][1]
    assert 0.3 < both / np.log(1.8) < 0.8


def test_few_customers_correct_little() -> None:
    rng = np.random.default_rng(5)
    forecast, y = zero_inflated(30, rng)
    few = Cells.fit(np.zeros((30, 3), dtype="int64") + (np.arange(30) < 5)[:, None], forecast, y)
    assert np.abs(few.log_factors[0]).max() < 0.1


def test_nothing_that_came_corrects_nothing() -> None:
    cells = np.zeros((4, 3), dtype="int64")
    assert Cells.fit(cells, np.ones(4), np.zeros(4)) == Cells.unknown()
    assert Cells.unknown().apply(cells, np.arange(4.0)).tolist() == [0, 1, 2, 3]


def test_cells_survive_json() -> None:
    rng = np.random.default_rng(6)
    forecast, y = zero_inflated(500, rng)
    found = Cells.fit(groups(500, rng), forecast, y)
    assert Cells.from_list(found.to_list()) == found
