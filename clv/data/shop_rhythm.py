"""Whether the history looks as the models take it to be: a shop that is always open, customers without a rhythm."""

import numpy as np

from clv.data.bought_days import BoughtDays
from clv.data.input_finding import InputFinding

MIN_CLOSED_DAYS = 14  # without a sale: shorter ones are holidays
MIN_EXPECTED = 20  # lines that the days around let expect in a gap: fewer could be missing by chance
DAYS_AROUND = 90  # before and after a gap, which say what is usual
REGULAR = 0.1  # squared coefficient of variation of a customer's gaps; about 0.7 for purchases at random
MIN_GAPS = 2  # of a customer who says something about a rhythm
MIN_CUSTOMERS = 30  # who do
REGULAR_SHARE = 0.5  # of them


def examine(bought: BoughtDays) -> list[InputFinding]:
    """Stretches in which the whole shop sold nothing, and customers who buy at regular intervals, both flagged."""
    return [*_closed(*bought.by_day()), *_regular(bought.customer, bought.day)]


def _closed(days: np.ndarray, counts: np.ndarray) -> list[InputFinding]:
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


def _regular(customer: np.ndarray, day: np.ndarray) -> list[InputFinding]:
    """Whether most customers buy at regular intervals; purchase days come by customer and day."""
    same = customer[1:] == customer[:-1]
    gaps, whose = np.diff(day)[same].astype("float64"), customer[1:][same]
    n = np.bincount(whose)
    enough = n >= MIN_GAPS
    if enough.sum() < MIN_CUSTOMERS:
        return []
    total, squares = (np.bincount(whose, weights=weights)[enough] for weights in (gaps, gaps**2))
    mean = total / n[enough]
    regular = (squares - total * mean) / (n[enough] - 1) < REGULAR * mean**2
    if regular.mean() < REGULAR_SHARE:
        return []
    text = (
        f"{regular.mean():.0%} of {len(regular):,} customers with three purchase days or more buy at regular "
        f"intervals, of {np.median(gaps):,.0f} days in the median, as subscribers do; the models know no rhythm"
    )
    remedy = (
        "do not rely on p_alive, expected_orders and residual_value: who has missed a date has probably left, and who "
        "was just served will not be back before the next one; predicted_clv is calibrated on past windows"
    )
    return [InputFinding("history", True, text, remedy)]
