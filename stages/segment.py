"""Forecast every customer known today, and sort them into segments, tiers and clusters.

Reads: the current snapshot and the one a horizon earlier (for the RFM cut points), models/today/.
Writes: data/customer_values.parquet (one row per customer); segment profiles to reports/tables/segments.csv and
reports/metrics/segments.json.
"""

from clv import params, paths, storage
from clv.errors import run_stage
from clv.features.store import read_plan, read_snapshot
from clv.marketing.segments.clusters import find_clusters
from clv.marketing.segments.profiles import profile
from clv.marketing.segments.rfm import RfmCuts, name_segments
from clv.marketing.segments.tiers import assign_tiers
from clv.models.forecaster import Forecaster
from clv.models.intervals import LEVELS

FORECAST = [
    "predicted_clv",
    *(f"{side}_{level}" for level in LEVELS for side in ("lower", "upper")),
    "p_alive",
    "p_purchase",
    "churn_risk",
    "expected_orders",
    "days_to_next_order",
    "residual_value",
    "confidence",
]
COUNTS = ["recency_days", "frequency", "tenure_days"]


def main() -> None:
    p = params.load()
    plan = read_plan()
    current = read_snapshot(plan.today.forecast)
    earlier = read_snapshot(plan.today.calibration or plan.today.forecast)
    model = Forecaster.load(paths.TODAY_MODEL, p.compute)

    values = current[["customer_id"]].join(model.predict(current)[FORECAST])
    values = values.join(current[["recency_days", "frequency", "monetary_value", "tenure_days"]]).astype(
        dict.fromkeys(COUNTS, "int64")
    )
    values["monetary_value"] = values["monetary_value"].round(2)
    values["rfm_segment"] = name_segments(RfmCuts.fit(earlier).scores(current))
    values["tier"] = assign_tiers(values["predicted_clv"].to_numpy(), p.segment.tiers)
    clusters = find_clusters(values, p.segment.clusters, p.seed)
    values["cluster"] = clusters.labels

    table = profile(values)
    metrics = {
        "as_of": str(plan.today.as_of),
        "customers": len(values),
        "predicted_total": values["predicted_clv"].sum(),
        "silhouette": clusters.silhouette,
        "segments": {
            dimension: rows.drop(columns="dimension").set_index("segment").to_dict("index")
            for dimension, rows in table.groupby("dimension")
        },
    }

    storage.write_table(values, paths.CUSTOMER_VALUES)
    storage.write_csv(table, paths.PROFILES_CSV)
    storage.write_json(metrics, paths.PROFILES_JSON)
    print(
        f"segment: {len(values):,} customers, forecast {metrics['predicted_total']:,.0f} {p.currency} "
        f"in {plan.horizon_days} days"
    )


if __name__ == "__main__":
    run_stage(main)
