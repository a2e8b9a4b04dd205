"""The table of customer values: what each customer is forecast to bring, and where they belong.

`customer_values.py` describes its columns.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from clv.features.columns import CUSTOMER
from clv.marketing.params import TierParams
from clv.marketing.segments.cluster_names import name_clusters
from clv.marketing.segments.clusters import FEATURES, Clusters
from clv.marketing.segments.customer_values import names_of
from clv.marketing.segments.eco import COMPARED, eco_affinity, eco_segment
from clv.marketing.segments.params import SegmentParams
from clv.marketing.segments.profiles import MEANS, MIX
from clv.marketing.segments.rfm import RfmCuts, name_segments
from clv.marketing.tiers import UNKNOWN, assign_tiers, is_elite
from clv.models.btyd.basis import Gap, knows_returns

HISTORY = names_of("history")
COUNTS = [name for name in HISTORY if name != "monetary_value"]


def described(values: pd.DataFrame, current: pd.DataFrame) -> pd.DataFrame:
    """Customer values with the columns of the current snapshot, row by row the same customers, that segments tell of.

    Columns that `values` has already stay as they are there.
    """
    told = [feature.name for feature in FEATURES] + [*MIX.values(), *MEANS, *COMPARED]
    return values.join(current[[name for name in dict.fromkeys(told) if name in current and name not in values]])


def valued(
    current: pd.DataFrame, predictions: pd.DataFrame, cuts: RfmCuts, tiers: TierParams, gaps: Sequence[Gap]
) -> pd.DataFrame:
    """One row per row of the current snapshot: forecast, history, RFM segment and tier.

    Nobody has a tier where, by the `gaps` of what the model knows, it is not known who comes back.
    """
    values = current[[CUSTOMER]].join(predictions[names_of("forecast")])
    values = values.join(current[HISTORY]).astype(dict.fromkeys(COUNTS, "int64"))
    values["monetary_value"] = values["monetary_value"].round(2)
    values["rfm_segment"] = name_segments(cuts.scores(current))
    known = knows_returns(gaps)
    values["tier"] = assign_tiers(values["predicted_clv"].to_numpy(), tiers) if known else UNKNOWN
    return values


def without_forecasts(customers: pd.DataFrame, gaps: Sequence[Gap]) -> pd.DataFrame:
    """Customers for clusters, whose forecasts do not count where it is not known who comes back."""
    return customers if knows_returns(gaps) else customers.assign(predicted_clv=np.nan, p_alive=np.nan)


def with_groups(values: pd.DataFrame, current: pd.DataFrame, clusters: Clusters, params: SegmentParams) -> pd.DataFrame:
    """The same with cluster, elite and cluster_name, and the eco columns where the shop knows eco products."""
    names = name_clusters(clusters, values["frequency"].to_numpy())
    values = values.assign(
        cluster=clusters.labels,
        elite=is_elite(values["predicted_clv"].to_numpy(), params.tiers.elite) & (values["tier"] != UNKNOWN),
        cluster_name=pd.Series(clusters.labels, index=values.index).map(names).astype("str"),
    )
    if "eco_share" not in current:
        return values
    share = current["eco_share"].to_numpy(dtype="float64")
    return values.assign(
        eco_share=np.round(share, 6),
        eco_momentum_180d=current["eco_momentum_180d"].round(6),
        eco_affinity=eco_affinity(share, values["frequency"].to_numpy() + 1),
        eco_segment=pd.Series(
            eco_segment(share, values["tier"].to_numpy(), params.eco_share), index=values.index
        ).astype("str"),
    )


def valued_then(earlier: pd.DataFrame, test: pd.DataFrame, cuts: RfmCuts, tiers: TierParams) -> pd.DataFrame:
    """One row per customer of an earlier snapshot: RFM segment by the same cut points, forecast and tier.

    The last two are of the backtest, `test`, by its own ranks; missing for customers whom it did not forecast.
    """
    forecast = test[[CUSTOMER, "predicted_clv"]].assign(tier=assign_tiers(test["predicted_clv"].to_numpy(), tiers))
    then = earlier[[CUSTOMER]].assign(rfm_segment=name_segments(cuts.scores(earlier)))
    return then.merge(forecast, on=CUSTOMER, how="left", validate="one_to_one")
