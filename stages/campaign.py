"""Plan the next campaign: whom to reach, how, when and with what, and who is left alone to measure it by.

Reads: data/customer_values.parquet, data/clean/, data/snapshots/plan.json.
Writes: data/campaign_plan.parquet (one row per customer in the plan); reports/campaigns/ (a list per channel, and the
assignments to be judged later as a randomised test); reports/metrics/campaigns.json.
"""

from dataclasses import asdict, dataclass
from datetime import date

import pandas as pd

from clv import paths, storage
from clv.errors import run_stage
from clv.formulas import counted
from clv.marketing.campaigns.channel_lists import ASSIGNMENTS, assignments, channel_lists
from clv.marketing.campaigns.figures import by_group, by_hour, reasons_of, totals
from clv.marketing.campaigns.hours import send_hours
from clv.marketing.campaigns.judged_hours import judge_hours
from clv.marketing.campaigns.params import CampaignParams
from clv.marketing.campaigns.plan import NOT_KNOWN, in_running_test, make_plan, select, value_at_stake
from clv.marketing.consent import consent_of
from clv.marketing.folder import write_folder
from clv.shared_params import Currency, MarginRate, MinGroupCustomers, TestWindowDays
from clv.strict import load


@dataclass(frozen=True)
class Params:
    currency: Currency
    margin_rate: MarginRate
    min_group_customers: MinGroupCustomers
    test_window_days: TestWindowDays
    campaign: CampaignParams


def main() -> None:
    p = load(Params)
    last_day = date.fromisoformat(storage.read_json(paths.PLAN)["last_day"])
    values = storage.read_table(paths.CUSTOMER_VALUES)
    customers, touches, experiments = (
        storage.read_table(paths.clean(table)) for table in ("customers", "touches", "experiments")
    )
    transactions = storage.read_table(paths.clean("transactions"), ["customer_id", "order_ts", "amount_minor"])

    at_stake = value_at_stake(values, p.margin_rate)
    in_test = in_running_test(values["customer_id"], experiments, p.test_window_days, pd.Timestamp(last_day))
    chosen, left_out = select(values, at_stake, in_test)
    agreed, said_by = consent_of(values["customer_id"], customers, "email_consent", "customers")
    judged = judge_hours(touches, transactions, values[chosen], p.campaign.prior_touches)
    hours = send_hours(touches, transactions, values[chosen], judged.prior(p.campaign.prior_touches))
    plan = make_plan(values[chosen], at_stake[chosen], agreed[chosen], touches, hours, p.campaign)
    few = p.min_group_customers
    metrics = totals(plan, few) | {
        "as_of": str(last_day),
        "name": p.campaign.name,
        "holdout_share": p.campaign.holdout_share,
        "left_out": reasons_of(left_out, few),
        "consent_from": said_by,
        "hours": by_hour(plan, few),
        "hours_from": {"orders": hours.orders, "reactions": hours.reactions, "same_hour": list(hours.same_hour)},
        "hours_judged": asdict(judged) | {"worth_it": judged.worth_it},
        "channels": by_group(plan, ["channel"], few),
        "segments": by_group(plan, ["rfm_segment", "offer"], few),
        "segments_by_channel": by_group(plan, ["rfm_segment", "channel"], few),
    }
    judged_later = assignments(plan, p.campaign.name, last_day)
    lists = channel_lists(plan) | {ASSIGNMENTS: judged_later}
    metrics["formulas"] = counted(judged_later)

    storage.write_table(plan, paths.CAMPAIGN_PLAN)
    write_folder({f"{name}.csv": table for name, table in lists.items()}, paths.CAMPAIGNS)
    storage.write_json(metrics, paths.CAMPAIGN_JSON)
    print(
        f"campaign: {(~plan['holdout']).sum():,} customers to reach, {plan['holdout'].sum():,} left alone, "
        f"{plan.loc[~plan['holdout'], 'value_at_stake'].sum():,.0f} {p.currency} at stake"
        + (f"; {left_out[NOT_KNOWN]:,} left out: {NOT_KNOWN}" if NOT_KNOWN in left_out else "")
    )


if __name__ == "__main__":
    run_stage(main)
