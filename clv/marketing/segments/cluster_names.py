"""The names of clusters, by rules on their profiles."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.marketing.segments.clusters import Clusters

EVERYONE = "All customers"
ONE_TIME = "one_time_share"


@dataclass(frozen=True)
class NamingRule:
    """A name for clusters whose profile is within all bounds, both ends included.

    Bounds are for standardised centroids by feature (0 is the mean customer, 1 a standard deviation above), and for
    one_time_share, the share of customers of the cluster who have bought on one day only.
    """

    name: str
    bounds: Mapping[str, tuple[float, float]]


LOW, HIGH = float("-inf"), float("inf")
RULES = (
    NamingRule("Eco loyal", {"eco_share": (0.75, HIGH), "frequency": (0.25, HIGH)}),
    NamingRule("Eco one-time buyers", {"eco_share": (0.75, HIGH), ONE_TIME: (0.5, 1.0)}),
    NamingRule("Eco occasional buyers", {"eco_share": (0.75, HIGH)}),
    NamingRule("Frequent high spenders", {"predicted_clv": (0.5, HIGH), "frequency": (0.5, HIGH)}),
    NamingRule("High spenders", {"predicted_clv": (0.5, HIGH)}),
    NamingRule("Lapsed one-time buyers", {"p_alive": (LOW, -0.25), ONE_TIME: (0.5, 1.0)}),
    NamingRule("Lapsed regulars", {"p_alive": (LOW, -0.25), "frequency": (0.25, HIGH)}),
    NamingRule("Lapsed buyers", {"p_alive": (LOW, -0.25)}),
    NamingRule("Recent one-time buyers", {"recency_days": (LOW, -0.1), ONE_TIME: (0.5, 1.0)}),
    NamingRule("One-time buyers", {ONE_TIME: (0.5, 1.0)}),
    NamingRule("E-mail readers", {"open_share_90d": (0.75, HIGH)}),
    NamingRule("Active regulars", {"frequency": (0.25, HIGH)}),
    NamingRule("Active occasional buyers", {"p_alive": (0.25, HIGH)}),
    NamingRule("Occasional buyers", {}),
)


def name_clusters(clusters: Clusters, labels: np.ndarray, frequency: np.ndarray) -> dict[int, str]:
    """A unique name for each cluster, by number: the first rule that fits and is not taken by a more valuable cluster.

    `labels` (n,) are the cluster numbers of customers, `frequency` (n,) their purchase days after the first. Where all
    rules that fit are taken, it is "Group" and the number.
    """
    if len(clusters.numbers) == 1:
        return {clusters.numbers[0]: EVERYONE}
    one_time = pd.Series(frequency == 0).groupby(labels).mean()
    names: dict[int, str] = {}
    for number, centroid in zip(clusters.numbers, clusters.centroids, strict=True):
        profile = dict(zip(clusters.scale.features, centroid, strict=True))
        profile[ONE_TIME] = float(one_time.get(number, 0.0))
        fitting = [rule.name for rule in RULES if _fits(rule, profile) and rule.name not in names.values()]
        names[number] = fitting[0] if fitting else f"Group {number}"
    return names


def _fits(rule: NamingRule, profile: Mapping[str, float]) -> bool:
    return all(name in profile and low <= profile[name] <= high for name, (low, high) in rule.bounds.items())


def cluster_table(clusters: Clusters, customers: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """One row per cluster and feature: mean of its customers (in the feature's unit), and its standardised centroid.

    `customers` are customer values with the features. Columns: cluster, name, feature, mean, standardised. Customers
    without a value do not count towards the mean. The figures of clusters that `profiles` suppresses are NaN.
    """
    by_cluster = customers.groupby("cluster")
    names, means = by_cluster["cluster_name"].first(), by_cluster[list(clusters.scale.features)].mean()
    of_clusters = profiles[profiles["dimension"] == "cluster"].set_index("segment")["suppressed"].astype("bool")
    rows = []
    for number, centroid in zip(clusters.numbers, clusters.centroids, strict=True):
        if number in names.index:
            unseen = bool(of_clusters[names[number]])
            for feature, z in zip(clusters.scale.features, centroid, strict=True):
                mean = np.nan if unseen else means[feature].to_dict()[number]
                rows.append((number, names[number], feature, mean, np.nan if unseen else z))
    return pd.DataFrame(rows, columns=["cluster", "name", "feature", "mean", "standardised"])
