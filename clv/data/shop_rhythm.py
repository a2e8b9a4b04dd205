"""Whether the history looks as the models take it to be: a shop that is always open, customers without a rhythm."""

import numpy as np
import pandas as pd

from clv.data.cleaning import Cleaned
from clv.data.input_finding import InputFinding
from clv.data.types import MICROSECONDS_PER_DAY

MIN_CLOSED_DAYS = 14  # without a sale: shorter ones are holidays
MIN_EXPECTED = 20  # lines that the days around let expect in a gap: fewer could be missing by chance
DAYS_AROUND = 90  # before and after a gap, which say what is usual
REGULAR = 0.1  # squared coefficient of variation of a customer's gaps; about 0.7 for purchases at random
MIN_GAPS = 2  # of a customer who says something about a rhythm
MIN_CUSTOMERS = 30  # who do
REGULAR_SHARE = 0.5  # of them


def examine(lines: Cleaned) -> list[InputFinding]:
    """Stretches in which the whole shop sold nothing, and customers who buy at regular intervals, both flagged.

    `lines` are the clean transactions, by customer and time.
    """
    times = lines.columns["order_ts"].to_numpy(dtype="datetime64[us]").view("int64")[lines.order]
    bought = lines.columns["amount_minor"].to_numpy(dtype="int64", na_value=0)[lines.order] > 0
    customers = lines.columns["customer_id"].cat.codes.to_numpy(dtype="int64")[lines.order][bought]
    days = times[bought] // MICROSECONDS_PER_DAY
    return [*_closed(days), *_regular(customers, days)]


def _closed(purchase_days: np.ndarray) -> list[InputFinding]:
    days, counts = np.unique(purchase_days, return_counts=True)
    found = []
    for last in np.flatnonzero(np.diff(days) > MIN_CLOSED_DAYS):
        before = counts[(days <= days[last]) & (days > days[last] - DAYS_AROUND)].sum()
        after = counts[(days >= days[last + 1]) & (days < days[last + 1] + DAYS_AROUND)].sum()
        length = int(days[last + 1] - days[last] - 1)
        usual = min(before, after) / DAYS_AROUND * length
        if usual < MIN_EXPECTED:
            continue
        first, end = (np.datetime64(int(day), "D") for day in (days[last] + 1, days[last + 1] - 1))
        text = (
            f"nothing was sold from {first} to {end}, {length} days in which {usual:,.0f} lines would be usual; the "
            f"models take this for a low season"
        )
        remedy = "if the shop was closed, do not rely on the totals of the forecast: they may be far off"
        found.append(InputFinding("history", True, text, remedy))
    return found


def _regular(customers: np.ndarray, days: np.ndarray) -> list[InputFinding]:
    """Whether most customers buy at regular intervals; purchases come by customer and day."""
    bought = pd.DataFrame({"customer": customers, "day": days}).drop_duplicates()
    gaps = bought.groupby("customer")["day"].diff().dropna()
    by_customer = gaps.groupby(bought["customer"].loc[gaps.index]).agg(["mean", "var", "size"])
    enough = by_customer[by_customer["size"] >= MIN_GAPS]
    regular = enough["var"] < REGULAR * enough["mean"] ** 2
    if len(enough) < MIN_CUSTOMERS or regular.mean() < REGULAR_SHARE:
        return []
    text = (
        f"{regular.mean():.0%} of {len(enough):,} customers with three purchase days or more buy at regular intervals, "
        f"of {gaps.median():,.0f} days in the median, as subscribers do; the models know no rhythm"
    )
    remedy = (
        "do not rely on p_alive, expected_orders and residual_value: who has missed a date has probably left, and who "
        "was just served will not be back before the next one; predicted_clv is calibrated on past windows"
    )
    return [InputFinding("history", True, text, remedy)]
