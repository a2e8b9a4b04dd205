"""The orders that the pictures of the data count: what one customer bought on one day."""

import pandas as pd

from clv.data.types import MINOR_PER_UNIT


def orders(transactions: pd.DataFrame) -> pd.DataFrame:
    """One row per customer and day with a purchase, by customer and time.

    Takes clean transactions; returns are left out. Columns: customer_id; first_ts, the time of the day's first
    purchase; day; value, before returns, in money.
    """
    bought = transactions.loc[transactions["amount_minor"] > 0, ["customer_id", "order_ts", "amount_minor"]]
    by_day = bought.assign(day=bought["order_ts"].dt.normalize()).groupby(["customer_id", "day"], sort=True)
    found = by_day.agg(first_ts=("order_ts", "min"), value=("amount_minor", "sum")).reset_index()
    return found.assign(value=found["value"] / MINOR_PER_UNIT)
