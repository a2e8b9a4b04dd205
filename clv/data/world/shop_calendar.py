"""The calendar of a shop: the order rate by season, week, sales and promotions, and prices over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from clv.data.world import catalogue
from clv.data.world.params import BoomParams, ClosureParams, DriftParams, Event, ShopParams
from clv.data.world.streams import stream

YEAR = 365.25
SEASON_PEAK_DAY = 340  # of the year: early December
BLACK_FRIDAY_DAYS = 4  # through the Monday after
CHRISTMAS_SALES = (12, 19)  # days of December


@dataclass(frozen=True)
class Calendar:
    """Factors by day since the start, (n_days,) each, reaching as far into the future as forecasts do.

    `rates` has one row per arm of the experiment, the control first: the factor on a customer's order rate, whose mean
    over the history is 1 in the control arm, apart from a closure or a boom. `price` is the level of prices, `discount`
    the share of discounted orders. `elapsed`, (arms, n_days + 1), is the running sum of `rates`: the operational time
    in which orders are a renewal process without a calendar.
    """

    rates: np.ndarray
    price: np.ndarray
    discount: np.ndarray
    elapsed: np.ndarray

    def operational(self, arm: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Operational time, (n,), at days since the start, for customers in arms, (n,) from 0."""
        result = np.empty(len(day))
        for a, elapsed in enumerate(self.elapsed):
            result[arm == a] = np.interp(day[arm == a], np.arange(len(elapsed)), elapsed)
        return result

    def day_at(self, arm: np.ndarray, time: np.ndarray) -> np.ndarray:
        """The inverse of `operational`."""
        result = np.empty(len(time))
        for a, elapsed in enumerate(self.elapsed):
            result[arm == a] = np.interp(time[arm == a], elapsed, np.arange(len(elapsed)))
        return result


def make_calendar(params: ShopParams, seed: int, n_days: int, event: Event | None = None) -> Calendar:
    """The first n_days days of a shop; those beyond its history are what a forecast would need to know."""
    days = np.arange(n_days)
    dates = [params.start + timedelta(days=int(day)) for day in days]
    promotion = _promotions(params, seed, n_days)
    rate = season(days + 0.5, params) * _week(dates, params.weekend_factor)
    rate = rate * np.where(_sales(dates), params.holiday_factor, 1.0)
    rate = rate * np.where(promotion, params.promotion_factor, 1.0)
    rate = rate / rate[: params.n_days].mean() * _pace(days, params, event)  # other days stay as they were
    first = (params.experiment_start - params.start).days
    inside = (days >= first) & (days < first + params.experiment_days)
    rates = rate * (1 + np.outer(lift(params), inside))
    price = (1 + params.price_growth_per_year) ** (days / YEAR)
    if isinstance(event, DriftParams):
        price = price * np.where(days >= (event.date - params.start).days, event.factor, 1.0)
    discount = params.discount_share * np.where(promotion, catalogue.PROMOTION_DISCOUNTS, 1.0)
    elapsed = np.concatenate([np.zeros((len(rates), 1)), rates.cumsum(axis=1)], axis=1)
    return Calendar(rates, price, np.minimum(discount, 1.0), elapsed)


def season(days: np.ndarray, params: ShopParams) -> np.ndarray:
    """Factor on the order rate at some days since the start; its mean over a year is 1."""
    angle = 2 * np.pi * (days + params.start.timetuple().tm_yday - SEASON_PEAK_DAY) / YEAR
    return 1 + params.seasonality * np.cos(angle)


def lift(params: ShopParams) -> np.ndarray:
    """Relative increase of the order rate in each arm, (arms,)."""
    channel = np.repeat(np.arange(len(catalogue.TEST_CHANNELS)), len(catalogue.TEST_COSTS))
    return np.append(0.0, lift_at(params, channel, catalogue.EXPERIMENT_COSTS[1:]))


def lift_at(params: ShopParams, channel: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Relative increase of the order rate by money spent per customer and channel (code): a Hill curve, (n,)."""
    most = params.experiment_lift * catalogue.TEST_LIFT[channel]
    return np.asarray(most * cost / (cost + catalogue.TEST_HALF_COST[channel]))


def _pace(days: np.ndarray, params: ShopParams, event: Event | None) -> np.ndarray:
    """Factor on the order rate: 0 while the shop is closed, above 1 in a boom."""
    if not isinstance(event, ClosureParams | BoomParams):
        return np.ones(len(days))
    first = (event.start - params.start).days
    inside = (days >= first) & (days < first + event.days)
    return np.where(inside, event.factor if isinstance(event, BoomParams) else 0.0, 1.0)


def _week(dates: Sequence[date], weekend_factor: float) -> np.ndarray:
    """Factor by day of the week, with mean 1 over a week."""
    weekend = np.array([day.weekday() >= 5 for day in dates])
    return np.where(weekend, weekend_factor, 1.0) * 7 / (5 + 2 * weekend_factor)


def _sales(dates: Sequence[date]) -> np.ndarray:
    """Days of sales: before Christmas, and from Black Friday (after the fourth Thursday of November) to Monday."""

    def on_sale(day: date) -> bool:
        first = date(day.year, 11, 1)
        black_friday = first + timedelta(days=(3 - first.weekday()) % 7 + 22)
        since = (day - black_friday).days
        before_christmas = day.month == 12 and CHRISTMAS_SALES[0] <= day.day <= CHRISTMAS_SALES[1]
        return 0 <= since < BLACK_FRIDAY_DAYS or before_christmas

    return np.array([on_sale(day) for day in dates])


def _promotions(params: ShopParams, seed: int, n_days: int) -> np.ndarray:
    """Whether a week-long promotion runs. Each week is one draw, so a longer calendar begins like a shorter one."""
    week = np.arange(n_days) // 7
    runs = stream(seed, "promotion").random(week[-1] + 1) < params.promotions_per_year * 7 / YEAR
    return runs[week]
