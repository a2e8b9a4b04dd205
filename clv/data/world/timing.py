"""Summary of order times: what they show of the rate and regularity of orders, and of dropout."""

from dataclasses import dataclass

import numpy as np

from clv.data.world.customers import MOST_REGULAR, dropout_scale
from clv.data.world.params import ShopParams
from clv.data.world.seen_history import SeenHistory
from clv.data.world.shop_calendar import YEAR, Calendar

CELLS = 32  # into which the time since the last order, with a possible dropout, is divided
MOST_CERTAIN = 500.0  # limit of the log odds of dropout, which thousands of touches would let overflow


@dataclass(frozen=True)
class Timing:
    """Summary of when n customers ordered: all that the posterior of rate and regularity needs.

    Attributes
    ----------
    repeats: orders after the first, (n,). log_gaps: sums over the gaps between orders of the logs of their (k-1)-th
    powers, (n, 4) for k from 1. span: operational time from the first order to the last, (n,). open: operational time
    from the last order to the edges of the cells, (n, CELLS + 1), from 0 to now. dropped: probability of dropping out
    in each cell, times the likelihood ratio of the touches for it, (n, CELLS). active: G(T), (n,). rate_scale: prior
    mean of orders per day, over its shape, (n,).
    """

    repeats: np.ndarray
    log_gaps: np.ndarray
    span: np.ndarray
    open: np.ndarray
    dropped: np.ndarray
    active: np.ndarray
    rate_scale: np.ndarray

    def rows(self, some: slice) -> "Timing":
        """The same for some customers."""
        return Timing(**{name: values[some] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Lomax:
    """Survival of n customers from acquisition, by days since the start of the shop, (n,)."""

    shape: float
    scale: np.ndarray
    acquired: np.ndarray

    @classmethod
    def of_shop(cls, params: ShopParams, history: SeenHistory) -> "Lomax":
        """The prior for the customers of a history."""
        first = np.searchsorted(history.orders["customer"], np.arange(history.n))
        scale = dropout_scale(params) * history.quality
        return cls(params.lifetime_shape, scale, history.orders["day"].to_numpy()[first] + 0.5)

    def at(self, day: float) -> np.ndarray:
        """Probability of not having dropped out by a day, (n,)."""
        return self.of(np.arange(len(self.scale)), np.asarray(day))

    def of(self, customer: np.ndarray, day: np.ndarray) -> np.ndarray:
        """The same for customers (m,) and days that broadcast with them."""
        return np.exp(-self.shape * np.log1p((day - self.acquired[customer]) / self.scale[customer]))


def summarise(params: ShopParams, calendar: Calendar, history: SeenHistory) -> Timing:
    """Summarise what the history shows of when customers order."""
    day, customer = history.orders["day"].to_numpy(), history.orders["customer"].to_numpy()
    last = np.searchsorted(customer, np.arange(history.n), side="right") - 1
    first = np.searchsorted(customer, np.arange(history.n))
    # Only the day of an order is known; its middle is taken as the time.
    since = day[last] + 0.5
    begun, latest = (calendar.operational(history.arm, day[row] + 0.5) for row in (first, last))
    now = calendar.operational(history.arm, np.full(history.n, float(history.first)))
    parts = np.linspace(0, 1, CELLS + 1) ** 2
    edges = (now - latest)[:, None] * parts
    arms = np.repeat(history.arm, CELLS + 1)
    days = calendar.day_at(arms, (latest[:, None] + edges).ravel()).reshape(edges.shape)
    days[:, 0], days[:, -1] = since, history.first
    survival = Lomax.of_shop(params, history)
    return Timing(
        last - first,
        _log_gaps(calendar, history),
        latest - begun,
        edges,
        _dropped(history, survival, days),
        survival.at(history.first),
        params.orders_per_year / params.rate_shape / YEAR * history.rate_factor,
    )


def _log_gaps(calendar: Calendar, history: SeenHistory) -> np.ndarray:
    """Sums over a customer's gaps of the logs of the mean (k-1)-th powers of the gap, (n, 4).

    The means are over the true times of the two orders, which are independent and uniform within their days.
    """
    customer, day = history.orders["customer"].to_numpy(), history.orders["day"].to_numpy()
    arm = history.arm[customer]
    opens, closes = (calendar.elapsed[arm, day + late] for late in (0, 1))
    gap = np.diff((opens + closes) / 2)
    width = closes - opens
    variance = (width[1:] ** 2 + width[:-1] ** 2) / 12
    same = np.diff(day) == 0  # two uniform points of a day are on average a third of it apart
    powers = [np.where(same, width[1:] / 3, gap)]
    powers.append(np.where(same, width[1:] ** 2 / 6, gap**2 + variance))
    powers.append(np.where(same, width[1:] ** 3 / 10, gap**3 + 3 * gap * variance))
    sums = np.zeros((history.n, MOST_REGULAR))
    within = np.diff(customer) == 0
    for k, power in enumerate(powers, start=2):
        sums[:, k - 1] = np.bincount(customer[1:][within], np.log(power[within]), history.n)
    return sums


def _dropped(history: SeenHistory, survival: Lomax, edges: np.ndarray) -> np.ndarray:
    """Probability of dropping out between edges (days, (n, CELLS + 1)) and of the touches seen, (n, CELLS).

    It is relative to the probability of the touches given that the customer is active now.
    """
    touched = history.touches[history.touches["time"].to_numpy() > edges[history.touches["customer"], 0]]
    of_edge = np.repeat(np.arange(history.n), edges.shape[1])
    customer = np.concatenate([of_edge, touched["customer"].to_numpy()])
    time = np.concatenate([edges.ravel(), touched["time"].to_numpy()])
    order = np.lexsort((np.arange(len(time)), time, customer))
    customer, time = customer[order], time[order]
    log_odds = np.concatenate([np.zeros(len(of_edge)), touched["log_odds"].to_numpy()])[order]
    # A customer who drops out before a touch is inactive for it and for all later ones.
    later = log_odds[::-1].cumsum()[::-1]
    after = np.append(later, 0.0)[np.searchsorted(customer, customer, side="right")]
    left = survival.of(customer, time)
    segment = np.flatnonzero(np.diff(customer) == 0) + 1
    spoken = np.clip((later - after)[segment], -MOST_CERTAIN, MOST_CERTAIN)
    chance = (left[segment - 1] - left[segment]) * np.exp(spoken)
    edges_before = np.cumsum(order < len(of_edge))[segment - 1]
    cell = edges_before - 1 - customer[segment]  # each customer has one more edge than cells
    return np.bincount(cell, chance, history.n * CELLS).reshape(history.n, CELLS)
