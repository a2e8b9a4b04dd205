"""Counts of what a block of customers bought: by month, hour and cohort, and of values and days between orders.

An order is what a customer bought on one day, before returns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from clv.marketing.description.tally import Tally

DAY = 86_400_000_000  # microseconds
HOUR = 3_600_000_000
MOST_DAYS = 12  # purchase days of a customer; higher numbers count as this
MOST_AFTER = 1 << 16  # months after the first: cohort and months after it are encoded in one number
QUARTER = 3  # months


@dataclass(frozen=True)
class Sold:
    """Counts of orders and of customers, by the number that each field names.

    Months and quarters are since 1970, amounts are in cents. `hours` are of orders with a known time. A number of
    `by_month` or `by_quarter` is the period of the first purchase times MOST_AFTER, plus the periods after it; its
    count is that of the customers who bought then.
    """

    revenue: Tally  # by month, net of returns
    orders: Tally  # by month
    weekdays: Tally  # from Monday, 0
    hours: Tally
    values: Tally
    gaps: Tally  # days from an order to the customer's next
    spent: Tally  # of a customer, net of returns
    days: Tally  # purchase days of a customer, up to MOST_DAYS
    by_month: Tally
    by_quarter: Tally


def sold(lines: pd.DataFrame) -> Sold:
    """Count all lines of some customers: customer_id, order_ts and amount_minor, in any order."""
    customers, _ = pd.factorize(lines["customer_id"])
    times = lines["order_ts"].to_numpy("datetime64[us]").astype("int64")
    cents = lines["amount_minor"].to_numpy("int64")
    spent = np.zeros(customers.max(initial=-1) + 1, dtype="int64")
    np.add.at(spent, customers, cents)

    who, first, value = _orders(customers[cents > 0], times[cents > 0], cents[cents > 0])
    day = first // DAY
    clock = first - day * DAY
    same = who[1:] == who[:-1]
    days = np.bincount(who)
    month = _months(day)
    return Sold(
        Tally.of(_months(times // DAY), cents),
        Tally.of(month),
        Tally.of((day + 3) % 7),  # the first of January 1970 was a Thursday
        Tally.of(clock[clock > 0] // HOUR),  # midnight sharp is a date without a time
        Tally.of(value),
        Tally.of(np.diff(day)[same]),
        Tally.of(spent),
        Tally.of(np.minimum(days[days > 0], MOST_DAYS)),
        _cohorts(who, month),
        _cohorts(who, month // QUARTER),
    )


def together(blocks: Sequence[Sold]) -> Sold:
    """The counts of several blocks, added up."""
    return Sold(*(Tally.together([getattr(block, field.name) for block in blocks]) for field in fields(Sold)))


def _orders(customers: np.ndarray, times: np.ndarray, cents: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customer, time of the first line, and value of each order, by customer and time."""
    order = np.lexsort((times, customers))
    customers, times, cents = customers[order], times[order], cents[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (customers[1:] != customers[:-1]) | (times[1:] // DAY != times[:-1] // DAY)
    starts = np.flatnonzero(new)
    return customers[starts], times[starts], np.add.reduceat(cents, starts) if len(starts) else cents


def _months(day: np.ndarray) -> np.ndarray:
    return day.astype("datetime64[D]").astype("datetime64[M]").astype("int64")


def _cohorts(who: np.ndarray, period: np.ndarray) -> Tally:
    """Customers by first period and periods since, from the orders by customer and time."""
    new = np.ones(len(who), dtype=bool)
    new[1:] = who[1:] != who[:-1]
    first = period[np.maximum.accumulate(np.where(new, np.arange(len(who)), 0))] if len(who) else period
    once = new.copy()
    once[1:] |= period[1:] != period[:-1]
    return Tally.of((first * MOST_AFTER + period - first)[once])
