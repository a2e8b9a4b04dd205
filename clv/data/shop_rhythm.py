"""Whether the history looks as the models take it to be: a shop that is always open, customers without a rhythm."""

import numpy as np

from clv.data.bought_days import BoughtDays
from clv.data.closed_stretches import ClosedStretch, closed_stretches
from clv.data.input_finding import InputFinding
from clv.data.whole_table import median

MIN_CUSTOMERS = 30  # whose gaps say something about a rhythm
REGULAR_SHARE = 0.5  # of them


def examine(bought: BoughtDays) -> list[InputFinding]:
    """Stretches in which the whole shop sold nothing, and customers who buy at regular intervals, both flagged."""
    return [*map(_closed, closed_stretches(*bought.buyers_by_day())), *_regular(bought)]


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


def _regular(bought: BoughtDays) -> list[InputFinding]:
    """Whether most customers buy at regular intervals."""
    if bought.with_gaps < MIN_CUSTOMERS or bought.regular < REGULAR_SHARE * bought.with_gaps:
        return []
    lengths = np.flatnonzero(bought.gaps)
    usual = median(lengths, bought.gaps[lengths])
    text = (
        f"{bought.regular / bought.with_gaps:.0%} of {bought.with_gaps:,} customers with three purchase days or more "
        f"buy at regular intervals, of {usual:,.0f} days in the median, as subscribers do; the models know no rhythm"
    )
    remedy = (
        "use predicted_clv, p_purchase and expected_orders, which are calibrated on past windows where there are any; "
        "p_alive, days_to_next_order and residual_value still rest on models that know no rhythm, by which who has "
        "missed a date may yet return, and who was just served may be back before the next one"
    )
    return [InputFinding("rhythm", True, text, remedy)]
