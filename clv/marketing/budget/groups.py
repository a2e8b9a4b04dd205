"""The groups of randomised tests that response curves are read from: mean revenue by tier and arm, and its noise.

What somebody spends is how often they buy times how much at a time. A test shows the first with half the noise
(variance) of both together, so the second counts only as far as the arms differ in it by more than chance: the revenue
of a participant is their orders at the mean order value of the tier, and a share of what they spent beside that. The
share is 0 where order values differ by no more than chance, 1 where chance explains nothing (DerSimonian and Laird,
1986, "Meta-analysis in clinical trials", Controlled Clinical Trials 7, and the shrinkage that goes with it).

Both are corrected by what was expected of a participant before (CUPED: Deng, Xu, Kohavi and Walker, 2013, "Improving
the sensitivity of online controlled experiments by utilizing pre-experiment data", WSDM).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

LEAST = 30  # participants of an arm within a tier
CHUNK = 4_000_000  # resampled participants at a time
ANY_CHANNEL = "all"  # of tests that name none
NEEDED = ("experiment", "channel", "cost", "is_control", "revenue", "orders", "expected", "tier")
ARM = ["is_control", "channel", "cost"]
LEAST_VARIANCE = 1e-6  # of the revenue of a participant, relative: of groups that did not buy


@dataclass(frozen=True)
class Groups:
    """One row of `table` per test, tier and arm: experiment, tier, channel ("" of a control), cost (money per customer,
    0 of a control), mean (revenue over what was expected of the tier) and variance (of that mean).

    `draws` (draws, rows) are such means of bootstrap resamples of the participants of each group; `left_out` says, a
    sentence each, what could not be used.
    """

    table: pd.DataFrame
    draws: np.ndarray
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class _Place:
    """A tier of a test, revenue relative to what was expected of it: `by_orders` (n,) at the mean order value, `beside`
    (n,) the rest, `arms` the positions of their participants by (is_control, channel, cost)."""

    experiment: str
    tier: str
    by_orders: np.ndarray
    beside: np.ndarray
    arms: list[tuple[tuple[bool, str, float], np.ndarray]]


def make_groups(outcomes: pd.DataFrame, draws: int, seed: int) -> Groups:
    """Group participants of tests (one row each of `outcomes`, data/outcomes.parquet) that have a control and costs."""
    usable, left_out = _usable(outcomes)
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
    """Variance of what means (n,) estimate, beyond their own variances (n,), 0 or more (DerSimonian and Laird)."""
    weight = 1 / variances
    around = means - np.average(means, weights=weight)
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    return max(float(((weight * around**2).sum() - (len(means) - 1)) / scale), 0.0) if scale > 0 else 0.0


def _grouped(places: list[_Place], draws: int, rng: np.random.Generator, left_out: tuple[str, ...]) -> Groups:
    beside = [(p.beside[where].mean(), _variance(p.beside[where])) for p in places for _, where in p.arms]
    between = excess_variance(*np.array(beside).T) if beside else 0.0
    rows, means = [], []
    for place in places:
        noise = [_variance(place.beside[where]) for _, where in place.arms]
        share = between / (between + float(np.mean(noise)))
        value = place.by_orders + share * place.beside
        off = (1 - share) * np.sqrt(between)  # by so much is the order value of an arm unknown, being shrunk
        within = sum(value[where].var() * len(where) for _, where in place.arms) / len(value)
        for (control, channel, cost), where in place.arms:
            variance = max(within, LEAST_VARIANCE) / len(where) + off**2
            rows.append((place.experiment, place.tier, "" if control else channel, 0.0 if control else cost,
                         value[where].mean(), variance))  # fmt: skip
            means.append(resampled_means(value[where], draws, rng) + off * rng.standard_normal(draws))
    table = pd.DataFrame(rows, columns=["experiment", "tier", "channel", "cost", "mean", "variance"])
    return Groups(table, np.column_stack(means) if means else np.empty((draws, 0)), left_out)


def _variance(values: np.ndarray) -> float:
    """Of their mean."""
    return max(float(values.var()), LEAST_VARIANCE) / len(values)


def _usable(outcomes: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Participants of the groups that say something, and what the others lack."""
    if outcomes.empty:
        return pd.DataFrame(columns=list(NEEDED)), []
    rows, left_out = outcomes[list(NEEDED)].copy(), []
    rows["is_control"] = rows["is_control"].astype("bool")
    rows["channel"] = rows["channel"].astype("object").where(rows["channel"].ne(""), ANY_CHANNEL).astype("str")
    for name, people in rows.groupby("experiment", sort=True):
        if not people["is_control"].any():
            left_out.append(f"test {name}: it has no control arm")
        elif not (people["cost"][~people["is_control"]] > 0).any():
            left_out.append(f"test {name}: no arm says what it cost per customer")
    has_control = rows["is_control"].groupby(rows["experiment"]).transform("any")
    rows = rows[has_control & (rows["is_control"] | (rows["cost"] > 0))]
    rows["cost"] = rows["cost"].where(~rows["is_control"], 0.0).round(2)
    rows["channel"] = rows["channel"].where(~rows["is_control"], "")
    keys = ["experiment", "tier", *ARM]
    size = rows.groupby(keys)["revenue"].transform("size")
    small = rows[size < LEAST].groupby(keys).size().reset_index()
    for row in small.itertuples():
        arm = "control" if row.is_control else f"{row.channel} at {row.cost:g}"
        left_out.append(f"test {row.experiment}, {row.tier}, {arm}: fewer than {LEAST} participants")
    rows = rows[size >= LEAST]
    of_tier = rows["is_control"].groupby([rows["experiment"], rows["tier"]])
    return rows[of_tier.transform("any") & ~of_tier.transform("all")], left_out


def _place(experiment: str, tier: str, people: pd.DataFrame) -> _Place | None:
    """None where nothing was expected and nothing bought, so that a rise has no base."""
    people = people.reset_index(drop=True)
    scale = float(people["expected"].mean())
    scale = scale if scale > 0 else float(people.loc[people["is_control"], "revenue"].mean())
    if not scale > 0:
        return None
    order_value = float(people["revenue"].sum() / max(people["orders"].sum(), 1))
    by_orders = _adjusted(people, people["orders"] * order_value) / scale
    found: dict[Any, Any] = dict(people.groupby(ARM, sort=True).indices)
    arms = sorted(found.items(), key=lambda item: (not item[0][0], *item[0][1:]))
    return _Place(experiment, tier, by_orders, _adjusted(people, people["revenue"]) / scale - by_orders, arms)


def _adjusted(people: pd.DataFrame, value: pd.Series) -> np.ndarray:
    """Values (n,) less what differences in `expected` explain, by the slope within arms."""
    arm = [people[name] for name in ARM]
    before = people["expected"] - people["expected"].groupby(arm).transform("mean")
    spread = float((before**2).sum())
    slope = float((value * before).sum()) / spread if spread > 0 else 0.0
    adjusted = value - slope * (people["expected"] - people["expected"].mean())
    return adjusted.to_numpy(dtype="float64")
