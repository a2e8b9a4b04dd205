"""When customers order: a renewal process in operational time, from acquisition until they drop out."""

import numpy as np
import pandas as pd

from clv.data.world.params import ShopParams
from clv.data.world.raw_columns import labels, numbered
from clv.data.world.shop_calendar import Calendar
from clv.data.world.streams import stream

HOURS = (0.25, 0.8, 1.0)  # of the day: no order before, most orders around, none after; shops sleep at night


def draw_orders(params: ShopParams, seed: int, customers: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """One row per order, by time: order_id, customer (row of customers), day (since the start, with its hour).

    The first order of a customer is the acquisition. Every k-th event of a Poisson process of rate k times the
    customer's is a further order: Erlang-k gaps in operational time, which the calendar stretches into days.
    """
    first = customers["acquired_day"].to_numpy()
    customer, day = repeat_orders(params, seed, customers, calendar)
    customer = np.concatenate([np.arange(len(customers)), customer])
    day = np.minimum(np.floor(np.concatenate([first, day])), params.n_days - 1)
    day = day + stream(seed, "order_hour").triangular(*HOURS, len(day))
    order = np.argsort(day, kind="stable")
    return pd.DataFrame(
        {
            "order_id": labels(numbered("O", len(order), 8), np.arange(len(order))),
            "customer": customer[order],
            "day": day[order],
        }
    )


def repeat_orders(
    params: ShopParams, seed: int, customers: pd.DataFrame, calendar: Calendar
) -> tuple[np.ndarray, np.ndarray]:
    """Customer (row) and day of every order after the first, (n,) each, by customer and time."""
    first, arm = customers["acquired_day"].to_numpy(), customers["arm"].to_numpy()
    end = np.minimum(first + customers["lifetime_days"].to_numpy(), params.n_days)
    begun = calendar.operational(arm, first)
    span = calendar.operational(arm, end) - begun
    k = customers["regularity"].to_numpy()
    counts = stream(seed, "order_count").poisson(k * customers["rate"].to_numpy() * span)
    customer, position = sorted_uniforms(counts, stream(seed, "order_time"))
    rank = np.arange(len(customer)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = (rank + 1) % k[customer] == 0
    customer, position = customer[kept], position[kept]
    return customer, calendar.day_at(arm[customer], begun[customer] + position * span[customer])


def sorted_uniforms(counts: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """For each entry of counts so many uniform draws in ascending order: (entry, draw), (counts.sum(),) each."""
    entry = np.repeat(np.arange(len(counts)), counts)
    # One sort for all: the whole part keeps the entries apart. Drawn below 1 by more than a sum can round away.
    draws = np.sort(entry + rng.random(len(entry)) * (1 - 1e-9))
    return entry, draws - entry
