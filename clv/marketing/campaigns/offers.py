"""What each segment is offered, and what that is expected to cost."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Offer:
    """What an RFM segment is offered; `discount` is the share of the next purchase that is taken off."""

    segment: str
    name: str
    discount: float


# Who buys anyway gets no discount, which would only be given away.
OFFERS = (
    Offer("Champions", "early access", 0.0),
    Offer("Loyal", "early access", 0.0),
    Offer("Potential loyalist", "recommendations", 0.0),
    Offer("New", "welcome", 0.0),
    Offer("Promising", "recommendations", 0.0),
    Offer("Need attention", "5% voucher", 0.05),
    Offer("About to sleep", "5% voucher", 0.05),
    Offer("Cannot lose them", "15% win-back voucher", 0.15),
    Offer("At risk", "10% win-back voucher", 0.10),
    Offer("Hibernating", "10% win-back voucher", 0.10),
    Offer("Lost", "reminder", 0.0),
)
REMINDER = Offer("", "reminder", 0.0)  # where a voucher would cost more than there is to win


def assign_offers(values: pd.DataFrame, at_stake: np.ndarray) -> pd.DataFrame:
    """`offer` and `offer_cost` (money, expected), one row per row of `values`.

    A voucher costs its discount on the spend of a purchase day (`monetary_value`) if the customer buys, which they do
    with `p_purchase`: those who would have bought anyway use it too. Where that is not known, or more than the value
    `at_stake` (n,), the customer gets a reminder, which costs nothing.
    """
    of_segment = {offer.segment: offer for offer in OFFERS}
    offers = [of_segment.get(segment, REMINDER) for segment in values["rfm_segment"]]
    discount = np.array([offer.discount for offer in offers])
    spend = (values["monetary_value"] * values["p_purchase"]).to_numpy(dtype="float64")
    cost = np.round(np.where(discount > 0, discount * spend, 0.0), 2)
    worth = cost <= at_stake
    name = np.where(worth, np.array([offer.name for offer in offers], dtype="object"), REMINDER.name)
    return pd.DataFrame({"offer": name.astype("str"), "offer_cost": np.where(worth, cost, 0.0)})
