"""When customers ordered, as far as it tells how often and how regularly they do, and whether they dropped out."""

from dataclasses import dataclass

import numpy as np

from clv.data.world.customers import MOST_REGULAR, dropout_scale
from clv.data.world.params import ShopParams
from clv.data.world.seen_history import SeenHistory
from clv.data.world.shop_calendar import YEAR, Calendar

CELLS = 32  # of the time since the last order, in which a customer may have dropped out
MOST_CERTAIN = 500.0  # log odds of having dropped out, which thousands of touches would drive beyond what floats hold


@dataclass(frozen=True)
class Timing:
    """When n customers ordered, summarised: all that the posterior of rate and regularity asks for.

    Attributes
    ----------
    repeats: orders after the first, (n,). log_gaps: sums over the gaps between orders of the logs of their (k-1)-th
    powers, (n, 4) for k from 1. span: operational time from the first order to the last, (n,).
    open: operational time from the last order to the edges of the cells, (n, CELLS + 1), from 0 to now.
    dropped: chance to drop out in each cell, times what the touches speak for it, (n, CELLS). active: G(T), (n,).
    rate_scale: mean prior rate of orders, per day, over its shape, (n,).
    """

    repeats: np.ndarray
    log_gaps: np.ndarray
    span: np.ndarray
    open: np.ndarray
    dropped: np.ndarray
    active: np.ndarray
    rate_scale: np.ndarray

    def rows(self, some: slice) -> "Timing":
        """The same of some customers."""
        return Timing(**{name: values[some] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Lomax:
    """Survival of n customers from acquisition, on days since the start of the shop, (n,)."""

    shape: float
    scale: np.ndarray
    acquired: np.ndarray

    @classmethod
    def of_shop(cls, params: ShopParams, history: SeenHistory) -> "Lomax":
        """The prior of the customers of a history."""
        first = np.searchsorted(history.orders["customer"], np.arange(history.n))
        scale = dropout_scale(params) * history.quality
        return cls(params.lifetime_shape, scale, history.orders["day"].to_numpy()[first] + 0.5)

    def at(self, day: float) -> np.ndarray:
        """Probability not to have dropped out by a day, (n,)."""
        return self.of(np.arange(len(self.scale)), np.asarray(day))

    def of(self, customer: np.ndarray, day: np.ndarray) -> np.ndarray:
        """The same of customers (m,) by days that broadcast with them."""
        return np.exp(-self.shape * np.log1p((day - self.acquired[customer]) / self.scale[customer]))


def summarise(params: ShopParams, calendar: Calendar, history: SeenHistory) -> Timing:
    """What the history says of when the customers order."""
    day, customer = history.orders["day"].to_numpy(), history.orders["customer"].to_numpy()
    last = np.searchsorted(customer, np.arange(history.n), side="right") - 1
    first = np.searchsorted(customer, np.arange(history.n))
    # Only the day of an order is true: it stands for its middle.
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

    Means over the true times of the two orders, which are uniform in their days, each on its own.
    """
    customer, day = history.orders["customer"].to_numpy(), history.orders["day"].to_numpy()
    arm = history.arm[customer]
    opens, closes = (calendar.elapsed[arm, day + late] for late in (0, 1))
    gap = np.diff((opens + closes) / 2)
    width = closes - opens
    variance = (width[1:] ** 2 + width[:-1] ** 2) / 12
    same = np.diff(day) == 0  # two points of a day are a third of it apart
    powers = [np.where(same, width[1:] / 3, gap)]
    powers.append(np.where(same, width[1:] ** 2 / 6, gap**2 + variance))
    powers.append(np.where(same, width[1:] ** 3 / 10, gap**3 + 3 * gap * variance))
    sums = np.zeros((history.n, MOST_REGULAR))
    within = np.diff(customer) == 0
    for k, power in enumerate(powers, start=2):
        sums[:, k - 1] = np.bincount(customer[1:][within], np.log(power[within]), history.n)
    return sums


def _dropped(history: SeenHistory, survival: Lomax, edges: np.ndarray) -> np.ndarray:
    """Chance to drop out between edges (days, (n, CELLS + 1)) and to see the touches as they are, (n, CELLS).

    Relative to seeing them given that the customer is active now.
    """
    touched = history.touches[history.touches["time"].to_numpy() > edges[history.touches["customer"], 0]]
    of_edge = np.repeat(np.arange(history.n), edges.shape[1])
    customer = np.concatenate([of_edge, touched["customer"].to_numpy()])
    time = np.concatenate([edges.ravel(), touched["time"].to_numpy()])
    order = np.lexsort((np.arange(len(time)), time, customer))
    customer, time = customer[order], time[order]
    log_odds = np.concatenate([np.zeros(len(of_edge)), touched["log_odds"].to_numpy()])[order]
    # Who drops out before a touch has left it unanswered, and all that came after.
    later = log_odds[::-1].cumsum()[::-1]
    after = np.append(later, 0.0)[np.searchsorted(customer, customer, side="right")]
    left = survival.of(customer, time)
    segment = np.flatnonzero(np.diff(customer) == 0) + 1
    spoken = np.clip((later - after)[segment], -MOST_CERTAIN, MOST_CERTAIN)
    chance = (left[segment - 1] - left[segment]) * np.exp(spoken)
    edges_before = np.cumsum(order < len(of_edge))[segment - 1]
    cell = edges_before - 1 - customer[segment]  # each customer has one edge more than cells
    return np.bincount(cell, chance, history.n * CELLS).reshape(history.n, CELLS)
