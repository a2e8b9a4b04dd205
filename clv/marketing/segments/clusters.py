"""Groups of similar customers by k-means."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from clv.marketing_params import ClusterParams

SILHOUETTE_ROWS = 4000  # the silhouette compares all pairs of rows
LOGGED = ("predicted_clv", "frequency", "monetary_value")
PLAIN = ("recency_days", "p_alive")


@dataclass(frozen=True)
class Clusters:
    """`labels` (n,) from 1, the cluster with the highest mean forecast; `silhouette` by number of clusters tried."""

    labels: np.ndarray
    silhouette: dict[int, float]


def find_clusters(values: pd.DataFrame, params: ClusterParams, seed: int) -> Clusters:
    """Cluster customers by forecast, frequency and monetary value (logs), recency and P(alive), all standardised.

    The number of clusters is the one with the highest silhouette on a sample of rows. Fewer distinct customers than
    clusters give one cluster.
    """
    points = np.column_stack(
        [np.log1p(values[list(LOGGED)].to_numpy(dtype="float64")), values[list(PLAIN)].to_numpy(dtype="float64")]
    )
    spread = points.std(axis=0)
    points = np.round((points - points.mean(axis=0)) / np.where(spread > 0, spread, 1.0), 6)
    n_distinct = len(np.unique(points, axis=0))
    if n_distinct <= params.max:
        return Clusters(np.ones(len(points), dtype="int64"), {})
    rows = np.random.default_rng(seed).permutation(len(points))[:SILHOUETTE_ROWS]
    found: dict[int, np.ndarray] = {}
    silhouette: dict[int, float] = {}
    with threadpool_limits(1):
        for k in range(params.min, params.max + 1):
            found[k] = KMeans(k, n_init=5, random_state=seed).fit_predict(points)
            several = len(np.unique(found[k][rows])) > 1
            silhouette[k] = round(float(silhouette_score(points[rows], found[k][rows])), 6) if several else -1.0
    best = found[max(silhouette, key=lambda k: (silhouette[k], -k))]
    means = pd.Series(values["predicted_clv"].to_numpy()).groupby(best).mean()
    order = means.sort_values(ascending=False, kind="stable").index
    return Clusters(pd.Series(best).map({label: i + 1 for i, label in enumerate(order)}).to_numpy(), silhouette)
