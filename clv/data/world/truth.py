"""The truth of the default shop: expected revenue given the latent values, which no forecast knows, and causal effects.

The latent values, the calendar and who is active when a window begins are known. The expectation is over everything
else: when a customer will order and drop out, and what will be bought and returned. Orders in operational time are an
ordinary renewal process with Erlang-k gaps, whose expected number has a closed form; the rest is a sum over fortnights.
"""

import itertools

import numpy as np
import pandas as pd

from clv.data.world import catalogue
from clv.data.world.order_lines import order_value
from clv.data.world.orders import HOURS
from clv.data.world.params import ShopParams
from clv.data.world.shop_calendar import Calendar

FORTNIGHT = 14  # days; halving it changes the total of the default shop by about 0.02%
CHUNK = 4_000  # customers at a time, so that their data stay in the CPU's cache

Window = tuple[int, int]  # first day since the start of the shop, number of days


def expected_orders(k: int, events: np.ndarray, phase: np.ndarray | None = None) -> np.ndarray:
    """Expected renewals when `events` events of a Poisson process are expected, every k-th of which is a renewal.

    Cox (1962), "Renewal theory", section 4.2, for Erlang gaps: with w the k-th roots of unity other than 1, m = (events
    + sum of w / (1 - w) (1 - exp(-events (1 - w)))) / k. If j of the k events have occurred before, w / (1 - w) is
    multiplied by w ** j. `phase`, (k, ...), has the probability of each j; its other axes broadcast with the events.
    Without it, j is 0.
    """
    total = events.astype("float64")
    for r in range(1, k // 2 + 1):
        w = np.exp(2j * np.pi * r / k)
        factor = w / (1 - w) * (1.0 if phase is None else np.tensordot(w ** np.arange(k), phase, axes=1))
        if 2 * r == k:
            total = total - factor.real * np.expm1(-2 * events)
        else:  # the other roots are their conjugates
            turn = events * w.imag
            swing = factor.real * np.cos(turn) - factor.imag * np.sin(turn)
            total = total + 2 * (factor.real - np.exp(events * (w.real - 1)) * swing)
    return total / k


def expected_revenue(params: ShopParams, calendar: Calendar, customers: pd.DataFrame, window: Window) -> np.ndarray:
    """Expected net revenue in a window, (n,) money; NaN for customers acquired later.

    A return counts on the day it comes back: one from an order before the window may count, one from an order in it may
    not.
    """
    first, days = window
    begin, end = max(first - catalogue.RETURN_DAYS[1], 0), first + days
    edges = np.unique([*range(first, begin, -FORTNIGHT), begin, *fortnights(first, end)])
    worth = order_worth(params, calendar, first, end)
    worth_by_fortnight = mean_worth(calendar, worth, edges)
    acquired = customers["acquired_day"].to_numpy()
    orders = np.zeros(len(customers))
    for row in range(0, len(customers), CHUNK):
        some = customers.iloc[row : row + CHUNK]
        by_fortnight = _orders_by_fortnight(calendar, some, edges, first) * worth_by_fortnight
        orders[row : row + CHUNK] = by_fortnight.sum(axis=1)
    # The first order is no renewal, but its return may fall into the window.
    known = acquired < first
    orders[known] += worth[acquired[known].astype("int64")]
    return np.where(known, orders * order_value(params, customers), np.nan)


def fortnights(first: int, end: int) -> np.ndarray:
    """Edges that divide the days of [first, end) into fortnights, the last of which may be shorter."""
    return np.unique([*range(first, end, FORTNIGHT), end])


def mean_worth(calendar: Calendar, worth: np.ndarray, edges: np.ndarray) -> list[float]:
    """What an order between two adjacent edges adds on average, given the worth of an order on each day."""
    rates = calendar.rates[0]
    open_ = [rates[a:b].any() for a, b in itertools.pairwise(edges)]
    return [
        float(np.average(worth[a:b], weights=rates[a:b])) if some else 0.0
        for some, (a, b) in zip(open_, itertools.pairwise(edges), strict=True)
    ]


def order_worth(params: ShopParams, calendar: Calendar, first: int, end: int) -> np.ndarray:
    """What an order on each day, (end,), adds to the net revenue of [first, end), per money of `order_value`."""
    day = np.arange(end)
    back = returned_by(end - day - np.mean(HOURS)) - returned_by(first - day - np.mean(HOURS))
    paid = calendar.price[:end] * (1 - calendar.discount[:end] * np.mean(catalogue.DISCOUNT_RATES))
    return paid * ((day >= first) - params.return_share * back)


def returned_by(age: np.ndarray) -> np.ndarray:
    """The share of all returned lines that are back at an age in days after the order, shaped like `age`."""
    soonest, latest = catalogue.RETURN_DAYS
    return (np.clip(age, soonest, latest) - soonest) / (latest - soonest)


def _orders_by_fortnight(calendar: Calendar, customers: pd.DataFrame, edges: np.ndarray, first: int) -> np.ndarray:
    """Expected orders after the first between the edges, (n, fortnights).

    Those before `first` are given the time of dropout, those after it only whether the customer is active then.
    """
    arm, acquired = customers["arm"].to_numpy(), customers["acquired_day"].to_numpy()
    dropped_out = acquired + customers["lifetime_days"].to_numpy()
    time = calendar.elapsed[:, edges][arm]
    past = edges <= first
    time[:, past] = np.minimum(time[:, past], calendar.operational(arm, dropped_out)[:, None])
    time = np.maximum(time - calendar.operational(arm, acquired)[:, None], 0)
    k = customers["regularity"].to_numpy()
    events = time * (k * customers["rate"].to_numpy())[:, None]
    orders = np.empty_like(events)
    for value in np.unique(k):
        orders[k == value] = expected_orders(int(value), events[k == value])
    # Probability of being active, averaged over each fortnight of the window.
    hazard = customers["dropout_rate"].to_numpy()[:, None]
    survived = np.exp(-hazard * np.maximum(edges - first, 0))
    lived = -np.diff(survived, axis=1) / (hazard * np.diff(edges))
    return np.diff(orders, axis=1) * np.where(past[1:], 1.0, lived * (dropped_out > first)[:, None])
