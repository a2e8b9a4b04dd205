"""What randomised tests show about spending: the truth is recovered, noise is shrunk, empty evidence is left out."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from clv.marketing.budget.groups import excess_variance, make_groups, resampled_means
from clv.marketing.budget.lifts import Lifts, fit_lifts
from clv.marketing.experiments.outcomes import COLUMNS
from clv.marketing.tiers import GROWTH, HIGH, LOW
from tests.marketing.budgets import CHANNELS, HALF, LIFT, participants


def at(lifts: Lifts, cost: float) -> np.ndarray:
    """Relative rise at a cost, (cells,), by the point estimates."""
    return lifts.point_top * cost / (cost + lifts.point_half)


def fit(outcomes: pd.DataFrame, draws: int = 100, seed: int = 1) -> Lifts:
    lifts = fit_lifts(make_groups(outcomes, {}, draws, seed), seed)
    assert lifts is not None
    return lifts


def truth(cells: pd.DataFrame, cost: float) -> np.ndarray:
    return np.array([LIFT[c] * cost / (cost + HALF[c]) for c in cells["channel"]])


def test_a_large_test_tells_the_curves() -> None:
    lifts = fit(participants(20_000, seed=1))
    assert len(lifts.cells) == 9
    for cost in (2.0, 5.0, 10.0):
        assert at(lifts, cost) == pytest.approx(truth(lifts.cells, cost), abs=0.03)
    assert (lifts.cells["highest"] == 10).all()


def test_intervals_hold_the_truth() -> None:
    held = []
    for seed in range(12):
        lifts = fit(participants(300, seed=seed, costs=(2.0, 10.0)), seed=seed)
        lower, upper = np.quantile(lifts.top * 10 / (10 + lifts.half), (0.025, 0.975), axis=1)
        real = truth(lifts.cells, 10.0)
        held.append((lower <= real) & (real <= upper))
    assert np.mean(held) > 0.85


def test_cells_are_pulled_to_their_channel() -> None:
    """Nine noisy cells are nearer to the truth than the differences of means that they come from."""
    raw, pooled = [], []
    for seed in range(8):
        outcomes = participants(200, seed=seed, costs=(10.0,))
        lifts = fit(outcomes, draws=50, seed=seed)
        means = outcomes.groupby(["tier", "channel"])["revenue"].mean()
        own = np.array([means[c.tier, c.channel] / means[c.tier, ""] - 1 for c in lifts.cells.itertuples()])
        raw.append(own - truth(lifts.cells, 10.0))
        pooled.append(at(lifts, 10.0) - truth(lifts.cells, 10.0))
    assert np.sqrt(np.mean(np.square(pooled))) < 0.7 * np.sqrt(np.mean(np.square(raw)))


def test_what_cells_are_pulled_to_is_drawn_too() -> None:
    """Shrunk cells alone would hardly differ between resamples; the draws also vary around their channel."""
    apart = []
    for seed in range(8):
        lifts = fit(participants(40, seed=seed, costs=(2.0, 10.0)), draws=200, seed=seed)
        rise = lifts.top * 10 / (10 + lifts.half)
        assert lifts.cells["channel"][0] == lifts.cells["channel"][3]
        apart.append((rise[0] - rise[3]).std())
    assert np.mean(apart) > 0.05


def test_a_lift_is_relative_to_what_the_control_bought() -> None:
    """The level of the participants' forecast does not matter."""
    outcomes = participants(2000, seed=8)
    plain, doubled = fit(outcomes), fit(outcomes.assign(expected=2 * outcomes["expected"]))
    assert at(doubled, 5.0) == pytest.approx(at(plain, 5.0), abs=0.03)


def test_of_one_cost_half_is_what_was_tested() -> None:
    lifts = fit(participants(100, seed=1, costs=(5.0,)))
    assert lifts.assumed == CHANNELS
    assert (lifts.half == 5.0).all()
    assert fit(participants(100, seed=1, costs=(2.0, 5.0))).assumed == ()


