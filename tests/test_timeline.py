"""Which snapshots there are, and which recipe may learn from which."""

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clv.errors import InputError
from clv.features.params import CustomerShares, TimeParams
from clv.features.timeline import PARTS, Plan, cutoffs_of, in_parts, make_plan, part_of

SHARES = CustomerShares(0.7, 0.15, 0.15)
TIME = TimeParams(180, 90, 12, 30, 4, 90, None, "auto", SHARES)


TIMES = st.builds(
    partial(replace, TIME),
    horizon_days=st.integers(1, 400),
    snapshot_every_days=st.integers(1, 200),
    training_snapshots=st.integers(1, 20),
    min_history_days=st.integers(1, 100),
    split=st.sampled_from(["auto", "temporal", "customers"]),
    rolling_origins=st.integers(0, 6),
    rolling_every_days=st.integers(1, 400),
)


@given(days=st.integers(60, 3000), time=TIMES)
def test_nothing_is_learned_from_the_future(days: int, time: TimeParams) -> None:
    first = date(2020, 1, 1)
    last = first + timedelta(days=days)
    horizon, history, split = time.horizon_days, time.min_history_days, time.split
    labelled = days - horizon >= history and (split != "temporal" or days - 3 * horizon >= history)
    possible = labelled or (split == "auto" and days >= history)
    if not possible:
        with pytest.raises(InputError, match=r"time\.horizon_days"):
            make_plan(first, last, time)
        return
    plan = make_plan(first, last, time)
    assert Plan.from_dict(plan.to_dict()) == plan
    label = timedelta(days=horizon)
    assert min(plan.cutoffs) >= first + timedelta(days=history)
    assert plan.today.forecast.cutoff == last
    if not labelled:
        assert (plan.split, plan.backtest, plan.today.training, plan.today.calibration) == ("none", None, (), None)
        return
    assert plan.backtest is not None
    assert plan.backtest.forecast.cutoff == last - label
    for recipe in (plan.backtest, plan.today, *plan.rolling):
        assert recipe.training
        assert recipe.calibration is not None
        for rows in (*recipe.training, recipe.calibration):
            known_at = rows.cutoff + label
            if plan.split == "temporal" or recipe is not plan.backtest:
                assert known_at <= recipe.as_of, "a label that was not known yet"
            if plan.split == "customers":
                assert not set(rows.parts) & set(recipe.forecast.parts) or rows.cutoff < recipe.forecast.cutoff
        if plan.split == "temporal":
            assert len(recipe.training) <= time.training_snapshots
            for rows in recipe.training:
                assert rows.cutoff + label <= recipe.calibration.cutoff, "training and calibration windows overlap"
        else:
            assert not set(recipe.training[0].parts) & set(recipe.calibration.parts)
        assert all(cutoff + label <= recipe.as_of for cutoff in plan.windows_over(recipe.as_of))
    check_origins(plan, first + timedelta(days=history), time.rolling_origins, time.rolling_every_days)
    check_windows(plan, first + timedelta(days=history))


def check_windows(plan: Plan, earliest: date) -> None:
    """Require windows a quarter of a horizon apart, back from the newest that is over; further apart if too many."""
    apart = [(a - b).days for a, b in pairwise(plan.windows)]
    assert plan.windows[0] == plan.last_day - timedelta(days=plan.horizon_days)
    assert plan.windows[-1] >= earliest
    assert len(plan.windows) <= 24
    assert all(days >= max(1, int(plan.horizon_days / 4)) for days in apart)
    longest = max(plan.horizon_days / 4, (plan.windows[0] - earliest).days / 23, 1)
    assert (plan.windows[-1] - earliest).days < longest + 1, "windows reach back as far as the history lets them"


def check_origins(plan: Plan, earliest: date, n: int, apart: int) -> None:
    """Require the dates that have a training cutoff; the first is the backtest's if that splits customers."""
    assert plan.backtest is not None
    first, horizons = (1, 2) if plan.split == "temporal" else (0, 1)
    wanted = [plan.backtest.as_of - timedelta(days=apart * i) for i in range(first, first + n)]
    fitting = [as_of for as_of in wanted if as_of - timedelta(days=horizons * plan.horizon_days) >= earliest]
    assert [recipe.as_of for recipe in plan.rolling] == fitting
    for recipe in plan.rolling:
        assert recipe.forecast.cutoff == recipe.as_of
        assert recipe.as_of + timedelta(days=plan.horizon_days) <= plan.last_day, "it can be judged"
        assert {rows.cutoff for rows in recipe.rows} <= set(plan.cutoffs)


