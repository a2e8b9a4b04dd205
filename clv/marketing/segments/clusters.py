"""Groups of similar customers by k-means: their number, their stability, and how they are numbered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, pairwise_distances_argmin, silhouette_score
from threadpoolctl import threadpool_limits

from clv.errors import InputError
from clv.marketing.segments.params import ClusterParams

FIT_ROWS = 20_000  # customers drawn to fit centroids; all others join the nearest
ROWS_AT_ONCE = 100_000  # customers that are held as points
SILHOUETTE_ROWS = 4_000  # the silhouette compares all pairs of rows
RESAMPLE_ROWS = 5_000  # customers of a resample by which stability is judged
STARTS = 5  # of k-means, of which the best counts
DIGITS = 6
NUMBER = re.compile("[0-9]{1,9}")  # of a cluster
LARGEST = 1e100  # of a centroid, a mean or a scale of an earlier run: squares of much larger ones overflow
MEMORY = ("features", "means", "scales", "centroids")  # what a later run needs of this one


@dataclass(frozen=True)
class ClusterFeature:
    """A column of the customers that clustering uses; `is_log` takes log(1 + value), with values below 0 as 0."""

    name: str
    is_log: bool = False


FEATURES = (
    ClusterFeature("predicted_clv", is_log=True),
    ClusterFeature("recency_days"),
    ClusterFeature("frequency", is_log=True),
    ClusterFeature("p_alive"),
    ClusterFeature("categories"),
    ClusterFeature("eco_share"),
    ClusterFeature("open_share_90d"),
)


@dataclass(frozen=True)
class Scale:
    """How customers become points in `features`.

    `medians` replace missing values; `means` and `scales` are those of values, or of logs where FEATURES has `is_log`;
    all are (features,). `filled` is the share of missing values, by feature where there are any.
    """

    features: tuple[str, ...]
    medians: np.ndarray
    means: np.ndarray
    scales: np.ndarray
    filled: dict[str, float]

    @classmethod
    def fit(cls, customers: pd.DataFrame) -> "Scale":
        """Fit to all customers, one row each, with those of FEATURES that have any value."""
        features, rows, filled = [], [], {}
        for feature in FEATURES:
            if feature.name not in customers or not customers[feature.name].notna().any():
                continue
            column = customers[feature.name].astype("float64")
            median = float(column.median())
            if column.isna().any():
                filled[feature.name] = round(float(column.isna().mean()), DIGITS)
            values = _on_scale(feature, column, median)
            features.append(feature.name)
            rows.append((median, round(float(values.mean()), DIGITS), round(float(values.std()), DIGITS)))
        medians, means, spread = np.array(rows).T
        return cls(tuple(features), medians, means, np.where(spread > 0, spread, 1.0), filled)

    def points(self, customers: pd.DataFrame) -> np.ndarray:
        """Standardised points, (n, features)."""
        of = {feature.name: feature for feature in FEATURES}
        columns = [
            np.round((_on_scale(of[name], customers[name].astype("float64"), median) - mean) / scale, DIGITS)
            for name, median, mean, scale in zip(self.features, self.medians, self.means, self.scales, strict=True)
        ]
        return np.column_stack(columns)

    def nearest(self, customers: pd.DataFrame, centroids: np.ndarray) -> np.ndarray:
        """The row of `centroids` (k, features) nearest to each customer, (n,): in batches, each customer on its own."""
        starts = range(0, len(customers), ROWS_AT_ONCE)
        parts = [self.points(customers.iloc[start : start + ROWS_AT_ONCE]) for start in starts]
        return np.concatenate([_nearest(points, centroids) for points in parts] or [np.empty(0, dtype="int64")])


@dataclass(frozen=True)
class Clusters:
    """`numbers` (k,) name the rows of `centroids` (k, features), standardised as by `scale`.

    `silhouette` is by number of clusters tried; `stability` is the mean adjusted Rand index over resamples, NaN for a
    single cluster.
    """

    numbers: tuple[int, ...]
    centroids: np.ndarray
    scale: Scale
    silhouette: dict[int, float]
    stability: float

    def labels_of(self, customers: pd.DataFrame) -> np.ndarray:
        """The number of the cluster of each customer, (n,), which depends on no other customer."""
        return np.array(self.numbers)[self.scale.nearest(customers, self.centroids)]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, which `find_clusters` takes as `previous` in a later run."""
        by_number = {f"{n}": c.tolist() for n, c in zip(self.numbers, self.centroids, strict=True)}
        return {
            "features": list(self.scale.features),
            "means": self.scale.means.tolist(),
            "scales": self.scale.scales.tolist(),
            "centroids": by_number,
            "filled": self.scale.filled,
            "silhouette": self.silhouette,
            "stability": self.stability,
        }


def find_clusters(
    customers: pd.DataFrame, params: ClusterParams, seed: int, previous: Mapping[str, Any] | None = None
) -> Clusters:
    """Cluster customers, one row each, by those of FEATURES that they have.

    The number of clusters is the one with the highest silhouette; without more distinct customers than `params.max`
    there is a single cluster. Number 1 has the highest mean forecast, unless `previous`, an earlier `to_dict`, has
    centroids: each of these passes its number on to the nearest cluster, and further clusters get new numbers by mean
    forecast. Raises `InputError` where `previous` is anything else.
    """
    known = _memory(previous or {})
    scale = Scale.fit(customers)
    rng = np.random.default_rng(seed)
    fit = scale.points(customers.iloc[rng.permutation(len(customers))[:FIT_ROWS]])
    silhouette: dict[int, float] = {}
    stability, centroids = float("nan"), np.round(fit.mean(axis=0, keepdims=True), DIGITS)
    with threadpool_limits(1):
        if len(np.unique(fit, axis=0)) > params.max:
            found = {k: _centroids(fit, k, seed) for k in range(params.min, params.max + 1)}
            silhouette = {k: _silhouette(fit[:SILHOUETTE_ROWS], found[k]) for k in found}
            centroids = found[max(silhouette, key=lambda k: (silhouette[k], -k))]
            stability = _stability(fit, centroids, params.bootstraps, rng)
    nearest = scale.nearest(customers, centroids)
    value = pd.Series(customers["predicted_clv"].to_numpy()).groupby(nearest).mean().reindex(range(len(centroids)))
    centroids = centroids[np.argsort(-value.fillna(-1.0).to_numpy(), kind="stable")]
    numbers = _numbers(centroids * scale.scales + scale.means, scale.features, known)
    return Clusters(numbers, centroids, scale, silhouette, stability)


