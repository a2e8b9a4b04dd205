"""Finding the rules that sort customers into groups, from narrow columns of all customers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from clv.marketing.segments.cluster_names import name_clusters
from clv.marketing.segments.clusters import find_clusters
from clv.marketing.segments.eco import EcoBase
from clv.marketing.segments.params import SegmentParams
from clv.marketing.segments.values import Sorting
from clv.marketing.tiers import cut_points, elite_from
from clv.models.btyd.basis import Gap, knows_returns


def find_sorting(
    customers: pd.DataFrame, params: SegmentParams, seed: int, previous: Mapping[str, Any], gaps: Sequence[Gap]
) -> Sorting:
    """The sorting of all customers, one row each by id, with those of `values.SORTED_BY` that the shop has.

    Forecasts have no meaning where, by the `gaps` in what the model knows, it is not known who comes back: nobody has a
    tier then, and clusters do not use forecasts. `previous` is the same as for `find_clusters`.
    """
    known, predicted = knows_returns(gaps), customers["predicted_clv"].to_numpy()
    told = customers if known else customers.assign(predicted_clv=np.nan, p_alive=np.nan)
    clusters = find_clusters(told, params.clusters, seed, previous)
    frequency = customers["frequency"].to_numpy()
    eco = None
    if "eco_share" in customers:
        eco = EcoBase.fit(customers["eco_share"].to_numpy(dtype="float64"), frequency + 1)
    return Sorting(
        tiers=cut_points(predicted, params.tiers) if known else None,
        elite=elite_from(predicted, params.tiers.elite) if known else None,
        clusters=clusters,
        names=name_clusters(clusters, clusters.labels_of(told), frequency),
        eco=eco,
        eco_least=params.eco_share,
    )
