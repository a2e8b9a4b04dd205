"""Which days the models leave out: closures that are given or detected, and only those known by the date."""

from datetime import date

import numpy as np
import pytest

from clv.errors import InputError
from clv.features.past import days_since_epoch
from clv.models.btyd.closed_days import is_open, known_closed
from clv.models.btyd.params import BtydParams, ClosedDays
from clv.strict import build
from tests.models.bases import NO_SEASON, START, Base, day_of, simulate

SHUT = ClosedDays(day_of(301), day_of(400))


@pytest.fixture(scope="module")
def base() -> Base:
    """A shop without season that sells nothing on its 301st to 400th day."""
    bought = simulate(1500, 900, NO_SEASON, np.random.default_rng(5)).bought
    bought[:, 300:400] = False
    return Base(bought)


def test_a_closure_is_known_once_the_shop_sells_again(base: Base) -> None:
    days = base.days(day_of(900))
    assert known_closed(days, day_of(390), ()) == ()
    assert known_closed(days, day_of(400), ()) == ()
    assert known_closed(days, day_of(410), ()) == (SHUT,)
    assert known_closed(days, day_of(900), ()) == (SHUT,)
    assert known_closed(base.days(day_of(410)), day_of(410), ()) == (SHUT,)


def test_given_days_are_known_always_and_join_those_seen(base: Base) -> None:
    days = base.days(day_of(900))
    ahead = ClosedDays(date(2030, 1, 1), date(2030, 2, 1))
    more = ClosedDays(day_of(395), day_of(420))
    assert known_closed(days, day_of(100), (ahead,)) == (ahead,)
    assert known_closed(days, day_of(900), (ahead, more)) == (ClosedDays(SHUT.first, more.last), ahead)
    touching = ClosedDays(day_of(401), day_of(401))
    assert known_closed(days, day_of(900), (touching,)) == (ClosedDays(SHUT.first, touching.last),)


def test_closures_of_every_year_are_left_to_the_season(base: Base) -> None:
    bought = simulate(1500, 1200, NO_SEASON, np.random.default_rng(6)).bought
    for first in (200, 565, 930):
        bought[:, first : first + 60] = False
    assert known_closed(Base(bought).days(day_of(1200)), day_of(1200), ()) == ()


def test_both_ends_are_closed() -> None:
    day = days_since_epoch(START) + np.array([299, 300, 399, 400])
    assert is_open(day, (SHUT,)).tolist() == [True, False, False, True]


def test_days_that_end_before_they_begin_are_one_line() -> None:
    spans = [{"first": "2024-02-01", "last": "2024-01-01"}]
    content = {"purchases": "mbg_nbd", "discount_rate": 0.1, "season": "yearly", "closed": spans}
    with pytest.raises(InputError, match=r"'train.btyd.closed\[0\]': first must not be after last, got 2024-02-01 and"):
        build(BtydParams, content, "train.btyd")
