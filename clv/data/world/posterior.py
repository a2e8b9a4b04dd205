"""The Bayes forecast for the default shop: expected revenue given a customer's history and the process.

The forecaster knows the process, its parameters and its calendar but, of each customer, only what the shop has seen. No
other forecast has a smaller expected squared error. The expectation is over the latent values, by Bayes' rule, and over
everything that is random in `truth`.
"""

from dataclasses import dataclass

import numpy as np

from clv.data.world import activity, spending, timing
from clv.data.world.customers import arm_shares
from clv.data.world.params import Event, ShopParams
from clv.data.world.seen_history import SeenHistory
from clv.data.world.shop_calendar import Calendar, make_calendar
from clv.data.world.timing import Lomax, Timing
from clv.data.world.truth import expected_orders, fortnights, mean_worth, order_worth

CHUNK = 500  # customers at a time, so that their data stay in the CPU's cache


@dataclass(frozen=True)
class Ahead:
    """The forecast window, divided into fortnights.

    time: operational time from its beginning to the edges of the fortnights, (n, fortnights + 1). worth: what an order
    adds per money of `order_value`, times the probability of still being active if active now, (n, fortnights).
    """

    time: np.ndarray
    worth: np.ndarray


def expected_revenue_given_history(
    params: ShopParams, event: Event | None, seed: int, history: SeenHistory, horizon_days: int
) -> np.ndarray:
    """Expected net revenue in the days after the history, (n,) money.

    A return counts on the day it comes back, as in `truth`.
    """
    end = history.first + horizon_days
    calendar = make_calendar(params, seed, max(params.n_days, end), event)
    spend = spending.summarise(params, calendar, history)
    sales = expected_sales(params, calendar, history, spend, horizon_days)
    return sales - spending.expected_returns(params, history, end)


def expected_sales(
    params: ShopParams, calendar: Calendar, history: SeenHistory, spend: spending.Spending, horizon_days: int
) -> np.ndarray:
    """Expected net revenue of the orders placed in the days after the history, (n,) money."""
    times = timing.summarise(params, calendar, history)
    ahead = _ahead(params, calendar, history, horizon_days)
    sales = np.empty(history.n)
    for start in range(0, history.n, CHUNK):
        some = slice(start, start + CHUNK)
        part = Ahead(ahead.time[some], ahead.worth[some])
        sales[some] = _mean(params, times.rows(some), part, spend.rows(some)) * spend.value[some]
    return sales


def _mean(params: ShopParams, times: Timing, ahead: Ahead, spend: spending.Spending) -> np.ndarray:
    """Expected worth of future orders times the level, over all nodes of all grids, (n,)."""
    log_weights, values = [], []
    for grid in activity.grids(params, times):
        seen, level = spend.given_rate(params, grid.rate / times.rate_scale[:, None])
        events = (grid.k * grid.rate)[:, :, None] * ahead.time[:, None, :]
        orders = np.diff(expected_orders(grid.k, events, grid.phase[..., None]), axis=2)
        log_weights.append(grid.log_weight + seen)
        values.append(np.einsum("nqf,nf->nq", orders, ahead.worth) * grid.active * level)
    log_weight = np.concatenate(log_weights, axis=1)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return (weight * np.concatenate(values, axis=1)).sum(axis=1) / weight.sum(axis=1)


def _ahead(params: ShopParams, calendar: Calendar, history: SeenHistory, horizon_days: int) -> Ahead:
    first, end = history.first, history.first + horizon_days
    edges = fortnights(first, end)
    elapsed = calendar.elapsed
    if first <= (params.experiment_start - params.start).days:  # the arms are not assigned yet
        elapsed = np.broadcast_to(arm_shares(params) @ elapsed, elapsed.shape)
    survival = Lomax.of_shop(params, history)
    middle = (edges[1:] + edges[:-1]) / 2
    active = survival.of(np.arange(history.n)[:, None], middle) / survival.at(first)[:, None]
    worth = mean_worth(calendar, order_worth(params, calendar, first, end), edges)
    return Ahead((elapsed[:, edges] - elapsed[:, [first]])[history.arm], active * worth)
