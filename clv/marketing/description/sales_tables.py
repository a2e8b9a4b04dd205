"""Tables of what all customers bought: by month, by weekday and hour, by cohort."""

from datetime import date

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.marketing.description.sold import MOST_AFTER, Sold

WEEKDAYS, HOURS = 7, 24
QUARTERS_FROM = 8  # quarters of history; cohorts of a shorter one are by month


def by_month(found: Sold) -> pd.DataFrame:
    """One row per calendar month from the first line to the last.

    Columns: month (YYYY-MM), net_revenue in money, orders, new_customers and returning_customers.
    """
    months = np.arange(found.revenue.numbers.min(), found.revenue.numbers.max() + 1)
    cohort, after = np.divmod(found.by_month.numbers, MOST_AFTER)
    new, bought = (np.zeros(len(months), dtype="int64") for _ in range(2))
    np.add.at(bought, cohort + after - months[0], found.by_month.counts)
    np.add.at(new, (cohort - months[0])[after == 0], found.by_month.counts[after == 0])
    return pd.DataFrame(
        {
            "month": months.astype("datetime64[M]").astype(str),
            "net_revenue": found.revenue.on(months) / MINOR_PER_UNIT,
            "orders": found.orders.on(months),
            "new_customers": new,
            "returning_customers": bought - new,
        }
    )


def by_clock(found: Sold) -> pd.DataFrame:
    """One row per weekday (from Monday, 0), then one per hour of the day: kind, number, orders."""
    parts = {"weekday": (found.weekdays, WEEKDAYS), "hour": (found.hours, HOURS)}
    tables = [
        pd.DataFrame({"kind": kind, "number": np.arange(n), "orders": tally.on(np.arange(n))})
        for kind, (tally, n) in parts.items()
    ]
    return pd.concat(tables, ignore_index=True)


def cohorts(found: Sold, last_day: date) -> pd.DataFrame:
    """Customers who bought, by the period of their first purchase and the periods after it; 0 has all customers.

    Columns: period (Q, or M where the history is short), cohort (as pandas writes it), after, customers.
    """
    first = int(found.by_quarter.numbers.min()) // MOST_AFTER if found.by_quarter.total else 0
    last = pd.Period(last_day, "Q").ordinal
    freq, tally = ("Q", found.by_quarter) if last - first + 1 >= QUARTERS_FROM else ("M", found.by_month)
    cohort, after = np.divmod(tally.numbers, MOST_AFTER)
    named = [str(pd.Period(ordinal=number, freq=freq)) for number in cohort.tolist()]
    return pd.DataFrame({"period": freq, "cohort": named, "after": after, "customers": tally.counts})