def test_what_puts_people_off_counts_as_nothing() -> None:
    outcomes = participants(300, seed=2, costs=(5.0,))
    worse = ~outcomes["is_control"]
    lifts = fit(
        outcomes.assign(revenue=outcomes["revenue"].where(~worse, 0.0), orders=outcomes["orders"].where(~worse, 0))
    )
    assert lifts.top.max() == 0
    assert lifts.point_top.max() == 0


def test_what_arms_spend_at_a_time_counts_where_it_differs() -> None:
    """Twice the spend per order in an arm is a rise of revenue, though the orders do not show it."""
    outcomes = participants(8000, seed=3, costs=(5.0,), noise=0.5)
    doubled = outcomes.assign(
        revenue=outcomes["revenue"].where(outcomes["channel"] != "email", outcomes["revenue"] * 2)
    )
    lifts = fit(doubled)
    email = (lifts.cells["channel"] == "email").to_numpy()
    real = (1 + truth(lifts.cells, 5.0)) * np.where(email, 2, 1) - 1
    assert at(lifts, 5.0) == pytest.approx(real, abs=0.15)


def test_the_same_seed_gives_the_same_draws_and_another_others() -> None:
    outcomes = participants(60, seed=4)
    first, again, other = fit(outcomes, seed=1), fit(outcomes, seed=1), fit(outcomes, seed=2)
    assert (first.top == again.top).all()
    assert not (first.top == other.top).all()
    shuffled = fit(outcomes.sample(frac=1, random_state=0))
    assert shuffled.point_top == pytest.approx(first.point_top)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t[~t["is_control"]], "test test: it has no control arm"),
        (lambda t: t.assign(cost=np.nan), "test test, arm email-5: what it cost is not known of all its participants"),
        (
            lambda t: t.assign(cost=t["cost"].where(t.index % 50 > 0)),
            "test test, arm email-5: what it cost is not known of all its participants",
        ),
        (lambda t: t.assign(cost=0.0), "test test, arm email-5: it cost nothing"),
        (
            lambda t: t.assign(channel=np.where(t["is_control"], "", np.where(t.index % 2, "email", "ad"))),
            "test test, arm search-5: it has several channels, which were not drawn by lot",
        ),
        (
            lambda t: t.assign(tier=""),
            "test test: 480 participants could not be forecast when they were assigned, so have no tier",
        ),
        (
            lambda t: t.groupby(["tier", "channel", "cost"]).head(29),
            "test test, High-CLV, arm email-5: fewer than 30 participants",
        ),
        (
            lambda t: t.assign(expected=0.0, revenue=0.0, orders=0),
            "test test, High-CLV: nobody was expected to buy, nor did in the control arm",
        ),
    ],
)
def test_what_says_nothing_is_left_out_and_said(change: Callable[[pd.DataFrame], pd.DataFrame], said: str) -> None:
    groups = make_groups(change(participants(40, seed=5, costs=(5.0,))), {}, 50, 1)
    assert said in groups.left_out
    assert fit_lifts(groups, 1) is None


def test_no_tests_no_curves() -> None:
    nothing = pd.DataFrame({name: pd.Series(dtype="object") for name in COLUMNS})
    groups = make_groups(nothing, {}, 50, 1)
    assert groups.left_out == ()
    assert fit_lifts(groups, 1) is None


def test_a_tier_without_participants_has_no_curve() -> None:
    outcomes = participants(60, seed=6, costs=(5.0,))
    lifts = fit(outcomes[outcomes["tier"] != LOW])
    assert set(lifts.cells["tier"]) == {HIGH, GROWTH}


def test_a_test_without_forecasts_is_measured_by_its_control() -> None:
    lifts = fit(participants(4000, seed=7, costs=(5.0,)).assign(expected=0.0, channel=lambda t: t["channel"]))
    assert at(lifts, 5.0) == pytest.approx(truth(lifts.cells, 5.0), abs=0.08)


def test_resampled_means_vary_as_means_do() -> None:
    values = np.random.default_rng(0).gamma(0.5, 10.0, 400)
    means = resampled_means(values, 4000, np.random.default_rng(1))
    assert means.mean() == pytest.approx(values.mean(), rel=0.01)
    assert means.std() == pytest.approx(values.std() / 20, rel=0.05)


