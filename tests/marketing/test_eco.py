"""Eco affinity, the eco segment, and what sets it apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clv.marketing.segments.eco import CONSCIOUS_HIGH, OTHER_HIGH, EcoBase, eco_segment, what_sets_apart
from clv.marketing.tiers import HIGH, LOW
from tests.marketing.customers import customers


def eco_affinity(share: np.ndarray, days: np.ndarray) -> np.ndarray:
    """The affinity of customers, where they are all customers of the shop."""
    return EcoBase.fit(share, days).affinity(share, days)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 300)), min_size=1, max_size=50))
def test_affinity_lies_between_the_customer_and_the_base(rows: list[tuple[float, int]]) -> None:
    share, days = (np.array(column, dtype="float64") for column in zip(*rows, strict=True))
    base = (share * days).sum() / days.sum()
    affinity = eco_affinity(share, days)
    assert (affinity >= np.minimum(share, base) - 1e-6).all()
    assert (affinity <= np.maximum(share, base) + 1e-6).all()


def test_affinity_comes_closer_to_the_taste_than_the_share_does() -> None:
    rng = np.random.default_rng(5)
    taste, days = rng.beta(2, 6, 5000), rng.geometric(0.3, 5000)
    share = rng.binomial(days, taste) / days
    found = eco_affinity(share, days)
    assert np.mean((found - taste) ** 2) < 0.5 * np.mean((share - taste) ** 2)
    best = (share * days + 2) / (days + 8)
    assert np.mean((found - taste) ** 2) < 1.03 * np.mean((best - taste) ** 2), (
        "who knows the tastes does little better"
    )


def test_where_all_have_as_many_days_shares_are_shrunk_too() -> None:
    one_day = eco_affinity(np.array([1.0, 0.0, 0.0, 0.0]), np.ones(4))
    assert one_day == pytest.approx(0.25, abs=0.01), "one order shows next to nothing, if nobody has two"
    rng = np.random.default_rng(5)
    taste = rng.beta(2, 6, 20_000)
    share = rng.binomial(10, taste) / 10
    assert eco_affinity(share, np.full(20_000, 10)) == pytest.approx((10 * share + 2) / 18, abs=0.005)
    assert eco_affinity(np.ones(3), np.full(3, 2)).tolist() == [1, 1, 1]


def test_who_is_unknown_has_the_share_of_the_base() -> None:
    affinity = eco_affinity(np.array([np.nan, 0.5, 0.5]), np.array([1, 2, 2]))
    assert affinity.tolist() == [0.5, 0.5, 0.5]
    assert np.isnan(eco_affinity(np.full(2, np.nan), np.ones(2))).all()


def test_the_segment_is_of_share_and_tier() -> None:
    found = eco_segment(np.array([0.5, 0.49, 0.9, np.nan]), np.array([HIGH, HIGH, LOW, LOW]), 0.5)
    assert found.tolist() == [CONSCIOUS_HIGH, OTHER_HIGH, "Eco-conscious others", "Other"]


def test_differences_are_in_standard_deviations_the_largest_first() -> None:
    values = customers(200).assign(eco_segment=[CONSCIOUS_HIGH] * 80 + [OTHER_HIGH] * 80 + ["Other"] * 40)
    rng = np.random.default_rng(1)
    values["categories"] = rng.normal(0, 2, 200) + np.repeat([9.0, 5.0, 0.0], [80, 80, 40])
    rows = what_sets_apart(values, 20).set_index("feature")
    assert rows.index[0] == "categories"
    assert rows.loc["categories", "difference"] == pytest.approx(2.0, abs=0.35)
    assert rows.loc["categories", "eco_mean"] == pytest.approx(values["categories"][:80].mean())
    assert what_sets_apart(values, 81).empty
