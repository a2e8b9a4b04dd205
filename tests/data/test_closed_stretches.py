"""What counts as a closed shop: long enough, busy enough before and after, and not every year."""

import numpy as np
import pytest

from clv.data.closed_stretches import YEAR, closed_stretches

FIRST = 19_000


def history(n_days: int, per_day: int, *shut: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Days with a purchase, and purchases per day, of a shop that was shut between pairs of days (0: the first day)."""
    day = np.arange(n_days)
    for first, last in shut:
        day = day[(day < first) | (day > last)]
    return day + FIRST, np.full(len(day), per_day)


def test_a_closure_has_its_days_and_what_was_usual() -> None:
    [found] = closed_stretches(*history(700, 3, (300, 399)))
    assert (found.first, found.last, found.days) == (FIRST + 300, FIRST + 399, 100)
    assert found.usual == pytest.approx(300)
    assert not found.yearly


def test_short_stretches_and_those_of_rare_customers_are_none() -> None:
    assert closed_stretches(*history(700, 3, (300, 312))) == []
    assert closed_stretches(FIRST + np.arange(0, 700, 16), np.ones(44)) == []
    assert len(closed_stretches(*history(700, 2, (300, 313)))) == 1


def test_a_shop_that_hardly_began_was_not_closed() -> None:
    """Two trial orders, and the opening a month later."""
    day, count = history(300, 10)
    assert closed_stretches(np.append(FIRST - 31, day), np.append(2, count)) == []


def test_what_runs_up_to_the_end_is_not_known_to_be_one() -> None:
    day, count = history(700, 3, (300, 399))
    until = day <= FIRST + 350
    assert closed_stretches(day[until], count[until]) == []
    until = day < FIRST + 404
    assert len(closed_stretches(day[until], count[until])) == 1, "a few days of sales end it"


def test_a_shop_that_shuts_every_winter_has_a_season() -> None:
    winters = [(round(YEAR * year) + 320, round(YEAR * year) + 400) for year in range(3)]
    found = closed_stretches(*history(1300, 3, *winters))
    assert [stretch.yearly for stretch in found] == [True] * 3
    found = closed_stretches(*history(1300, 3, *winters[:2]))
    assert [stretch.yearly for stretch in found] == [False] * 2, "the third winter it was open"
