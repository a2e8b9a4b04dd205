"""The offers to customers by their RFM segment, and the expected cost of the offers."""

import numpy as np
import pandas as pd

from clv.marketing.campaigns.params import Offer, Offers

REMINDER = Offer("reminder", 0.0)  # where a voucher would cost more than the value at stake


def assign_offers(values: pd.DataFrame, at_stake: np.ndarray, offers: Offers) -> pd.DataFrame:
    """`offer` and `offer_cost` (money, expected), one row per row of `values`, by their `rfm_segment`.

    A voucher costs its discount on the spend of a purchase day (`monetary_value`) if the customer buys, which has the
    probability `p_purchase`: customers who would have bought anyway use it, too. Where this cost is not known, or
    exceeds the value `at_stake` (n,), the customer gets a reminder, which costs nothing.
    """
    given = [offers.of(str(segment)) or REMINDER for segment in values["rfm_segment"]]
    discount = np.array([offer.discount for offer in given])
    spend = (values["monetary_value"] * values["p_purchase"]).to_numpy(dtype="float64")
    cost = np.round(np.where(discount > 0, discount * spend, 0.0), 2)
    worth = cost <= at_stake
    name = np.where(worth, np.array([offer.name for offer in given], dtype="object"), REMINDER.name)
    return pd.DataFrame({"offer": name.astype("str"), "offer_cost": np.where(worth, cost, 0.0)})
