"""What customers still to come will bring: an extrapolation of how many came, and of what they brought at first.

As many are taken to come as came on the same days of the year before, times a damped growth: of the last quarter over
the same a year before, for whoever was a customer before the history began is new at its beginning, and a shop may no
longer win any. Where the history is shorter than two years, as many come every day as in the last quarter. Each is
taken to bring what customers brought on their first day, and in each 30 days after it, the newest of whom that is
known, in the season in which it falls. No label judges such a forecast but those of earlier dates
(`clv.evaluation.months_judged`).
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
QUARTER = 90  # days that say how many come nowadays
DAMPING = 0.5  # of the log growth: what one quarter shows does not last in full
LEAST = 20  # customers whose month of age is over, to say what it brings
DIGITS = 6


def newcomers(
    base: pd.DataFrame, revenue: pd.DataFrame, season: Season, as_of: date, spans: Sequence[Span]
) -> np.ndarray | None:
    """What customers who come after `as_of` bring in each of the spans, (k,) money.

    `base` (`clv.features.base`) and `revenue` (`clv.features.revenue_days`) are looked at up to that date alone. None
    where nobody's first 30 days can be told.
    """
    today = days_since_epoch(as_of)
    came = base.loc[base["day"] <= today, "new_customers"].to_numpy()
    first_day, later = brought(base, revenue, season, as_of)
    if not len(later):
        return None
    n = days_since_epoch(spans[-1].last) - today
    coming = arrivals(came, n) * is_open(np.arange(today + 1, today + n + 1), season.closed)
    by_age = np.repeat(later, MONTH_DAYS)  # per seasonal day, from the day after the first
    by_age = np.append(by_age, np.full(max(n - len(by_age), 0), later[-1]))[:n]
    returning = np.convolve(coming, np.append(0.0, by_age))[:n]
    daily = coming * first_day + returning * season.index(np.arange(today + 1, today + n + 1))
    until = np.concatenate([[0.0], np.cumsum(daily)])
    ends = [(days_since_epoch(span.first) - 1 - today, days_since_epoch(span.last) - today) for span in spans]
    return np.round([until[last] - until[before] for before, last in ends], 2)


def arrivals(came: np.ndarray, n: int) -> np.ndarray:
    """How many new customers are expected on each of the n days after those on which `came` (m,) of them, (n,).

    Of less than two quarters only the newer half counts.
    """
    now = came[-min(QUARTER, -(-len(came) // 2)) :]
    if len(came) < 2 * YEAR:
        return np.full(n, round(float(now.mean()), DIGITS))
    year_ago = came[-YEAR - QUARTER : -YEAR].sum()
    growth = (now.sum() / year_ago) ** DAMPING if year_ago > 0 else 1.0
    return np.round(np.resize(came[-YEAR:], n) * growth, DIGITS)


def brought(base: pd.DataFrame, revenue: pd.DataFrame, season: Season, as_of: date) -> tuple[float, np.ndarray]:
    """What a customer brought on the first day, and per seasonal day in each 30 days after it (k,), both in money.

    Of each month of age it is that of the customers who came in one year, the newest whose month was over by `as_of`,
    or in as much of it as there is; the months end with the last that LEAST of them have behind them.
    """
    today = days_since_epoch(as_of)
    known = revenue[revenue["day"] <= today]
    # Whole months of age: 0 is the first day, with what was returned before it.
    age = np.maximum(-(-(known["day"] - known["first_day"]).to_numpy() // MONTH_DAYS), 0)
    first, net_minor = known["first_day"].to_numpy(), known["net_minor"].to_numpy()
    new = base[base["day"] <= today].set_index("day")["new_customers"]
    found = []
    for month in range(int(age.max(initial=0)) + 1):
        latest = today - MONTH_DAYS * month  # day of a first purchase for the month of age to be over
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
