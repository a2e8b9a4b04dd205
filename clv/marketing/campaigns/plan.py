"""The plan of a campaign: one row per customer in it, including the holdout by which the effect is measured."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from clv.features.timeline import position_of
from clv.marketing.campaigns.offers import assign_offers
from clv.marketing.campaigns.params import CampaignParams
from clv.marketing.tiers import UNKNOWN

REPEATED = ["rfm_segment", "tier", "channel", "offer"]  # columns with few different values
COLUMNS = [
    "customer_id",
    "rfm_segment",
    "tier",
    "channel",
    "response_rate",
    "send_hour",
    "offer",
    "offer_cost",
    "value_at_stake",
    "holdout",
]
NO_FORECAST, NOTHING, IN_A_TEST = "no forecast", "nothing at stake", "in a running test"
NOT_KNOWN = "not known whether anyone comes back"


def value_at_stake(values: pd.DataFrame, margin_rate: float) -> np.ndarray:
    """Margin that depends on whether each customer buys within the horizon, money rounded to cents, (n,).

    margin_rate x predicted_clv x churn_risk. With the forecast p * m, where p is the probability of buying and m the
    spend in that case, this is the derivative of the expected margin with respect to the log-odds of buying, p (1 - p)
    m: to first order, the gain from multiplying the odds by e. It is small both for customers who buy anyway and for
    those who are unlikely to come back.
    """
    money = margin_rate * values["predicted_clv"].to_numpy(dtype="float64")
    return np.round(money * values["churn_risk"].to_numpy(dtype="float64"), 2)


def in_holdout(customers: pd.Series, name: str, share: float) -> np.ndarray:
    """Whether each customer (n,) is in the holdout of a campaign: by a hash of its name and the customer's id alone."""
    return position_of(f"{name}\n{customer}" for customer in customers) < share


def in_running_test(
    customers: pd.Series, experiments: pd.DataFrame, window_days: int, last_day: pd.Timestamp
) -> np.ndarray:
    """Whether each customer (n,) is in a randomised test whose window is not over, which a campaign would disturb."""
    last_of_window = experiments["assigned_ts"].dt.normalize() + pd.Timedelta(days=window_days - 1)
    still_open = last_of_window > last_day
    return customers.isin(experiments.loc[still_open, "customer_id"]).to_numpy()


def select(values: pd.DataFrame, at_stake: np.ndarray, in_test: np.ndarray) -> tuple[np.ndarray, dict[str, int]]:
    """Whether each customer is in the plan, (n,), and how many are not, by the first reason that applies."""
    unknown = (values["tier"] == UNKNOWN).to_numpy()
    reason = np.select(
        [unknown, ~np.isfinite(at_stake), in_test, ~(at_stake > 0)], [NOT_KNOWN, NO_FORECAST, IN_A_TEST, NOTHING], ""
    )
    reasons, n = np.unique(reason[reason != ""], return_counts=True)
    return reason == "", dict(zip(reasons.tolist(), n.tolist(), strict=True))


def make_plan(
    values: pd.DataFrame, at_stake: np.ndarray, channels: pd.DataFrame, params: CampaignParams
) -> pd.DataFrame:
    """One row per row of `values`, the customers in the plan: the whole plan except for the send hour.

    `at_stake` (n,) is money, `channels` the result of `next_channels`. Columns: customer_id, rfm_segment, tier,
    channel, response_rate (expected share of touches reacted to, NaN where unknown), offer, offer_cost and
    value_at_stake (money), holdout.
    """
    plan = values[["customer_id", "rfm_segment", "tier"]].reset_index(drop=True).join(channels)
    plan = plan.join(assign_offers(values.reset_index(drop=True), at_stake, params.offers))
    plan["value_at_stake"] = at_stake
    plan["holdout"] = in_holdout(plan["customer_id"], params.name, params.holdout_share)
    return plan


def whole_plan(parts: Sequence[pd.DataFrame], send_hours: Sequence[pd.Series]) -> pd.DataFrame:
    """The plan from the parts of all blocks: one row per customer, by id, with send_hour (0 to 23, null where unknown).

    Columns of REPEATED are categories, in the order of their names.
    """
    whole = pd.concat([part.drop(columns=REPEATED) for part in parts], ignore_index=True)
    whole["send_hour"] = pd.concat(send_hours, ignore_index=True)
    names = {name: union_categoricals([part[name] for part in parts], sort_categories=True) for name in REPEATED}
    whole = whole.assign(**names)
    return whole[COLUMNS].sort_values("customer_id", ignore_index=True)