def test_excess_variance_is_what_noise_leaves() -> None:
    rng = np.random.default_rng(2)
    noise = rng.uniform(0.5, 2, 4000)
    assert excess_variance(rng.normal(0, np.sqrt(noise)), noise) == pytest.approx(0, abs=0.05)
    assert excess_variance(rng.normal(0, np.sqrt(noise + 3)), noise) == pytest.approx(3, rel=0.1)
    assert excess_variance(np.array([1.0]), np.array([1.0])) == 0


def test_a_cost_that_only_buyers_cause_makes_no_lift() -> None:
    """Vouchers without effect cost something only for buyers: the evidence is that of the whole arm, not of buyers."""
    outcomes = participants(3000, seed=9, costs=(5.0,))
    outcomes = outcomes[outcomes["channel"].isin(["", "email"])]
    rng = np.random.default_rng(9)
    control = outcomes[outcomes["is_control"]]
    voucher = control.sample(len(control), replace=True, random_state=rng).assign(
        is_control=False, channel="email", arm="voucher"
    )
    voucher["cost"] = np.where(voucher["orders"] > 0, 5.0, 0.0)
    groups = make_groups(pd.concat([control, voucher], ignore_index=True), {}, 100, 1)
    lifts = fit_lifts(groups, 1)
    assert lifts is not None
    assert np.abs(at(lifts, 2.0)).max() < 0.1
    mean = voucher.groupby("tier")["cost"].mean().round(4)
    assert dict(zip(lifts.cells["tier"], lifts.cells["highest"], strict=True)) == mean.to_dict(), "free ones count too"
    assert groups.table.groupby("tier").size().eq(2).all()
    assert lifts.assumed == ("email",), "tiers that redeem more do not determine the curve"
    assert (lifts.half == lifts.half[0, 0]).all()


def test_a_tier_in_which_an_arm_cost_nothing_is_left_out() -> None:
    outcomes = participants(60, seed=6, costs=(5.0,))
    free = (outcomes["tier"] == LOW) & (outcomes["channel"] == "email")
    groups = make_groups(outcomes.assign(cost=outcomes["cost"].where(~free, 0.0)), {}, 50, 1)
    assert groups.left_out == ("test test, Low-CLV, arm email-5: it cost nothing there",)
    assert len(groups.table) == 11


def test_arms_of_one_channel_and_cost_are_told_apart_and_one_bad_arm_spoils_no_other() -> None:
    outcomes = participants(100, seed=6, costs=(5.0,))
    twin = outcomes[outcomes["arm"] == "email-5"].assign(arm="email-5b")
    many = outcomes["arm"] == "social-5"
    mixed = outcomes.assign(channel=outcomes["channel"].where(~many | (outcomes.index % 2 == 0), "search"))
    groups = make_groups(pd.concat([mixed, twin], ignore_index=True), {}, 50, 1)
    assert groups.left_out == ("test test, arm social-5: it has several channels, which were not drawn by lot",)
    assert groups.table["channel"].value_counts().to_dict() == {"email": 6, "search": 3, "": 3}


def test_a_test_with_an_alarm_decides_nothing() -> None:
    good = participants(60, seed=6, costs=(5.0,))
    both = pd.concat([good, good.assign(experiment="bad")], ignore_index=True)
    groups = make_groups(both, {"test": "", "bad": "the sizes of the arms are not equal"}, 50, 1)
    assert groups.left_out == ("test bad: the sizes of the arms are not equal",)
    assert set(groups.table["experiment"]) == {"test"}


def test_who_has_no_tier_is_left_out_in_one_sentence() -> None:
    outcomes = participants(60, seed=6, costs=(5.0,))
    new = outcomes.head(100).assign(tier="", expected=0.0)
    groups = make_groups(pd.concat([outcomes, new], ignore_index=True), {}, 50, 1)
    assert groups.left_out == (
        "test test: 100 participants could not be forecast when they were assigned, so have no tier",
    )
    pd.testing.assert_frame_equal(groups.table, make_groups(outcomes, {}, 50, 1).table)
