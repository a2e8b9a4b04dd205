"""Rows that many customers share."""

import numpy as np
import pytest

from clv.models.btyd import counts


@pytest.mark.parametrize("unit", [1.0, 1 / 7, 1e9])
def test_unique_rows_are_those_of_numpy(unit: float) -> None:
    rng = np.random.default_rng(1)
    columns = tuple(rng.integers(0, 5, 1_000) * unit - i for i in range(3))
    rows, weights, place = counts.unique_rows(columns)
    expected, times = np.unique(np.column_stack(columns), axis=0, return_counts=True)
    assert (np.column_stack(rows) == expected).all()
    assert (weights == times).all()
    assert all((distinct[place] == column).all() for distinct, column in zip(rows, columns, strict=True))


def test_rows_may_all_differ_and_weigh() -> None:
    rng = np.random.default_rng(1)
    columns = tuple(rng.random(500) for _ in range(9))
    weight = rng.random(500)
    rows, weights, place = counts.unique_rows(columns, weight)
    assert len(rows[0]) == 500
    assert (weights[place] == weight).all()
    assert (np.diff(rows[0]) > 0).all()


def test_a_function_is_called_once_per_row() -> None:
    calls = []

    def f(x: np.ndarray, t: np.ndarray) -> np.ndarray:
        calls.append(len(x))
        return x + 10 * t

    x = np.arange(20_000) % 50
    assert (counts.once_per_row(f, x, 3.0) == x + 30).all()
    assert calls == [50]
    assert counts.once_per_row(f, np.zeros((2, 1)), np.arange(3)).shape == (2, 3)
    assert counts.once_per_row(f, 1.0, 2.0).shape == ()


def test_functions_of_counts_go_through_a_table() -> None:
    x = np.array([0.0, 3, 1, 3, 0])
    assert (counts.once_per_count(lambda x: np.stack([x, x**2]), x) == np.stack([x, x**2])).all()
    assert counts.once_per_count(np.sqrt, np.array([1e12]))[0] == 1e6


def test_mean_rows_keep_the_weighted_means() -> None:
    (means,), weights = counts.mean_rows((np.array([1.0, 3, 10]),), np.array([1.0, 3, 2]), (np.array([0.0, 0, 7]),))
    assert means.tolist() == [2.5, 10]
    assert weights.tolist() == [4, 2]
