"""The result of maximum likelihood does not depend on where a search happens to stop."""

import numpy as np
import pytest

from clv.models.btyd.likelihood import maximise

BOUNDS = (-7.0, 7.0)
ROWS, WEIGHT = (np.arange(3.0),), np.ones(3)


def ridge(params: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Best where the first parameter is e times the second; larger is better, by ever less."""
    first, second = np.log(params)
    off, slope = first - second - 1, 1e-9 * np.exp(-first / 2)
    gradient = np.array([-(2 * off - slope / 2), 2 * off]) / params
    return np.full(len(x), -(off**2) - slope), np.tile(gradient[:, None], len(x))


def peak(params: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A peak at the parameters e and 1 / e; the second hardly matters."""
    first, second = np.log(params)
    steep = np.array([1.0, 1e-7])
    off = np.array([first - 1, second + 1])
    return np.full(len(x), -(steep * off**2).sum()), np.tile((-2 * steep * off / params)[:, None], len(x))


def test_a_ridge_without_a_peak_leads_to_the_bound() -> None:
    """A search stops on it where the slope vanishes, at a place that depends on the kind of CPU."""
    found = np.log(maximise(ridge, ROWS, WEIGHT, (ROWS, WEIGHT), 2, BOUNDS))
    assert found == pytest.approx([7.0, 6.0], abs=1e-9)


def test_a_flat_peak_is_a_peak() -> None:
    found = np.log(maximise(peak, ROWS, WEIGHT, (ROWS, WEIGHT), 2, BOUNDS))
    assert found == pytest.approx([1.0, -1.0], abs=1e-7)