def test_rolling_origins_are_the_newest_that_fit() -> None:
    plan = make_plan(date(2023, 1, 1), date(2025, 12, 31), TIME)
    origins = [date(2025, 4, 5), date(2025, 1, 5), date(2024, 10, 7), date(2024, 7, 9)]
    assert [recipe.as_of for recipe in plan.rolling] == origins
    assert len(plan.rolling[-1].training) == 2
    shorter = make_plan(date(2023, 6, 20), date(2025, 12, 31), TIME)
    assert [recipe.as_of for recipe in shorter.rolling] == origins[:3], "no training cutoff 30 days after the start"
    assert Plan.from_dict(shorter.to_dict()) == shorter
    assert make_plan(date(2024, 4, 1), date(2025, 12, 31), TIME).rolling == (), "the history has room for none"


def test_rolling_origins_change_nothing_for_the_models_that_are_kept() -> None:
    first, last = date(2023, 1, 1), date(2025, 12, 31)
    plan, without = make_plan(first, last, TIME), make_plan(first, last, replace(TIME, rolling_origins=0))
    assert without.rolling == ()
    assert plan.recipes == without.recipes
    assert cutoffs_of(plan.recipes.values()) == without.cutoffs
    assert set(plan.cutoffs) - set(without.cutoffs) == {date(2025, 4, 5)}
    assert make_plan(first, last, replace(TIME, split="none")).rolling == ()


def test_splits_by_customer_have_origins_where_a_window_is_over_before() -> None:
    plan = make_plan(date(2024, 6, 1), date(2025, 12, 31), replace(TIME, split="customers"))
    assert [recipe.as_of for recipe in plan.rolling] == [date(2025, 7, 4), date(2025, 4, 5), date(2025, 1, 5)]
    assert {rows.cutoff for rows in plan.rolling[0].training} == {date(2025, 1, 5)}
    assert make_plan(date(2025, 3, 1), date(2025, 12, 31), TIME).rolling == ()


def test_a_long_history_has_few_windows_and_training_snapshots() -> None:
    plan = make_plan(date(2010, 1, 1), date(2025, 12, 31), TIME)
    assert len(plan.windows) == 24
    assert plan.windows[-1] == date(2010, 1, 31)
    assert len(plan.today.training) == 12
    assert plan.today.training[-1].cutoff == date(2025, 12, 31) - timedelta(days=360)


def test_the_split_follows_the_history() -> None:
    first = date(2023, 1, 1)
    assert make_plan(first, date(2025, 12, 31), TIME).split == "temporal"
    assert make_plan(first, date(2024, 6, 1), TIME).split == "customers"
    with pytest.raises(InputError, match=r"temporal needs a training cutoff .* lower time\.horizon_days"):
        make_plan(first, date(2024, 6, 1), replace(TIME, split="temporal"))


def test_without_a_window_the_longest_horizon_that_has_one_is_named() -> None:
    first, last = date(2023, 1, 1), date(2023, 5, 1)
    remedy = r"set time\.horizon_days to 90 or less"
    unlabelled = make_plan(first, last, TIME)
    assert unlabelled.split == "none"
    assert re.search(remedy, unlabelled.why)
    with pytest.raises(InputError, match=remedy):
        make_plan(first, last, replace(TIME, split="customers"))
    assert make_plan(first, last, replace(TIME, horizon_days=90)).split == "customers"
    with pytest.raises(InputError, match=r"use a longer history"):
        make_plan(first, date(2023, 1, 20), TIME)


def test_parts_have_their_shares_and_do_not_move() -> None:
    ids = [f"C{i}" for i in range(20_000)]
    parts = part_of(ids, SHARES)
    for part, share in zip(PARTS, (0.7, 0.15, 0.15), strict=True):
        assert abs(np.mean(parts == part) - share) < 0.01
    assert (part_of(ids[::-1], SHARES)[::-1] == parts).all()
    assert (in_parts(ids, ("test",), SHARES) == (parts == "test")).all()


def test_to_learn_nothing_from_labels_can_be_asked_for() -> None:
    plan = make_plan(date(2020, 1, 1), date(2025, 12, 31), replace(TIME, split="none"))
    assert (plan.split, plan.why, plan.backtest) == ("none", "time.split asks for it", None)
    assert plan.cutoffs == [date(2025, 12, 31)]
