"""Compute the snapshots: what was known of each customer at each cutoff, and what the customer then spent.

Reads: data/clean/.
Writes: data/snapshots/CUTOFF/ for every cutoff the plan needs, one file per block of customers;
data/snapshots/windows/CUTOFF/, the few columns from which totals are learned, for every labelled window without a
snapshot; data/snapshots/plan.json with the plan itself; data/snapshots/base.parquet, purchases of the whole base by
day; data/snapshots/revenue.parquet, net revenue by day, split by the day of the customers' first purchase;
data/snapshots/sources.json, the mean value of the customers of each source, by cutoff; present and absent features as
reports/data_dictionary.md and reports/tables/features.csv; counts to reports/metrics/featurize.json.
"""

from dataclasses import dataclass
from functools import partial

from clv import paths, storage
from clv.compute import mapper, within_reach
from clv.data.blocks import Blocks
from clv.errors import run_stage
from clv.features.base import total_days
from clv.features.block import FEATURE_TABLES
from clv.features.dictionary import data_dictionary, feature_list
from clv.features.params import TimeParams
from clv.features.parts import Job, require_clean, total
from clv.features.revenue_days import total_revenue
from clv.features.snapshot import available_features
from clv.features.sources import source_means
from clv.features.timeline import make_plan
from clv.machine import Machine
from clv.replacing import replacing
from clv.strict import load


@dataclass(frozen=True)
class Params:
    time: TimeParams


def main() -> None:
    p, machine = load(Params), Machine.here()
    blocks = storage.read_as(paths.BLOCKS, Blocks.from_dict)
    require_clean(paths.CLEAN, blocks)
    plan = make_plan(blocks.first_day, blocks.last_day, p.time)
    present, absent = available_features(blocks.known_columns)

    with replacing(paths.SNAPSHOTS) as folder:
        folder.mkdir()
        with (
            mapper(machine) as each,
            within_reach(machine, [(paths.CLEAN, FEATURE_TABLES)], folder) as places,
        ):
            when = plan.cutoffs, plan.last_day, plan.horizon_days, p.time.customer_shares, plan.windows
            job = Job(places.of(paths.CLEAN), places.output, blocks.known_columns, *when)
            means = source_means(each(job.windows, blocks.n), plan.cutoffs)
            written = list(each(partial(job.snapshots_of, means), blocks.n))
        storage.write_json(plan.to_dict(), folder / paths.PLAN.name)
        storage.write_json({str(cutoff): mean for cutoff, mean in means.items()}, folder / paths.SOURCES.name)
        storage.write_table(total_days(block.days for block in written), folder / paths.BASE.name)
        storage.write_table(total_revenue(block.revenue for block in written), folder / paths.REVENUE_DAYS.name)
    counts = total([block.counts for block in written])
    metrics = {
        "split": plan.split,
        "split_reason": plan.why,
        "features": len(present),
        "absent_features": [feature.name for feature in absent],
        "snapshots": {
            str(cutoff): {
                "customers": count.customers,
                "buyer_share": None if count.buyers is None else count.buyers / max(count.customers, 1),
            }
            for cutoff, count in counts.items()
        },
    }
    today = counts[plan.today.as_of]
    storage.write_text(data_dictionary(present, absent), paths.DATA_DICTIONARY)
    storage.write_csv(feature_list(present, absent, today.known, today.customers), paths.FEATURES_CSV)
    storage.write_json(metrics, paths.FEATURIZE_METRICS)
    print(
        f"featurize: {len(plan.cutoffs)} snapshots of {len(present)} features in {blocks.n} blocks; "
        f"split {plan.split}, because {plan.why}; {len(plan.rolling)} rolling origins"
    )


if __name__ == "__main__":
    run_stage(main)
