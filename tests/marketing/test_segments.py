"""RFM segments, tiers, clusters and profiles."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clv.marketing.segments.clusters import find_clusters
from clv.marketing.segments.profiles import DIMENSIONS, profile
from clv.marketing.segments.rfm import SCORES, SEGMENTS, RfmCuts, name_segments
from clv.marketing.segments.tiers import HIGH, TIERS, assign_tiers
from clv.params import ClusterParams, TierShares

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
