"""Clusters: found, numbered, remembered, named, judged."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import pairwise_distances_argmin

from clv.errors import InputError
from clv.marketing.segments.cluster_names import EVERYONE, RULES, name_clusters
from clv.marketing.segments.clusters import Clusters, find_clusters
from clv.marketing.segments.params import ClusterParams
from tests.marketing.customers import customers

PARAMS = ClusterParams(2, 4, 5, 0.8, "")


@pytest.fixture(scope="module")
def values() -> pd.DataFrame:
    return customers(600)


@pytest.fixture(scope="module")
def found(values: pd.DataFrame) -> Clusters:
    return find_clusters(values, PARAMS, seed=1)


def test_clusters_find_the_two_kinds_and_number_them_by_value(values: pd.DataFrame, found: Clusters) -> None:
    assert max(found.silhouette, key=lambda k: found.silhouette[k]) == 2
    means = values["predicted_clv"].groupby(found.labels_of(values)).mean()
    assert means.index.to_list() == [1, 2]
    assert means[1] > 50 * means[2]
    assert found.stability == 1.0, "two kinds so far apart are found in every resample"


def test_what_is_written_tells_the_cluster_of_every_customer(values: pd.DataFrame, found: Clusters) -> None:
    kept = found.to_dict()
    logs = {"predicted_clv", "frequency"}
    columns = [np.log1p(values[name]) if name in logs else values[name] for name in kept["features"]]
    points = (np.column_stack(columns) - kept["means"]) / kept["scales"]
    nearest = pairwise_distances_argmin(points, np.array(list(kept["centroids"].values())))
    assert (np.array([int(n) for n in kept["centroids"]])[nearest] == found.labels_of(values)).all()


def test_one_blob_is_not_stable() -> None:
    rng = np.random.default_rng(3)
    names = ["predicted_clv", "recency_days", "frequency", "p_alive"]
    blob = pd.DataFrame(np.abs(rng.normal(5, 1, (500, 4))), columns=names)
    assert find_clusters(blob, replace(PARAMS, min=4), seed=1).stability < 0.8


def test_numbers_are_those_of_the_nearest_earlier_cluster(values: pd.DataFrame, found: Clusters) -> None:
    earlier = found.to_dict()
    renumbered = earlier | {"centroids": {"7": earlier["centroids"]["1"], "3": earlier["centroids"]["2"]}}
    again = find_clusters(values.sample(frac=0.7, random_state=2), PARAMS, 1, renumbered)
    assert again.numbers == (7, 3)
    three = find_clusters(values, replace(PARAMS, min=3, max=3), 1, renumbered)
    assert set(three.numbers) == {7, 3, 8}, "one more than before gets a number that none had"
    fewer = find_clusters(values, PARAMS, 1, three.to_dict())
    assert set(fewer.numbers) < {7, 3, 8}


def test_earlier_numbers_hold_where_units_and_features_have_changed(values: pd.DataFrame, found: Clusters) -> None:
    more = values.assign(eco_share=np.linspace(0, 1, len(values)), predicted_clv=values["predicted_clv"] * 1.5)
    earlier = found.to_dict()
    swapped = earlier | {"centroids": {"2": earlier["centroids"]["1"], "1": earlier["centroids"]["2"]}}
    again = find_clusters(more, replace(PARAMS, max=2), 1, swapped)
    assert (more["predicted_clv"].groupby(again.labels_of(more)).mean().idxmax(), again.numbers) == (2, (2, 1))


def test_what_is_no_earlier_run_is_refused(values: pd.DataFrame, found: Clusters) -> None:
    with pytest.raises(InputError, match=r"segment\.clusters\.previous .* lacks means, scales, centroids"):
        find_clusters(values, PARAMS, 1, {"features": ["p_alive"]})
    with pytest.raises(InputError, match="different lengths"):
        find_clusters(values, PARAMS, 1, found.to_dict() | {"means": [0.0]})
    listed = {"centroids": list(found.to_dict()["centroids"].values())}
    for odd in (listed, {"centroids": {"a": found.scale.means.tolist()}}):
        with pytest.raises(InputError, match="has centroids without a number"):
            find_clusters(values, PARAMS, 1, found.to_dict() | odd)
    for odd in ({"means": "x"}, {"scales": ["x"] * len(found.scale.features)}, {"centroids": {"1": None}}):
        with pytest.raises(InputError, match="not lists of numbers"):
            find_clusters(values, PARAMS, 1, found.to_dict() | odd)
    with pytest.raises(InputError, match="different lengths"):
        find_clusters(values, PARAMS, 1, found.to_dict() | {"centroids": {}})


def test_a_forecast_below_nothing_counts_as_nothing(values: pd.DataFrame) -> None:
    below = values.assign(predicted_clv=values["predicted_clv"].where(values["predicted_clv"] > 3, -2.0))
    nothing = below.assign(predicted_clv=below["predicted_clv"].clip(lower=0))
    assert (find_clusters(below, PARAMS, 1).scale.means == find_clusters(nothing, PARAMS, 1).scale.means).all()


def test_missing_values_become_the_median_and_absent_features_are_left_out(values: pd.DataFrame) -> None:
    some = values.assign(open_share_90d=np.where(np.arange(len(values)) % 4 == 0, np.nan, 0.3), eco_share=np.nan)
    found = find_clusters(some, PARAMS, 1)
    assert found.scale.filled == {"open_share_90d": 0.25}
    assert "eco_share" not in found.scale.features
    assert np.isfinite(found.centroids).all()


def test_too_few_customers_are_one_cluster() -> None:
    few = customers(3)
    found = find_clusters(few, PARAMS, seed=1)
    assert found.labels_of(few).tolist() == [1, 1, 1]
    assert name_clusters(found, found.labels_of(few), few["frequency"].to_numpy()) == {1: EVERYONE}
    same = pd.concat([customers(1)] * 500, ignore_index=True)
    assert set(find_clusters(same, PARAMS, seed=1).labels_of(same)) == {1}


def test_names_say_what_a_cluster_is(values: pd.DataFrame, found: Clusters) -> None:
    assert name_clusters(found, found.labels_of(values), values["frequency"].to_numpy()) == {
        1: "Frequent high spenders",
        2: "Lapsed one-time buyers",
    }


def test_names_are_unique_whatever_the_clusters(values: pd.DataFrame, found: Clusters) -> None:
    alike = replace(found, numbers=tuple(range(1, 31)), centroids=np.zeros((30, len(found.scale.features))))
    names = name_clusters(alike, found.labels_of(values), np.ones(len(values)))
    assert len(set(names.values())) == 30
    assert {name for name in names.values() if not name.startswith("Group ")} <= {rule.name for rule in RULES}
