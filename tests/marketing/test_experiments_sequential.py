"""A test watched day by day: the same figures as by hand, and the error rate when looking every day."""

import numpy as np
import pandas as pd
import pytest

from clv.marketing.experiments.analysis import analyse
from clv.marketing.experiments.sequential import MOST_DAYS, boundary, over_days

WINDOW = 28
ALPHA = 0.1


def shop(n: int, seed: int, recruiting_days: int = 1, rise: float = 0.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Participants in two arms of n, and their purchases in the window; customers differ in how often they buy.

    rise: relative rise of the order rate in the arm `mail`.
    """
    rng = np.random.default_rng(seed)
    joined = rng.integers(0, recruiting_days, 2 * n)
    arm = rng.permutation(np.repeat(["control", "mail"], n))
    daily = rng.gamma(0.5, 0.06, 2 * n) * np.where(arm == "mail", 1 + rise, 1)
    who, age = np.nonzero(rng.random((2 * n, WINDOW)) < daily[:, None])
    cents = np.round(rng.lognormal(3, 0.8, len(who)) * 100).astype("int64")
    start = pd.Timestamp("2024-01-01")
    assigned = start + pd.to_timedelta(joined, unit="D")
    ids = np.array([f"c{i}" for i in range(2 * n)])
    lines = pd.DataFrame(
        {
            "customer_id": ids[who],
            "order_ts": assigned[who] + pd.to_timedelta(age * 24 + 9, unit="h"),
            "amount_minor": cents,
        }
    )
    revenue = np.bincount(who, cents, 2 * n) / 100
    seen = pd.DataFrame(
        {
            "customer_id": ids,
            "experiment": "t",
            "arm": arm,
            "is_control": arm == "control",
            "cost": 1.0,
            "assigned": assigned,
            "revenue": revenue,
            "purchased": revenue > 0,
            "expected": 0.0,
        }
    )
    return seen, lines


@pytest.mark.parametrize("recruiting_days", [1, 10])
def test_every_day_is_what_a_look_on_that_day_would_show(recruiting_days: int) -> None:
    seen, lines = shop(150, 3, recruiting_days)
    days = over_days(seen, lines, WINDOW, 0.9, 2)
    for row in days.iloc[[0, len(days) // 2, -1]].to_dict("records"):
        end = seen["assigned"].min() + pd.Timedelta(days=row["day"] + 1)
        sums = lines[lines["order_ts"] < end].groupby("customer_id")["amount_minor"].sum() / 100
        here = seen[seen["assigned"] < end]
        spent = sums.reindex(here["customer_id"]).fillna(0.0).to_numpy()
        mail = (here["arm"] == "mail").to_numpy()
        error = np.sqrt(spent[mail].var(ddof=1) / mail.sum() + spent[~mail].var(ddof=1) / (~mail).sum())
        assert row["participants"] == mail.sum()
        assert row["difference"] == pytest.approx(spent[mail].mean() - spent[~mail].mean())
        assert row["upper"] - row["difference"] == pytest.approx(1.6448536 * error)
    final = analyse(seen, 0.9, 0.4, 2).query("outcome == 'revenue'")["difference"].item()
    assert days["difference"].iloc[-1] == pytest.approx(final), "the last day is the result"
    assert (days["always_lower"] < days["lower"]).all()
    assert (days["always_upper"] > days["upper"]).all()


@pytest.mark.parametrize(("recruiting_days", "arms"), [(1, 1), (40, 1), (1, 3)])
def test_looking_every_day_fools_the_fixed_interval_and_not_the_other(recruiting_days: int, arms: int) -> None:
    """Runs without any effect: with one day of recruiting, with recruiting over weeks, and with several arms."""
    runs, peeked, always = 200, 0, 0
    for seed in range(runs):
        seen, lines = shop(200, seed, recruiting_days)
        seen["arm"] = np.where(seen["is_control"], "control", (np.arange(len(seen)) % arms).astype(str))
        days = over_days(seen, lines, WINDOW, 1 - ALPHA, 20)
        peeked += bool(((days["lower"] > 0) | (days["upper"] < 0)).any())
        always += bool(((days["always_lower"] > 0) | (days["always_upper"] < 0)).any())
    assert always <= ALPHA * runs
    assert peeked > 1.5 * ALPHA * runs


def test_a_large_effect_is_seen_before_the_end() -> None:
    days = over_days(*shop(2000, 1, rise=0.6), WINDOW, 0.95, 20)
    apart = days.loc[days["always_lower"] > 0, "day"]
    assert apart.iloc[0] < WINDOW - 4


def test_a_random_walk_crosses_the_boundary_at_most_as_often_as_it_says() -> None:
    steps = np.random.default_rng(0).normal(size=(4000, 1000)).cumsum(axis=1)
    time = np.arange(1.0, 1001)
    for best_at in (30.0, 1000.0):
        crossed = (np.abs(steps) > boundary(time, np.array(best_at), ALPHA)).any(axis=1).mean()
        assert 0.3 * ALPHA < crossed <= ALPHA, "it holds, and wastes little"
    there = [boundary(np.array(100.0), np.array(best_at), ALPHA) for best_at in (25.0, 100.0, 400.0)]
    assert there[1] == min(there), "narrowest where it was asked to be"


def test_small_tests_and_tests_without_sales_have_no_days() -> None:
    seen, lines = shop(15, 0)
    assert over_days(seen, lines, WINDOW, 0.9, 20).empty
    assert over_days(seen, lines.head(0), WINDOW, 0.9, 2).empty
    assert over_days(seen.assign(is_control=False), lines, WINDOW, 0.9, 2).empty


def test_a_long_test_keeps_so_many_days_and_its_last() -> None:
    seen, lines = shop(400, 0, recruiting_days=300)
    days = over_days(seen, lines, WINDOW, 0.9, 2)
    assert len(days) == MOST_DAYS
    assert days["day"].iloc[-1] == (seen["assigned"].max() - seen["assigned"].min()).days + WINDOW - 1
