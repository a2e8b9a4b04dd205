"""Order times: a renewal process in operational time, from acquisition until dropout."""

import numpy as np
import pandas as pd

from clv.data.world.params import ShopParams
from clv.data.world.shop_calendar import Calendar
from clv.data.world.streams import stream

CHUNK = 500_000  # customers at a time, so that the draws for all need not fit into memory
HOURS = (0.25, 0.8, 1.0)  # shares of the day: earliest order, most frequent time, latest order


def draw_orders(params: ShopParams, seed: int, customers: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """One row per order, by time: customer (row of customers), day (since the start, with its hour).

    A customer's first order is the acquisition. Every k-th event of a Poisson process with k times the customer's rate
    is a further order. This gives Erlang-k gaps in operational time, which the calendar stretches into days.
    """
    first = customers["acquired_day"].to_numpy()
    customer, day = repeat_orders(params, seed, customers, calendar)
    customer = np.concatenate([np.arange(len(customers), dtype="int32"), customer])
    day = np.minimum(np.floor(np.concatenate([first, day])), params.n_days - 1)
    day += stream(seed, "order_hour").triangular(*HOURS, len(day))
    order = np.argsort(day, kind="stable")
    return pd.DataFrame({"customer": customer[order], "day": day[order]}, copy=False)


def repeat_orders(
    params: ShopParams, seed: int, customers: pd.DataFrame, calendar: Calendar
) -> tuple[np.ndarray, np.ndarray]:
    """Customer (row) and day of every order after the first, (n,) each, by customer and time."""
    counting, timing = stream(seed, "order_count"), stream(seed, "order_time")
    found = []
    for begin in range(0, len(customers), CHUNK):  # most draws do not become orders
        some = customers.iloc[begin : begin + CHUNK]
        first, arm = some["acquired_day"].to_numpy(), some["arm"].to_numpy()
        end = np.minimum(first + some["lifetime_days"].to_numpy(), params.n_days)
        begun = calendar.operational(arm, first)
        span = calendar.operational(arm, end) - begun
        k = some["regularity"].to_numpy()
        counts = counting.poisson(k * some["rate"].to_numpy() * span)
        row, position = sorted_uniforms(counts, timing, begin)
        rank = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        kept = (rank + 1) % k[row] == 0
        row, position = row[kept], position[kept]
        found.append(((begin + row).astype("int32"), calendar.day_at(arm[row], begun[row] + position * span[row])))
    customer, day = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return customer, day


def sorted_uniforms(counts: np.ndarray, rng: np.random.Generator, first: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """As many uniform draws as each entry of counts states, ascending: (entry, draw), (counts.sum(),) each.

    `first` is the number of the first entry if the counts are part of a longer array, so that the draws are the same.
    """
    entry = np.repeat(np.arange(len(counts)), counts)
    # One sort for all: the integer part separates the entries. The draws stay below 1 by more than a rounding error.
    draws = np.sort(first + entry + rng.random(len(entry)) * (1 - 1e-9))
    return entry, draws - (first + entry)
