"""RFM segments, tiers, clusters, profiles and the budget."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clv.marketing.budget.rule import allocate, split_cents
from clv.marketing.segments.clusters import find_clusters
from clv.marketing.segments.profiles import DIMENSIONS, profile
from clv.marketing.segments.rfm import SCORES, SEGMENTS, RfmCuts, name_segments
from clv.marketing.segments.tiers import HIGH, LOW, TIERS, assign_tiers
from clv.params import ClusterParams, Params, TierShares

SHARES = TierShares(0.2, 0.3)


def customers(n: int, seed: int = 0) -> pd.DataFrame:
    """A table of customer values with two kinds of customers."""
    rng = np.random.default_rng(seed)
    good = rng.random(n) < 0.4
    predicted = np.where(good, rng.lognormal(6, 0.3, n), rng.lognormal(1, 0.3, n)).round(2)
    return pd.DataFrame(
        {
            "predicted_clv": predicted,
            "lower_95": 0.0,
            "upper_95": predicted * 3,
            "p_purchase": np.where(good, 0.9, 0.1),
            "p_alive": np.where(good, 0.95, 0.2) + rng.normal(0, 0.01, n),
            "recency_days": np.where(good, 10, 300) + rng.integers(0, 9, n),
            "frequency": np.where(good, 8, 1) + rng.integers(0, 2, n),
            "monetary_value": rng.lognormal(3, 0.2, n),
            "tier": assign_tiers(predicted, SHARES),
            "rfm_segment": "Loyal",
            "cluster": 1,
        }
    )


def test_segments_cover_every_score_exactly_once() -> None:
    cells = [
        (r, v)
        for segment in SEGMENTS
        for r in range(segment.recency[0], segment.recency[1] + 1)
        for v in range(segment.value[0], segment.value[1] + 1)
    ]
    assert len({segment.name for segment in SEGMENTS}) == 11
    assert sorted(cells) == [(r, v) for r in range(1, SCORES + 1) for v in range(1, SCORES + 1)]


def test_every_combination_of_scores_has_a_name() -> None:
    grid = pd.DataFrame([(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)], columns=list("rfm"))
    named = name_segments(grid)
    assert set(named) == {segment.name for segment in SEGMENTS}
    assert named[(grid["r"] == 5) & (grid["f"] == 5) & (grid["m"] == 5)].item() == "Champions"
    assert named[(grid["r"] == 1) & (grid["f"] == 1) & (grid["m"] == 1)].item() == "Lost"


def test_scores_come_from_the_cut_points_of_another_snapshot() -> None:
    earlier = pd.DataFrame({"recency_days": range(100), "frequency": [0] * 60 + [1] * 40, "monetary_value": range(100)})
    cuts = RfmCuts.fit(earlier)
    now = pd.DataFrame({"recency_days": [0, 1000], "frequency": [9, 0], "monetary_value": [1000, 0]})
    scores = cuts.scores(now)
    assert scores.to_numpy().tolist() == [[5, 5, 5], [1, 1, 1]]
    assert cuts.scores(earlier)["r"].value_counts().to_list() == [20] * 5


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300))
def test_tiers_have_their_shares_and_follow_the_forecast(predicted: list[float]) -> None:
    values = np.array(predicted)
    tiers = assign_tiers(values, SHARES)
    assert (tiers == HIGH).sum() == round(0.2 * len(values))
    assert set(tiers) <= set(TIERS)
    lows = [values[tiers == tier].min() for tier in TIERS if (tiers == tier).any()]
    highs = [values[tiers == tier].max() for tier in TIERS if (tiers == tier).any()]
    assert all(low >= high for low, high in zip(lows, highs[1:], strict=False))


def test_clusters_find_the_two_kinds_and_number_them_by_value() -> None:
    values = customers(600)
    found = find_clusters(values, ClusterParams(2, 4), seed=1)
    assert max(found.silhouette, key=lambda k: found.silhouette[k]) == 2
    means = values["predicted_clv"].groupby(found.labels).mean()
    assert means.index.to_list() == [1, 2]
    assert means[1] > 50 * means[2]


def test_too_few_customers_are_one_cluster() -> None:
    found = find_clusters(customers(3), ClusterParams(2, 4), seed=1)
    assert found.labels.tolist() == [1, 1, 1]
    same = pd.concat([customers(1)] * 500, ignore_index=True)
    assert set(find_clusters(same, ClusterParams(2, 4), seed=1).labels) == {1}


def test_profiles_add_up() -> None:
    values = customers(200)
    table = profile(values)
    for dimension in DIMENSIONS:
        rows = table[table["dimension"] == dimension]
        assert rows["customers"].sum() == 200
        assert rows["customer_share"].sum() == pytest.approx(1)
        assert rows["predicted_total"].sum() == pytest.approx(values["predicted_clv"].sum())


def test_the_budget_follows_the_rule(project_params: Params) -> None:
    values = customers(200)
    table = allocate(values, project_params.budget).set_index("tier")
    assert table["budget"].to_list() == [50_000.0, 35_000.0, 15_000.0]
    mean = values.loc[values["tier"] == HIGH, "predicted_clv"].mean()
    assert table.loc[HIGH, "cac_target"] == pytest.approx(0.3 * 0.4 * mean, abs=0.005)
    assert table.loc[HIGH, "affordable_customers"] == int(50_000 / table.loc[HIGH, "cac_target"])


def test_an_empty_tier_leaves_its_share_to_the_others(project_params: Params) -> None:
    values = customers(200)
    table = allocate(values[values["tier"] != LOW], project_params.budget).set_index("tier")
    assert table.loc[LOW, "budget"] == 0
    assert table["budget"].sum() == pytest.approx(100_000)
    assert table.loc[HIGH, "share"] == pytest.approx(50 / 85)


def test_without_value_nothing_is_allocated(project_params: Params) -> None:
    table = allocate(customers(50).assign(predicted_clv=0.0), project_params.budget)
    assert table[["budget", "affordable_customers"]].to_numpy().sum() == 0
    assert (allocate(customers(50), replace(project_params.budget, total=0.0))["budget"] == 0).all()


@given(st.floats(0, 1e9), st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_budgets_sum_to_the_total_to_the_cent(total: float, shares: list[float]) -> None:
    parts = split_cents(total, np.array(shares))
    expected = round(total * 100) if sum(shares) > 0 else 0
    assert round(parts.sum() * 100) == expected
    assert (parts >= 0).all()
