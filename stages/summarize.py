"""Summarise the run in a few numbers, with what changed since an earlier one, and what to do.

Reads: data/customer_values/, data/fallen.parquet, the current snapshot (what was spent in the last horizon),
data/raw/source.json (whether the shop is synthetic), the metrics and tables of the earlier stages, and the summary of
an earlier run (`report.previous`).
Writes: reports/metrics/summary.json, the numbers, with which a later run can be compared; reports/metrics/advice.json,
what changed and what to do.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from clv import paths, storage
from clv.errors import run_stage
from clv.features.store import read_plan, read_snapshot
from clv.marketing.store import read_values
from clv.marketing.summary.advice import actions, not_known
from clv.marketing.summary.changes import changes
from clv.marketing.summary.outlook import best_of, forecast, last_horizon, shop_digest
from clv.marketing.summary.plans import at_risk, budget, campaign, evidence, next_test, uploads
from clv.marketing.summary.trust import set_aside, trust
from clv.shared_params import Currency
from clv.strict import At, Line, load


@dataclass(frozen=True)
class Params:
    currency: Currency
    previous: Annotated[Line, At("report.previous")]


VALUES = ["tenure_days", "predicted_clv", "lower_95", "upper_95", "p_purchase", "tier"]
SPENT = ["tenure_days", "net_revenue_last_horizon"]


def main() -> None:
    p = load(Params)
    plan = read_plan()
    values = read_values(VALUES)
    profiles = storage.read_csv(paths.PROFILES_CSV, text=["segment"])
    cells = storage.read_csv(paths.BUDGET_CSV, text=["tier", "channel"])
    earlier = storage.read_json(Path(p.previous))
    rolling, fitted = storage.read_csv(paths.ROLLING), storage.read_json(paths.TRAIN_METRICS)["today"]
    tests = storage.read_json(paths.EXPERIMENT_JSON)
    segments = storage.read_json(paths.PROFILES_JSON)
    fallen = storage.read_table(paths.FALLEN, ["tier_now"])["tier_now"]
    spending = budget(storage.read_json(paths.BUDGET_JSON), cells)

    summary = {
        "shop": shop_digest(values, str(plan.last_day)),
        "as_of": str(plan.last_day),
        "horizon_days": plan.horizon_days,
        "currency": p.currency,
        "customers": len(values),
        "synthetic": storage.read_json(paths.SOURCE)["kind"] == "synthetic",
        "not_known": segments["not_known"],
        "forecast": forecast(values, rolling, fitted["level"]["sd"]),
        "season_index": fitted["season_index"],
        "last_horizon": last_horizon(
            read_snapshot(plan.today.forecast, SPENT), plan.horizon_days, (plan.last_day - plan.first_day).days + 1
        ),
        "top_segment": best_of(profiles, "rfm_segment"),
        "budget": spending,
        "at_risk": at_risk(segments["migration"], fallen, spending["split"], segments["min_group_customers"]),
        "campaign": campaign(storage.read_json(paths.CAMPAIGN_JSON)),
        "evidence": evidence(tests),
        "next_test": next_test(storage.read_csv(paths.NEXT_TEST), tests),
        "uploads": uploads(storage.read_json(paths.AUDIENCE_JSON)),
        "data": set_aside(storage.read_json(paths.PREPROCESS_METRICS)),
        "trust": trust(
            storage.read_json(paths.EVALUATE_METRICS),
            storage.read_csv(paths.METRICS_CSV),
            rolling,
            storage.read_json(paths.VERDICT),
        ),
    }
    since = changes(summary, earlier, p.previous)
    advised = actions(summary)

    storage.write_json(summary, paths.SUMMARY)
    missing = not_known(summary)
    storage.write_json({"not_known": missing, "changes": since, "actions": advised}, paths.ADVICE)
    compared = since["why"] or f"compared with {since['then']}"
    print(f"summarize: {len(advised)} things to do; {compared}" + "".join(f"; {text[:-1]}" for text in missing))


if __name__ == "__main__":
    run_stage(main)
