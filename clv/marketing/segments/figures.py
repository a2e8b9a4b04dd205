"""The metrics of the segments, as plain values for JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import pandas as pd

from clv.marketing.segments.clusters import Clusters
from clv.marketing.segments.eco import what_sets_apart
from clv.marketing.segments.hits import GOAL
from clv.marketing.segments.migration import flows
from clv.marketing.segments.params import SegmentParams
from clv.marketing.segments.values import Sorting
from clv.models.btyd.basis import Gap, knows_returns
from clv.suppression import hidden


def warning(clusters: Clusters, params: SegmentParams) -> str:
    """A warning about the clusters, one line; empty if there is none."""
    if clusters.stability >= params.clusters.min_stability or len(clusters.numbers) == 1:
        return ""
    return (
        f"clusters are unstable: mean adjusted Rand index {clusters.stability:.2f} over resamples, below "
        f"{params.clusters.min_stability:.2f}"
    )


def summary(
    values: pd.DataFrame,
    profiles: pd.DataFrame,
    sorting: Sorting,
    hits: pd.DataFrame,
    params: SegmentParams,
    least: int,
    as_of: date,
    gaps: Sequence[Gap],
) -> dict[str, Any]:
    """The figures of customers and segments.

    Number and total forecast of all customers (money, None where it is not known who comes back), profiles by dimension
    and segment, clusters, tier hits, and what is not known.
    """
    clusters = sorting.clusters
    return {
        "as_of": str(as_of),
        "customers": len(values),
        "predicted_total": values["predicted_clv"].sum() if knows_returns(gaps) else None,
        "min_group_customers": least,
        "silhouette": clusters.silhouette,
        "clusters": {
            "names": sorting.names,
            "stability": clusters.stability,
            "min_stability": params.clusters.min_stability,
            "filled": clusters.scale.filled,
            "warning": warning(clusters, params),
        },
        "segments": {
            dimension: rows.drop(columns="dimension").set_index("segment").to_dict("index")
            for dimension, rows in profiles.groupby("dimension")
        },
        "tier_hits": {"goal": GOAL, "tiers": hits.set_index("tier").to_dict("index")},
        "not_known": [asdict(gap) for gap in gaps],
    }


def moved(moves: pd.DataFrame, table: pd.DataFrame, fell: pd.DataFrame, minimum: int) -> dict[str, Any]:
    """Customers known then, customers who came and left by segment, and fallen ones by reason, without small groups.

    `moves`, `table` and `fell` are those of `then_and_now`, `migration` and `fallen`.
    """
    kinds = fell.groupby("reason_kind").agg(customers=("lost_value", "size"), lost_value=("lost_value", "sum"))
    kinds = kinds[~hidden(kinds["customers"].to_numpy(), minimum)].sort_values(
        "customers", ascending=False, kind="stable"
    )
    return {
        "known_then": int(moves["rfm_segment_then"].notna().sum()),
        "new": int(moves["rfm_segment_then"].isna().sum()),
        "flows": {
            dimension: rows.drop(columns="dimension").set_index("segment").to_dict("index")
            for dimension, rows in flows(table).groupby("dimension")
        },
        "fallen": {
            "customers": len(fell),
            "lost_value": fell["lost_value"].sum(),
            "reasons": kinds.reset_index().to_dict("records"),
        },
    }


def eco_summary(customers: pd.DataFrame, least_share: float, least: int) -> dict[str, Any]:
    """What sets eco-conscious customers of high value apart; empty for shops without eco products."""
    if "eco_segment" not in customers:
        return {}
    return {
        "least_share": least_share,
        "sets_apart": what_sets_apart(customers, least).to_dict("records"),
    }
