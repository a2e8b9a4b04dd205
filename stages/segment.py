"""Forecast every customer known today, sort them into segments, tiers and clusters, and say who moved.

Reads: the current snapshot and the one a horizon earlier (for the RFM cut points, and for who moved), models/today/,
data/test_forecasts.parquet, reports/tables/metrics.csv, the clusters of an earlier run.
Writes: data/customer_values.parquet (one row per customer), data/fallen.parquet (one row per customer who fell),
models/clusters.json; reports/tables/: segments, segment_mix, clusters, tier_hits and migration;
reports/metrics/segments.json. Where there is no backtest, nothing is judged and nobody moved.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pandas as pd

from clv import paths, storage
from clv.errors import run_stage
from clv.evaluation.params import Confidence
from clv.features.store import read_plan, read_snapshot
from clv.machine import Device, Machine
from clv.marketing.segments.cluster_names import cluster_table
from clv.marketing.segments.clusters import find_clusters
from clv.marketing.segments.fallen import BEHAVIOUR, fallen
from clv.marketing.segments.figures import eco_summary, moved, summary, warning
from clv.marketing.segments.hits import tier_hits
from clv.marketing.segments.migration import migration, then_and_now
from clv.marketing.segments.params import SegmentParams
from clv.marketing.segments.profiles import mix, profile, without_guesses
from clv.marketing.segments.rfm import RfmCuts
from clv.marketing.segments.values import HISTORY, described, valued, valued_then, with_groups, without_forecasts
from clv.models.btyd.basis import in_words
from clv.models.forecaster import Forecaster
from clv.models.prediction import predict_in_parts
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


LEARNED = ["customer_id", "predicted_clv", "realised"]


def main() -> None:
    p = load(Params)
    plan, machine = read_plan(), Machine.here(p.device)
    current = read_snapshot(plan.today.forecast)
    earlier = read_snapshot(plan.today.calibration or plan.today.forecast, [*HISTORY, *BEHAVIOUR])
    test = storage.read_table(paths.TEST_FORECASTS, LEARNED) if plan.backtest else pd.DataFrame(columns=LEARNED)
    model = Forecaster.load(paths.TODAY_MODEL, machine.alone())
    previous = storage.read_json(Path(p.segment.clusters.previous))
    least = p.min_group_customers

    cuts = RfmCuts.fit(earlier)
    gaps = model.btyd.gaps
    values = valued(current, predict_in_parts(model, current, machine.threads), cuts, p.segment.tiers, gaps)
    told = without_forecasts(described(values, current), gaps)
    clusters = find_clusters(told, p.segment.clusters, p.seed, previous)
    values = with_groups(values, current, clusters, p.segment)
    customers = described(values, current)

    profiles = without_guesses(profile(customers, plan.horizon_days, p.margin_rate, model.level.sd or 0.0, least), gaps)
    hits = tier_hits(test, p.segment.tiers, p.confidence, storage.read_csv(paths.METRICS_CSV), least)
    then = valued_then(earlier if plan.backtest else earlier.head(0), test, cuts, p.segment.tiers)
    moves = then_and_now(then, values if plan.backtest else values.head(0))
    moving = migration(moves, least)
    fell = fallen(moves, earlier, current)
    metrics = summary(values, profiles, clusters, hits, p.segment, least, plan.today.as_of, gaps)
    metrics["migration"] = moved(moves, moving, fell, least)
    metrics["eco"] = eco_summary(customers, p.segment.eco_share, least)

    storage.write_table(values, paths.CUSTOMER_VALUES)
    storage.write_table(fell, paths.FALLEN)
    storage.write_json(clusters.to_dict(), paths.CLUSTERS)
    storage.write_csv(profiles, paths.PROFILES_CSV)
    storage.write_csv(mix(customers, profiles, least), paths.CATEGORY_MIX)
    storage.write_csv(moving, paths.MIGRATION)
    storage.write_csv(hits, paths.TIER_HITS)
    storage.write_csv(cluster_table(clusters, customers, profiles), paths.CLUSTER_PROFILES)
    storage.write_json(metrics, paths.PROFILES_JSON)
    total = metrics["predicted_total"]
    said = [
        f"segment: {len(values):,} customers, forecast {'not known' if total is None else f'{total:,.0f}'} "
        f"{p.currency} in {plan.horizon_days} days",
        in_words(gaps),
        warning(clusters, p.segment),
    ]
    print("; ".join(text for text in said if text))


if __name__ == "__main__":
    run_stage(main)
