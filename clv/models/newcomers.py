"""Revenue from future customers, extrapolated from the number of past ones and from what they spent at first.

As many customers are expected as came on the same days of the previous year, times a damped growth. The growth is that
of the last quarter over the same quarter a year before: customers from before the history began look new at its
beginning, and a shop may no longer win any. With less than two years of history, the daily number is that of the last
quarter. Each new customer is expected to spend what customers spent on their first day, and in each 30 days after it,
in the season in which these fall; the newest customers whose spend is known are used. Such a forecast can be judged
only by those made as of earlier dates (`clv.evaluation.months_judged`).
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.features.past import days_since_epoch
from clv.features.span import MONTH_DAYS, Span
from clv.models.btyd.closed_days import is_open
from clv.models.btyd.season import Season

YEAR = 365
QUARTER = 90  # days that determine the current number of new customers
DAMPING = 0.5  # of the log growth, because the growth of one quarter does not last in full
LEAST = 20  # customers whose month of age is over, to estimate the spend in it
DIGITS = 6


def newcomers(
    base: pd.DataFrame, revenue: pd.DataFrame, season: Season, as_of: date, spans: Sequence[Span]
) -> np.ndarray | None:
    """What customers acquired after `as_of` spend in each of the spans, (k,) money.

    `base` (`clv.features.base`) and `revenue` (`clv.features.revenue_days`) are used only up to that date. None if the
    spend in the first 30 days cannot be estimated.
    """
    today = days_since_epoch(as_of)
    came = base.loc[base["day"] <= today, "new_customers"].to_numpy()
    first_day, later = brought(base, revenue, season, as_of)
    if not len(later):
        return None
    n = days_since_epoch(spans[-1].last) - today
    coming = arrivals(came, n) * is_open(np.arange(today + 1, today + n + 1), season.closed)
    by_age = np.repeat(later, MONTH_DAYS)  # per seasonal day, from the day after the first purchase
    by_age = np.append(by_age, np.full(max(n - len(by_age), 0), later[-1]))[:n]
    returning = np.convolve(coming, np.append(0.0, by_age))[:n]
    daily = coming * first_day + returning * season.index(np.arange(today + 1, today + n + 1))
    until = np.concatenate([[0.0], np.cumsum(daily)])
    ends = [(days_since_epoch(span.first) - 1 - today, days_since_epoch(span.last) - today) for span in spans]
    return np.round([until[last] - until[before] for before, last in ends], 2)


def arrivals(came: np.ndarray, n: int) -> np.ndarray:
    """The expected number of new customers on each of the next n days, (n,), given past daily numbers `came` (m,).

    With less than two quarters of days, only the newer half is used.
    """
    now = came[-min(QUARTER, -(-len(came) // 2)) :]
    if len(came) < 2 * YEAR:
        return np.full(n, round(float(now.mean()), DIGITS))
    year_ago = came[-YEAR - QUARTER : -YEAR].sum()
    growth = (now.sum() / year_ago) ** DAMPING if year_ago > 0 else 1.0
    return np.round(np.resize(came[-YEAR:], n) * growth, DIGITS)


def brought(base: pd.DataFrame, revenue: pd.DataFrame, season: Season, as_of: date) -> tuple[float, np.ndarray]:
    """What a customer spends on the first day, and per seasonal day in each 30 days after it (k,), both in money.

    Each month of age uses the customers acquired in one year, the newest for whom that month was over by `as_of`, or in
    as much of a year as there is. The months end with the last one that LEAST customers have completed.
    """
    today = days_since_epoch(as_of)
    known = revenue[revenue["day"] <= today]
    # Whole months of age: 0 is the first day, including returns before it.
    age = np.maximum(-(-(known["day"] - known["first_day"]).to_numpy() // MONTH_DAYS), 0)
    first, net_minor = known["first_day"].to_numpy(), known["net_minor"].to_numpy()
    new = base[base["day"] <= today].set_index("day")["new_customers"]
    found = []
    for month in range(int(age.max(initial=0)) + 1):
        latest = today - MONTH_DAYS * month  # latest first purchase for which the month of age is over
        over = new.loc[latest - YEAR + 1 : latest]
        if over.sum() < LEAST:
            break
        net = net_minor[(age == month) & (first > latest - YEAR) & (first <= latest)].sum()
        start = over.index.to_numpy() + MONTH_DAYS * (month - 1)
        days = season.elapsed(start + MONTH_DAYS) - season.elapsed(start) if month else np.ones(len(over))
        customer_days = float((over.to_numpy() * days).sum())
        if customer_days <= 0:  # closed throughout
            break
        found.append(round(float(net) / MINOR_PER_UNIT / customer_days, DIGITS))
    return (found[0], np.array(found[1:])) if found else (0.0, np.array([]))
