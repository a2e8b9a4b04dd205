"""The groups of randomised tests to which response curves are fitted: mean revenue by tier and arm, and its noise.

The spend of a customer is the number of orders times the order value. A test shows the number with half the noise
(variance) of the product, so order values count only as far as the arms differ in them by more than chance: the revenue
of a participant is their orders at the mean order value of the tier, plus a share of the rest of their spend. The share
is 0 where order values differ by no more than chance, 1 where chance explains nothing (DerSimonian and Laird, 1986,
"Meta-analysis in clinical trials", Controlled Clinical Trials 7, and the shrinkage that goes with it).

Both are adjusted for the revenue expected of a participant before the test (CUPED: Deng, Xu, Kohavi and Walker, 2013,
"Improving the sensitivity of online controlled experiments by utilizing pre-experiment data", WSDM).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.marketing.experiments.before import NO_TIER
from clv.marketing.experiments.comparison import adjust

LEAST = 30  # participants of an arm within a tier
CHUNK = 4_000_000  # resampled participants at a time
ANY_CHANNEL = "all"  # for tests that name no channel
NEEDED = ("experiment", "arm", "channel", "cost", "is_control", "revenue", "orders", "expected", "tier")
ARM = ["channel", "cost", "arm"]  # the arm alone identifies a group; channel and cost follow from it
DIGITS = 4  # of a mean cost
LEAST_VARIANCE = 1e-6  # of the relative revenue of a participant, for groups that did not buy


@dataclass(frozen=True)
class Groups:
    """One row of `table` per test, tier and arm, and `draws` of their means.

    Columns: experiment, tier, channel ("" for a control), cost (money per customer of the tier, the mean over the arm,
    0 for a control), mean (revenue over the revenue expected of the tier) and variance (of that mean). `draws` (draws,
    rows) are such means in bootstrap resamples of the participants of each group; `left_out` describes what could not
    be used, a sentence each.
    """

    table: pd.DataFrame
    draws: np.ndarray
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class _Place:
    """A tier of a test, with revenue relative to the expected revenue.

    `by_orders` (n,) is revenue at the mean order value, `beside` (n,) the rest; `arms` has the channel and cost of each
    arm, "" and 0 for the control, and the positions of its participants.
    """

    experiment: str
    tier: str
    by_orders: np.ndarray
    beside: np.ndarray
    arms: list[tuple[str, float, np.ndarray]]


def make_groups(outcomes: pd.DataFrame, alarms: Mapping[str, str], draws: int, seed: int) -> Groups:
    """Group participants of tests (one row each of `outcomes`, data/outcomes.parquet) that have a control and costs.

    `alarms` describe, by the name of a test, what is wrong with its randomisation, "" where nothing is. Groups are arms
    as they were randomised; anything else known of a participant, above all their own cost, may be an effect of the
    test.
    """
    usable, left_out = _usable(outcomes, alarms)
    places = []
    for (experiment, tier), people in usable.groupby(["experiment", "tier"], sort=True):
        place = _place(str(experiment), str(tier), people)
        if place is None:
            left_out.append(f"test {experiment}, {tier}: nobody was expected to buy, nor did in the control arm")
        else:
            places.append(place)
    return _grouped(places, draws, np.random.default_rng([seed, 11]), tuple(left_out))


def resampled_means(values: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Means of resamples with replacement of the values (n,), (draws,)."""
    size = max(1, CHUNK // len(values))
    parts = [
        values[rng.integers(0, len(values), (min(size, draws - start), len(values)), dtype="uint32")].mean(axis=1)
        for start in range(0, draws, size)
    ]
    return np.concatenate(parts)


def excess_variance(means: np.ndarray, variances: np.ndarray) -> float:
    """Variance between the values that means (n,) with variances (n,) estimate, 0 or more (DerSimonian and Laird)."""
    weight = 1 / variances
    around = means - np.average(means, weights=weight)
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    return max(float(((weight * around**2).sum() - (len(means) - 1)) / scale), 0.0) if scale > 0 else 0.0


def _grouped(places: list[_Place], draws: int, rng: np.random.Generator, left_out: tuple[str, ...]) -> Groups:
    beside = [(p.beside[where].mean(), _variance(p.beside[where])) for p in places for *_, where in p.arms]
    between = excess_variance(*np.array(beside).T) if beside else 0.0
    rows, means = [], []
    for place in places:
        noise = [_variance(place.beside[where]) for *_, where in place.arms]
        share = between / (between + float(np.mean(noise)))
        value = place.by_orders + share * place.beside
        off = (1 - share) * np.sqrt(between)  # the standard deviation of an arm's order value after shrinkage
        within = sum(value[where].var() * len(where) for *_, where in place.arms) / len(value)
        for channel, cost, where in place.arms:
            variance = max(within, LEAST_VARIANCE) / len(where) + off**2
            rows.append((place.experiment, place.tier, channel, cost, value[where].mean(), variance))
            means.append(resampled_means(value[where], draws, rng) + off * rng.standard_normal(draws))
    table = pd.DataFrame(rows, columns=["experiment", "tier", "channel", "cost", "mean", "variance"])
    return Groups(table, np.column_stack(means) if means else np.empty((draws, 0)), left_out)


def _variance(values: np.ndarray) -> float:
    """The variance of the mean of values."""
    return max(float(values.var()), LEAST_VARIANCE) / len(values)


def _usable(outcomes: pd.DataFrame, alarms: Mapping[str, str]) -> tuple[pd.DataFrame, list[str]]:
    """Participants of the groups that can be used, with their arm's mean cost, and what is wrong with the others."""
    if outcomes.empty:
        return pd.DataFrame(columns=list(NEEDED)), []
    rows = outcomes[list(NEEDED)].copy()
    rows["is_control"] = rows["is_control"].astype("bool")
    rows["channel"] = rows["channel"].astype("object").where(rows["channel"].ne(""), ANY_CHANNEL).astype("str")
    rows["arm"] = "arm " + rows["arm"].astype("str").where(rows["arm"].ne(""), "(no name)")
    rows.loc[rows["is_control"], ["arm", "channel", "cost"]] = "control", "", 0.0
    kept, left_out = [], []
    for name, people in rows.groupby("experiment", sort=True):
        found, said = _of_test(people, alarms.get(str(name), ""))
        kept.append(found)
        left_out += [f"test {name}{what}" for what in said]
    return pd.concat(kept), left_out


def _of_test(people: pd.DataFrame, alarm: str) -> tuple[pd.DataFrame, list[str]]:
    """The participants of one test in the groups of a tier that can be compared, and what is wrong with the others."""
    if alarm or not people["is_control"].any():
        return people.head(0), [f": {alarm or 'it has no control arm'}"]
    said = []
    for arm, members in people[~people["is_control"]].groupby("arm", sort=True):
        why = _why_not(members)
        if why:
            said.append(f", {arm}: {why}")
            people = people.drop(members.index)
    nowhere = people["tier"] == NO_TIER
    if nowhere.any():
        said.append(f": {nowhere.sum():,} participants could not be forecast when they were assigned, so have no tier")
    people = people[~nowhere]
    by_arm = people.groupby(["tier", "arm"])
    people = people.assign(cost=by_arm["cost"].transform("mean").round(DIGITS), size=by_arm["cost"].transform("size"))
    few, free = people["size"] < LEAST, ~people["is_control"] & (people["cost"] == 0)
    for lacks, why in ((few, f"fewer than {LEAST} participants"), (free & ~few, "it cost nothing there")):
        groups = people.loc[lacks, ["tier", "arm"]].drop_duplicates().sort_values(["tier", "arm"])
        said += [f", {group.tier}, {group.arm}: {why}" for group in groups.itertuples()]
    people = people[~few & ~free]
    of_tier = people["is_control"].groupby(people["tier"])
    return people[of_tier.transform("any") & ~of_tier.transform("all")], said


def _why_not(members: pd.DataFrame) -> str:
    """Why the participants of an arm cannot show the response to spending in a channel, or ""."""
    if members["channel"].ne(members["channel"].iloc[0]).any():
        return "it has several channels, which were not drawn by lot"
    if members["cost"].isna().any():
        return "what it cost is not known of all its participants"
    return "" if round(float(members["cost"].mean()), DIGITS) > 0 else "it cost nothing"


def _place(experiment: str, tier: str, people: pd.DataFrame) -> _Place | None:
    """The place of a tier; None where no revenue was expected and the control had none, so that a rise has no base."""
    people = people.reset_index(drop=True)
    scale = float(people["expected"].mean())
    scale = scale if scale > 0 else float(people.loc[people["is_control"], "revenue"].mean())
    if not scale > 0:
        return None
    order_value = float(people["revenue"].sum() / max(people["orders"].sum(), 1))
    groups, expected = people.groupby(ARM, sort=True), people["expected"].to_numpy(dtype="float64")
    code = groups.ngroup().to_numpy()
    by_orders, revenue = (
        adjust(value.to_numpy(dtype="float64"), expected, code)[0] / scale
        for value in (people["orders"] * order_value, people["revenue"])
    )
    arms = [
        (str(members["channel"].iloc[0]), float(members["cost"].iloc[0]), np.flatnonzero(code == number))
        for number, (_, members) in enumerate(groups)
    ]
    return _Place(experiment, tier, by_orders, revenue - by_orders, arms)
