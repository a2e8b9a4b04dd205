"""The files of a campaign: a list of customers per channel, and the assignments for its later evaluation."""

import re
from datetime import date, timedelta

import numpy as np
import pandas as pd

from clv.data.schema import EXPERIMENTS, names
from clv.marketing.campaigns.channels import NONE_KNOWN

TREATED, HOLDOUT = "treated", "holdout"
ASSIGNMENTS = "assignments"
SENT = ["customer_id", "send_hour", "offer", "offer_cost", "tier", "rfm_segment", "fell"]


def channel_lists(plan: pd.DataFrame, fallen: pd.Series) -> dict[str, pd.DataFrame]:
    """The customers to contact, without the holdout: a list per channel by file name, highest value at stake first.

    `fell` is "yes" for the customers of `fallen` (ids), who are in a lower tier or segment than a horizon ago.
    """
    fell = np.where(plan["customer_id"].isin(fallen), "yes", "no")
    treated = plan.assign(fell=fell)[~plan["holdout"]].sort_values(
        ["value_at_stake", "customer_id"], ascending=[False, True]
    )
    found: dict[str, pd.DataFrame] = {}
    for channel, rows in treated.groupby("channel", sort=True):
        name = base = re.sub(r"[^a-z0-9]+", "-", str(channel).lower()).strip("-") or "channel"
        number = 1
        while name in found or name == ASSIGNMENTS:
            number += 1
            name = f"{base}-{number}"
        found[name] = rows[SENT]
    return found


def assignments(plan: pd.DataFrame, campaign: str, last_day: date) -> pd.DataFrame:
    """One row per customer of the plan in the columns of a table of randomised tests: treated, or in the holdout.

    The campaign begins the day after the last day of data. `cost` is the expected cost of the offer, 0 in the holdout;
    `channel` is blank in the holdout, and where none is known.
    """
    holdout = plan["holdout"].to_numpy(dtype=bool)
    nowhere = holdout | (plan["channel"] == NONE_KNOWN).to_numpy()
    table = pd.DataFrame(
        {
            "customer_id": plan["customer_id"],
            "assigned_ts": str(last_day + timedelta(days=1)),
            "experiment": campaign,
            "arm": np.where(holdout, HOLDOUT, TREATED),
            "channel": plan["channel"].astype("str").mask(nowhere, ""),
            "cost": plan["offer_cost"].mask(holdout, 0.0),
        }
    )
    return table[names(EXPERIMENTS)]
