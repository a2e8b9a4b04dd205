"""A pattern that years repeat is a wave, a pattern of one year is not, as far as the counts can show."""

from unittest.mock import patch

import numpy as np
import pytest

from clv.models.btyd import waves as module
from clv.models.btyd.waves import HARMONICS, YEAR, fit_waves, waves

USUAL = 30.0  # purchases a day


def counts(years: float, index: np.ndarray | float, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days, Poisson counts and the counts expected in an even year; `index` multiplies the mean by day."""
    day = 19_000 + np.arange(round(years * YEAR))
    expected = np.full(len(day), USUAL)
    return day, np.random.default_rng(seed).poisson(expected * index), expected


def swing(found: np.ndarray) -> float:
    """The largest distance of the log index from its mean over a year."""
    return float(np.abs(waves(np.arange(366), HARMONICS) @ found).max())


def boom(years: float, start: float, factor: float) -> np.ndarray:
    time = np.arange(round(years * YEAR)) / YEAR
    return np.where((time >= start) & (time < start + 0.25), factor, 1.0)


def test_waves_come_back_as_they_were_put_in() -> None:
    true = np.array([0.25, -0.12, 0.15, -0.05, 0.05, -0.08])
    day = 19_000 + np.arange(1096)
    assert fit_waves(*counts(1096 / YEAR, np.exp(waves(day, HARMONICS) @ true))) == pytest.approx(true, abs=0.03)


@pytest.mark.parametrize("factor", [3.0, 0.2])
@pytest.mark.parametrize("start", [0.4, 1.3, 2.6])
def test_a_quarter_that_no_other_year_repeats_is_no_wave(start: float, factor: float) -> None:
    assert swing(fit_waves(*counts(3, boom(3, start, factor)))) < 0.1


def test_a_quarter_that_all_years_repeat_is_one() -> None:
    time = np.arange(round(3 * YEAR)) / YEAR
    assert swing(fit_waves(*counts(3, np.where(time % 1 < 0.25, 3.0, 1.0)))) > 0.5


def test_what_only_one_year_has_seen_is_believed() -> None:
    assert swing(fit_waves(*counts(1.5, boom(1.5, 0.6, 3.0)))) > 0.5


def test_years_that_differ_make_waves_doubtful() -> None:
    """The same wave, with months that are up or down by 40% at random."""
    day = 19_000 + np.arange(round(3 * YEAR))
    wave = np.exp(0.2 * np.cos(2 * np.pi * day / YEAR))
    luck = np.repeat(np.random.default_rng(3).choice([0.6, 1.4], 37), 30)[: len(day)]
    found = fit_waves(*counts(3, wave * luck))
    with patch.object(module, "_beliefs", lambda number, *_: (np.ones(len(number)), 1.0)):
        even, believed = (fit_waves(*counts(3, index)) for index in (wave, wave * luck))
    assert even[0] == pytest.approx(0.2, abs=0.02)
    assert swing(found) < 0.8 * swing(believed)