def _on_scale(feature: ClusterFeature, column: pd.Series, median: float) -> np.ndarray:
    values = column.fillna(median)
    # A forecast may be a little below 0, and then counts as 0.
    return np.log1p(values.clip(lower=0).to_numpy()) if feature.is_log else values.to_numpy()


def _nearest(points: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    """The nearest centroid row by row, so that the last bits of a distance do not depend on the other rows."""
    squares = [((points - centroid) ** 2).sum(axis=1) for centroid in centroids]
    return np.argmin(np.column_stack(squares), axis=1)


def _centroids(points: np.ndarray, k: int, seed: int) -> np.ndarray:
    return np.round(KMeans(k, n_init=STARTS, random_state=seed).fit(points).cluster_centers_, DIGITS)


def _silhouette(points: np.ndarray, centroids: np.ndarray) -> float:
    labels = pairwise_distances_argmin(points, centroids)
    several = 1 < len(np.unique(labels)) < len(points)
    return round(float(silhouette_score(points, labels)), DIGITS) if several else -1.0


def _stability(points: np.ndarray, centroids: np.ndarray, bootstraps: int, rng: np.random.Generator) -> float:
    """Mean adjusted Rand index between the partition and those by centroids refitted to resamples.

    Sources: Hubert and Arabie (1985), "Comparing partitions", Journal of Classification 2, 193-218; Hennig (2007),
    "Cluster-wise assessment of cluster stability", Computational Statistics and Data Analysis 52, 258-271.
    """
    labels = pairwise_distances_argmin(points, centroids)
    agreements = []
    for _ in range(bootstraps):
        resample = points[rng.integers(0, len(points), min(len(points), RESAMPLE_ROWS))]
        if len(np.unique(resample, axis=0)) <= len(centroids):
            agreements.append(0.0)
            continue
        refitted = _centroids(resample, len(centroids), int(rng.integers(2**31)))
        agreements.append(adjusted_rand_score(labels, pairwise_distances_argmin(points, refitted)))
    return round(float(np.mean(agreements)), DIGITS)


def _memory(previous: Mapping[str, Any]) -> Mapping[str, Any]:
    """The centroids of an earlier run; empty where there was none."""
    wrong = _what_is_wrong(previous) if previous else ""
    if wrong:
        raise InputError(
            f"segment.clusters.previous must be models/clusters.json of an earlier run; it {wrong}; name such a file, "
            "or data/templates/clusters.json for none"
        )
    return previous or {}


def _what_is_wrong(previous: Mapping[str, Any]) -> str:
    """Why something is not what `Clusters.to_dict` gives, in words; "" where it is."""
    if not isinstance(previous, Mapping):
        return "is not a mapping of names to values"
    lacking = [name for name in MEMORY if name not in previous]
    if lacking:
        return f"lacks {', '.join(lacking)}"
    centroids = previous["centroids"]
    if not isinstance(centroids, Mapping) or not all(NUMBER.fullmatch(number) for number in centroids):
        return "has centroids without a number"
    columns = [previous["means"], previous["scales"], *centroids.values()]
    if not all(isinstance(column, list) and all(_is_number(x) for x in column) for column in columns):
        return "has centroids, means or scales that are not lists of numbers"
    features = previous["features"]
    if not isinstance(features, list) or not all(isinstance(name, str) for name in features):
        return "has features that are not a list of names"
    if not centroids or {len(column) for column in columns} != {len(features)}:
        return "has centroids, means and scales of different lengths"
    if len({*features}) < len(features):
        return "has a feature twice"
    if min(previous["scales"], default=1.0) <= 0:
        return "has scales that are not more than 0"
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _numbers(centres: np.ndarray, features: tuple[str, ...], known: Mapping[str, Any]) -> tuple[int, ...]:
    """The number of each cluster, given centres (k, features) before standardising, by falling value."""
    shared = [name for name in features if known and name in known["features"]]
    if not shared:
        return tuple(range(1, len(centres) + 1))
    then = [known["features"].index(name) for name in shared]
    now = [features.index(name) for name in shared]
    means, scales = np.array(known["means"])[then], np.array(known["scales"])[then]
    earlier = np.array(list(known["centroids"].values()), dtype="float64")[:, then]
    distance = (((centres[:, now] - means) / scales)[:, None, :] - earlier[None]) ** 2
    rows, columns = linear_sum_assignment(np.round(distance.sum(axis=2), DIGITS))
    earlier_numbers = [int(number) for number in known["centroids"]]
    matched = {int(row): earlier_numbers[column] for row, column in zip(rows, columns, strict=True)}
    fresh = iter(range(max(earlier_numbers) + 1, max(earlier_numbers) + len(centres) + 1))
    return tuple(matched[i] if i in matched else next(fresh) for i in range(len(centres)))
