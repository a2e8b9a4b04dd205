"""Plan the next campaign: which customers to reach, how, when and with what, and which to hold out to measure it.

Reads: data/customer_values/, data/fallen.parquet, data/clean/, data/snapshots/plan.json.
Writes: data/campaign_plan.parquet (one row per customer in the plan); reports/campaigns/ (a list per channel, and the
assignments to evaluate later as a randomised test); reports/metrics/campaigns.json.
"""

from dataclasses import asdict, dataclass
from datetime import date
from functools import partial

from clv import paths, storage
from clv.compute import mapper, within_reach
from clv.errors import run_stage
from clv.formulas import counted
from clv.machine import Machine
from clv.marketing.campaigns.channel_lists import ASSIGNMENTS, assignments, channel_lists
from clv.marketing.campaigns.everybody import Everybody, Seen, TouchTally
from clv.marketing.campaigns.figures import by_group, by_hour, reasons_of, totals
from clv.marketing.campaigns.judged_hours import judge_hours
from clv.marketing.campaigns.params import CampaignParams
from clv.marketing.campaigns.plan import NOT_KNOWN, whole_plan
from clv.marketing.campaigns.plan_file import write_plan
from clv.marketing.campaigns.plan_parts import PLANNED_FROM, Planned, PlanParts, hits_of
from clv.marketing.folder import write_folder
from clv.replacing import scratch
from clv.shared_params import Currency, MarginRate, MinGroupCustomers, TestWindowDays
from clv.strict import load


@dataclass(frozen=True)
class Params:
    currency: Currency
    margin_rate: MarginRate
    min_group_customers: MinGroupCustomers
    test_window_days: TestWindowDays
    campaign: CampaignParams


def make_parts(p: Params, last_day: date) -> tuple[Seen, TouchTally, Everybody, list[Planned]]:
    """Facts and counts of all customers, and the plan by blocks."""
    machine, n = Machine.here(), storage.n_parts(paths.CUSTOMER_VALUES)
    with scratch(paths.CAMPAIGN_PLAN) as nowhere, mapper(machine) as each:
        inputs = (paths.CLEAN, PLANNED_FROM), paths.CUSTOMER_VALUES
        with within_reach(machine, inputs, nowhere) as places:
            where = places.of(paths.CLEAN), places.of(paths.CUSTOMER_VALUES)
            parts = PlanParts(*where, p.campaign, p.margin_rate, p.test_window_days, last_day)
            seen = Seen.together(each(parts.see, n))
            tally = TouchTally.together(each(partial(parts.tally, seen), n))
            everybody = Everybody.of(tally)
            return seen, tally, everybody, each(partial(parts.plan, seen, everybody), n)


def main() -> None:
    p = load(Params)
    last_day = date.fromisoformat(storage.read_json(paths.PLAN)["last_day"])
    seen, tally, everybody, parts = make_parts(p, last_day)

    judged = judge_hours(tally.orders_before, tally.orders_later, hits_of(parts))
    plan = whole_plan([part.plan for part in parts], [part.send_hour(judged.worth_it) for part in parts])
    few, left_out, hours = p.min_group_customers, tally.left_out, everybody.hours
    metrics = totals(plan, few) | {
        "as_of": str(last_day),
        "name": p.campaign.name,
        "holdout_share": p.campaign.holdout_share,
        "left_out": reasons_of(left_out, few),
        "consent_from": seen.consent_from,
        "hours": by_hour(plan, few),
        "hours_from": {"orders": hours.orders, "reactions": hours.reactions, "same_hour": list(hours.same_hour)},
        "hours_judged": asdict(judged) | {"worth_it": judged.worth_it},
        "channels": by_group(plan, ["channel"], few),
        "segments": by_group(plan, ["rfm_segment", "offer"], few),
        "segments_by_channel": by_group(plan, ["rfm_segment", "channel"], few),
    }
    judged_later = assignments(plan, p.campaign.name, last_day)
    fallen = storage.read_table(paths.FALLEN, ["customer_id"])["customer_id"]
    lists = channel_lists(plan, fallen) | {ASSIGNMENTS: judged_later}
    metrics["formulas"] = counted(judged_later)

    write_plan(plan, paths.CAMPAIGN_PLAN)
    write_folder({f"{name}.csv": table for name, table in lists.items()}, paths.CAMPAIGNS)
    storage.write_json(metrics, paths.CAMPAIGN_JSON)
    print(
        f"campaign: {(~plan['holdout']).sum():,} customers to reach, {plan['holdout'].sum():,} left alone, "
        f"{plan.loc[~plan['holdout'], 'value_at_stake'].sum():,.0f} {p.currency} at stake"
        + (f"; {left_out[NOT_KNOWN]:,} left out: {NOT_KNOWN}" if NOT_KNOWN in left_out else "")
    )


if __name__ == "__main__":
    run_stage(main)
