"""Compute the snapshots: what was known of each customer at each cutoff, and what the customer then spent.

Reads: data/clean/.
Writes: data/snapshots/CUTOFF.parquet for every cutoff the plan needs, data/snapshots/plan.json with the plan itself,
reports/data_dictionary.md, and counts to reports/metrics/featurize.json.
"""

from clv import params, paths, storage
from clv.errors import run_stage
from clv.features.columns import TARGET
from clv.features.dictionary import data_dictionary
from clv.features.history import Clean
from clv.features.snapshot import available_features, make_snapshot
from clv.timeline import make_plan


def main() -> None:
    p = params.load()
    clean = Clean(*(storage.read_table(paths.clean(name)) for name in ("transactions", "customers", "touches")))
    days = clean.transactions["order_ts"]
    plan = make_plan(days.min().date(), p.time.last_day or days.max().date(), p.time)
    snapshots = {c: make_snapshot(clean, c, plan.last_day, plan.horizon_days) for c in plan.cutoffs}
    present, absent = available_features(clean)
    metrics = {
        "split": plan.split,
        "split_reason": plan.why,
        "features": len(present),
        "absent_features": [feature.name for feature in absent],
        "snapshots": {
            str(cutoff): {
                "customers": len(frame),
                "buyer_share": (frame[TARGET] > 0).mean() if frame[TARGET].notna().any() else None,
            }
            for cutoff, frame in snapshots.items()
        },
    }

    with storage.replacing(paths.SNAPSHOTS) as folder:
        folder.mkdir()
        for cutoff, frame in snapshots.items():
            storage.write_table(frame, folder / paths.snapshot(str(cutoff)).name)
        storage.write_json(plan.to_dict(), folder / paths.PLAN.name)
    storage.write_text(data_dictionary(present, absent), paths.DATA_DICTIONARY)
    storage.write_json(metrics, paths.FEATURIZE_METRICS)
    print(f"featurize: {len(snapshots)} snapshots of {len(present)} features; split {plan.split}, because {plan.why}")


if __name__ == "__main__":
    run_stage(main)
