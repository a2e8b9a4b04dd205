"""Whether the history fits the assumptions of the models: the shop is always open, and customers buy irregularly."""

import numpy as np

from clv.data.bought_days import BoughtDays
from clv.data.closed_stretches import ClosedStretch, closed_stretches
from clv.data.input_finding import InputFinding
from clv.data.whole_table import median

MIN_CUSTOMERS = 30  # customers with enough gaps to show a rhythm
REGULAR_SHARE = 0.5  # of them


def examine(bought: BoughtDays) -> list[InputFinding]:
    """Flagged findings: stretches in which the whole shop sold nothing, and customers who buy at regular intervals."""
    return [*map(_closed, closed_stretches(*bought.buyers_by_day())), *_regular(bought)]


def _closed(stretch: ClosedStretch) -> InputFinding:
    first, last = (np.datetime64(day, "D") for day in (stretch.first, stretch.last))
    text = (
        f"nothing was sold from {first} to {last}, {stretch.days} days in which {stretch.usual:,.0f} orders are usual"
    )
    if stretch.yearly:
        text += "; this happened in every known year, so the models treat it as a low season"
        remedy = "if the shop will be open on these dates, name the days in train.btyd.closed"
    else:
        text += (
            "; the models treat it as a closure, which counts neither for the season nor as time in which customers buy"
        )
        remedy = "name future closures, and those that last until the last day, in train.btyd.closed"
    return InputFinding("history", True, text, remedy)


def _regular(bought: BoughtDays) -> list[InputFinding]:
    """A finding if most customers buy at regular intervals."""
    if bought.with_gaps < MIN_CUSTOMERS or bought.regular < REGULAR_SHARE * bought.with_gaps:
        return []
    lengths = np.flatnonzero(bought.gaps)
    usual = median(lengths, bought.gaps[lengths])
    text = (
        f"{bought.regular / bought.with_gaps:.0%} of {bought.with_gaps:,} customers with three purchase days or more "
        f"buy at regular intervals, of {usual:,.0f} days in the median, as subscribers do; the models assume "
        f"irregular purchases"
    )
    remedy = (
        "use predicted_clv, p_purchase and expected_orders, which are calibrated on past windows where there are any; "
        "p_alive, days_to_next_order and residual_value still assume irregular purchases: that customers who missed "
        "a date may yet return, and that those who have just bought may buy again before the next date"
    )
    return [InputFinding("rhythm", True, text, remedy)]
