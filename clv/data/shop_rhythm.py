"""Whether the history looks as the models take it to be: a shop that is always open, customers without a rhythm."""

import numpy as np

from clv.data.bought_days import BoughtDays
from clv.data.closed_stretches import ClosedStretch, closed_stretches
from clv.data.input_finding import InputFinding

REGULAR = 0.1  # squared coefficient of variation of a customer's gaps; about 0.7 for purchases at random
MIN_GAPS = 2  # of a customer who says something about a rhythm
MIN_CUSTOMERS = 30  # who do
REGULAR_SHARE = 0.5  # of them


def examine(bought: BoughtDays) -> list[InputFinding]:
    """Stretches in which the whole shop sold nothing, and customers who buy at regular intervals, both flagged."""
    first = int(bought.day.min())
    count = np.bincount(bought.day - first)
    day = np.flatnonzero(count)
    stretches = closed_stretches(day + first, count[day])
    return [*map(_closed, stretches), *_regular(bought.customer, bought.day)]


def _closed(stretch: ClosedStretch) -> InputFinding:
    first, last = (np.datetime64(day, "D") for day in (stretch.first, stretch.last))
    text = (
        f"nothing was sold from {first} to {last}, {stretch.days} days in which {stretch.usual:,.0f} orders are usual"
    )
    if stretch.yearly:
        text += "; it was so in every year that is known, so the models take it for a low season"
        remedy = "if the shop will be open on these dates, name the days in train.btyd.closed"
    else:
        text += (
            "; the models take it for a closure and leave it out of the season and of the time in which customers buy"
        )
        remedy = "name closures that are to come, and those that run up to the last day, in train.btyd.closed"
    return InputFinding("history", True, text, remedy)


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
        "use predicted_clv, p_purchase and expected_orders, which are calibrated on past windows where there are any; "
        "p_alive, days_to_next_order and residual_value still rest on models that know no rhythm, by which who has "
        "missed a date may yet return, and who was just served may be back before the next one"
    )
    return [InputFinding("rhythm", True, text, remedy)]
