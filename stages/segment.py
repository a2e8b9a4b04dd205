"""Forecast every customer known today, assign segments, tiers and clusters, and report which customers moved.

Reads: the current snapshot and the one a horizon earlier (for the RFM cut points and the customers who moved),
models/today/, data/test_forecasts/, reports/tables/metrics.csv, the clusters of an earlier run.
Writes: data/customer_values/ (one row per customer, a part per block), data/fallen.parquet (one row per customer who
fell), models/clusters.json; reports/tables/: segments, segment_mix, clusters, tier_hits and migration;
reports/metrics/segments.json. Without a backtest nothing is evaluated, and no customer has moved.
"""

from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from clv import paths, storage
from clv.errors import run_stage
from clv.evaluation.forecast_parts import read_test_forecasts
from clv.evaluation.params import Confidence
from clv.features.columns import CUSTOMER
from clv.features.store import read_plan, read_snapshot
from clv.machine import Device, Machine
from clv.marketing.segments.cluster_names import cluster_table
from clv.marketing.segments.described import read_described
from clv.marketing.segments.fallen import BEHAVIOUR, fallen
from clv.marketing.segments.figures import eco_summary, moved, summary, warning
from clv.marketing.segments.hits import tier_hits
from clv.marketing.segments.migration import migration, then_and_now
from clv.marketing.segments.params import SegmentParams
from clv.marketing.segments.profiles import mix, profile, without_guesses
from clv.marketing.segments.rfm import RfmCuts
from clv.marketing.segments.value_parts import write_values
from clv.marketing.segments.values import HISTORY, valued_then
from clv.models.btyd.basis import in_words
from clv.models.store import read_btyd, read_level_sd
from clv.shared_params import Currency, MarginRate, MinGroupCustomers, Seed
from clv.strict import At, load


@dataclass(frozen=True)
class Params:
    seed: Seed
    device: Device
    currency: Currency
    margin_rate: MarginRate
    min_group_customers: MinGroupCustomers
    confidence: Annotated[Confidence, At("evaluate.confidence")]
    segment: SegmentParams


LEARNED = [CUSTOMER, "predicted_clv", "realised"]


def main() -> None:
    p = load(Params)
    plan, least = read_plan(), p.min_group_customers
    now, then = plan.today.forecast, plan.today.calibration or plan.today.forecast
    earlier = read_snapshot(then, [*HISTORY, *BEHAVIOUR])
    test = read_test_forecasts(LEARNED) if plan.backtest else pd.DataFrame(columns=LEARNED)
    gaps, spread = read_btyd(paths.TODAY_MODEL).gaps, read_level_sd(paths.TODAY_MODEL) or 0.0

    cuts = RfmCuts.fit(earlier)
    sorting = write_values(now, cuts, gaps, p.segment, Machine.here(p.device), p.seed)
    customers = read_described(now, sorting)
    profiles = without_guesses(profile(customers, plan.horizon_days, p.margin_rate, spread, least), gaps)
    hits = tier_hits(test, p.segment.tiers, p.confidence, storage.read_csv(paths.METRICS_CSV), least)
    clusters = cluster_table(sorting.clusters, customers, profiles)
    metrics = summary(customers, profiles, sorting, hits, p.segment, least, plan.today.as_of, gaps)
    metrics["eco"] = eco_summary(customers, p.segment.eco_share, least)
    mixed = mix(customers, profiles, least)

    before = valued_then(earlier if plan.backtest else earlier.head(0), test, cuts, p.segment.tiers)
    moves = then_and_now(before, customers if plan.backtest else customers.head(0))
    moving = migration(moves, least)
    fell = fallen(moves, earlier, read_snapshot(now, BEHAVIOUR))
    metrics["migration"] = moved(moves, moving, fell, least)

    storage.write_table(fell, paths.FALLEN)
    storage.write_json(sorting.clusters.to_dict(), paths.CLUSTERS)
    storage.write_csv(profiles, paths.PROFILES_CSV)
    storage.write_csv(mixed, paths.CATEGORY_MIX)
    storage.write_csv(moving, paths.MIGRATION)
    storage.write_csv(hits, paths.TIER_HITS)
    storage.write_csv(clusters, paths.CLUSTER_PROFILES)
    storage.write_json(metrics, paths.PROFILES_JSON)
    total = metrics["predicted_total"]
    said = [
        f"segment: {len(customers):,} customers, forecast {'not known' if total is None else f'{total:,.0f}'} "
        f"{p.currency} in {plan.horizon_days} days",
        in_words(gaps),
        warning(sorting.clusters, p.segment),
    ]
    print("; ".join(text for text in said if text))


if __name__ == "__main__":
    run_stage(main)
