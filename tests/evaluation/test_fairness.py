"""Gaps between groups of persons: counted by hand; pure noise is seldom taken for a gap."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clv.evaluation.fairness import MEASURES, fairness_table, largest_gaps, top_places

HALVES = np.repeat(["a", "b"], 5)


def predictions(forecast: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"predicted_clv": forecast, "lower_95": 0.0, "upper_95": forecast * 3})


def noise(n: int, seed: int) -> tuple[np.ndarray, pd.DataFrame, dict[str, np.ndarray]]:
    """Customers whose group has nothing to do with their value or its forecast."""
    rng = np.random.default_rng(seed)
    mean = rng.gamma(0.5, 100, n)
    y = mean * rng.gamma(1.0, 1.0, n) * (rng.random(n) < 0.5) * 2
    return y, predictions(mean), {"age_band": rng.choice(["young", "old", "older"], n, p=[0.5, 0.3, 0.2])}


def test_places_of_a_tie_are_shared() -> None:
    assert top_places(np.array([5.0, 4, 3, 2, 1])).tolist() == [1, 0, 0, 0, 0]
    assert top_places(np.array([9.0, 0, 0, 0, 0, 0, 0, 0, 0, 0])).tolist() == [1, *[pytest.approx(1 / 9)] * 9]
    assert top_places(np.zeros(10)).tolist() == [pytest.approx(0.2)] * 10


@given(st.lists(st.integers(0, 5), min_size=3, max_size=60))
def test_a_fifth_of_the_places_is_given_away(values: list[int]) -> None:
    places = top_places(np.array(values, dtype=float))
    assert places.sum() == pytest.approx(max(1, round(0.2 * len(values))))
    assert ((places >= 0) & (places <= 1 + 1e-12)).all()


def test_the_example() -> None:
    """Of ten customers, the top two by forecast are both of group a; by value one is of a and one of b."""
    y = np.array([10.0, 4, 2, 0, 0, 9, 3, 0, 0, 0])
    f = np.array([8.0, 7, 2, 1, 1, 2, 1, 1, 1, 1])
    table = fairness_table(y, predictions(f), {"age_band": HALVES}, 1, 1)
    assert table["measure"].to_list() == [*MEASURES] * 2
    a, b = (table[table["group"] == group].set_index("measure") for group in "ab")
    assert a["chosen"].iloc[0] == pytest.approx(2 / 5)
    assert a["earned"].iloc[0] == pytest.approx(1 / 5)
    assert a.loc["benefit", "gap"] == pytest.approx(1 / 5)
    assert b.loc["benefit", "gap"] == pytest.approx(-1 / 5)
    assert a.loc["error", "value"] == pytest.approx((2 + 3 + 0 + 1 + 1) / 16)
    assert a.loc["error", "gap"] == pytest.approx(7 / 16 - (7 + 7 + 2 + 1 + 1 + 1) / 28)
    assert a.loc["bias", "value"] == pytest.approx(19 / 16 - 1)
    assert b.loc["bias", "value"] == pytest.approx(6 / 12 - 1)
    assert b.loc["coverage_95", "value"] == pytest.approx(4 / 5), "9 is above 6"
    largest = largest_gaps(table).set_index("measure")
    assert largest.loc["bias", ["highest", "lowest"]].to_list() == ["a", "b"]
    assert largest.loc["bias", "gap"] == pytest.approx(19 / 16 - 6 / 12)


def test_standard_errors_are_those_of_the_bootstrap() -> None:
    y, made, groups = noise(1500, 0)
    table = fairness_table(y, made, groups, 1, 1).set_index(["group", "measure"])
    rng = np.random.default_rng(1)
    drawn = []
    for _ in range(300):
        rows = rng.integers(0, 1500, 1500)
        again = fairness_table(y[rows], made.iloc[rows], {"age_band": groups["age_band"][rows]}, 1, 1)
        drawn.append(again.set_index(["group", "measure"])[["value", "gap"]])
    spread = pd.concat(drawn).groupby(level=[0, 1]).std().loc[table.index]
    of_gap, of_value = (table[f"{name}_se"] / spread[name] for name in ("gap", "value"))
    assert of_gap.between(0.85, 1.15).all()
    benefit = of_value.index.get_level_values("measure") == "benefit"
    assert of_value[~benefit].between(0.85, 1.15).all()
    assert of_value[benefit].between(1.0, 1.4).all(), "the places are taken as given, which errs on the safe side"


def test_noise_is_seldom_more_than_noise() -> None:
    gaps, largest = [], []
    for seed in range(60):
        table = fairness_table(*noise(600, seed), 50, 1)
        gaps.append(table["beyond_noise"].mean())
        largest.append(largest_gaps(table)["beyond_noise"].mean())
    assert 0.02 < np.mean(gaps) < 0.08, "two standard errors are exceeded one time in twenty"
    assert np.mean(largest) < 0.08, "also by the widest of three pairs"


def test_a_group_that_is_served_worse_is_found() -> None:
    y, made, groups = noise(3000, 0)
    young = groups["age_band"] == "young"
    made.loc[young, "predicted_clv"] *= 0.5
    table = fairness_table(y, made, groups, 50, 1).set_index(["group", "measure"])
    assert table.loc[("young", "bias"), "beyond_noise"]
    assert table.loc[("young", "benefit"), "gap"] < -0.05
    assert table.loc[("young", "benefit"), "beyond_noise"]
    assert largest_gaps(table.reset_index()).set_index("measure").loc["bias", "lowest"] == "young"


def test_small_groups_and_other_attributes_are_left_out() -> None:
    y, f = np.ones(10), np.ones(10)
    few = {"country": np.array(["x"] * 9 + ["y"]), "campaign": HALVES}
    table = fairness_table(y, predictions(f), few, 2, 1)
    assert set(table["by"]) == {"country"}
    assert set(table["group"]) == {"x"}
    assert largest_gaps(table).empty
    assert fairness_table(y, predictions(f), {"campaign": HALVES}, 2, 1).empty


def test_without_a_backtest_there_are_no_gaps() -> None:
    assert largest_gaps(pd.DataFrame(columns=["customers"])).empty, "what evaluate writes then"


def test_nothing_realised_has_no_ratio() -> None:
    table = fairness_table(np.zeros(10), predictions(np.ones(10)), {"country": HALVES}, 1, 1).set_index("measure")
    assert table.loc[["error", "bias"], ["value", "gap", "gap_se"]].isna().all(axis=None)
    assert not table["beyond_noise"].any()
    assert set(largest_gaps(table.reset_index())["measure"]) == {"benefit", "coverage_95"}


def test_a_group_that_would_tell_the_size_of_a_few_is_left_out() -> None:
    country = np.repeat(["AT", "CH", "DE"], [5, 100, 395])
    rng = np.random.default_rng(0)
    y = rng.gamma(1, 10, 500)
    table = fairness_table(y, predictions(y), {"country": country}, 50, 20)
    assert set(table["group"]) == {"DE"}
    assert set(fairness_table(y, predictions(y), {"country": country}, 50, 1)["group"]) == {"CH", "DE"}
