"""At which times of the week and the year a customer buys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa

from clv.features.events import Events, Text
from clv.features.feature import Feature
from clv.features.history import History
from clv.features.past import ratio

QUARTERS = ("Q1", "Q2", "Q3", "Q4")
PARTS = 2**20  # units per radius of the circle of the year, so that sums of coordinates are whole numbers
MEAN_YEAR_DAYS = 365.25


@dataclass(frozen=True)
class OnDay:
    """A function of days since 1970 as a column of events, computed once per distinct day."""

    function: Callable[[np.ndarray], np.ndarray]

    def __call__(self, events: Events) -> np.ndarray:
        first = int(events.day.min(initial=0))
        every = np.arange(first, int(events.day.max(initial=0)) + 1)
        return self.function(every)[events.day - first]


@dataclass(frozen=True)
class InQuarter:
    """Whether a purchase day is in a calendar quarter, from 0."""

    number: int

    def __call__(self, days: Events) -> np.ndarray:
        return QUARTER(days) == self.number


def is_weekend(day: np.ndarray) -> np.ndarray:
    """Whether a day is a Saturday or Sunday; 1970 began on a Thursday."""
    return (day + 3) % 7 >= 5


def is_season(day: np.ndarray) -> np.ndarray:
    """Whether a day is from 20 November to 24 December, the weeks of sales and presents."""
    month, of_month = _month(day) % 12, _day_of_month(day)
    return ((month == 10) & (of_month >= 20)) | ((month == 11) & (of_month <= 24))


def christmas_distance(day: np.ndarray) -> np.ndarray:
    """Days to the nearest 25 December, before or after."""
    year = _month(day) // 12
    return np.minimum(np.abs(day - _christmas(year - 1)), np.abs(day - _christmas(year)))


def quarter(day: np.ndarray) -> np.ndarray:
    """Calendar quarter, from 0."""
    return _month(day) % 12 // 3


def circle_x(day: np.ndarray) -> np.ndarray:
    """First coordinate on the circle of the year, in PARTS."""
    return np.rint(np.cos(_angle(day)) * PARTS).astype("int64")


def circle_y(day: np.ndarray) -> np.ndarray:
    """Second coordinate on the circle of the year, in PARTS."""
    return np.rint(np.sin(_angle(day)) * PARTS).astype("int64")


QUARTER = OnDay(quarter)


def quarter_name(days: Events) -> Text:
    """Calendar quarter of purchase days."""
    return Text(QUARTER(days), pa.array(QUARTERS))


def _angle(day: np.ndarray) -> np.ndarray:
    return 2 * np.pi * (day / MEAN_YEAR_DAYS % 1)


def _month(day: np.ndarray) -> np.ndarray:
    """Months since 1970."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype("int64")


def _day_of_month(day: np.ndarray) -> np.ndarray:
    date = day.astype("datetime64[D]")
    return (date - date.astype("datetime64[M]")).astype("int64") + 1


def _christmas(year: np.ndarray) -> np.ndarray:
    """25 December of a year since 1970, as a day since 1970."""
    return (year * 12 + 11).astype("datetime64[M]").astype("datetime64[D]").astype("int64") + 24


def season_strength(h: History) -> np.ndarray:
    """Length of the mean position of the purchase days on the circle of the year: 1 if all are on one date."""
    x, y = h.days.mean(OnDay(circle_x)) / PARTS, h.days.mean(OnDay(circle_y)) / PARTS
    return np.where(h.days.count() > 1, np.sqrt(x * x + y * y), np.nan)


def coming_quarter_share(h: History) -> np.ndarray:
    """Share of purchase days that were in the calendar quarter of the day after the cutoff."""
    number = ((h.cutoff + timedelta(days=1)).month - 1) // 3
    return ratio(h.days.count(InQuarter(number)), h.days.count())


FEATURES: tuple[Feature, ...] = (
    Feature(
        "weekend_share",
        "share",
        "calendar",
        "Share of purchase days that were Saturdays or Sundays",
        lambda h: ratio(h.days.count(OnDay(is_weekend)), h.days.count()),
    ),
    Feature(
        "season_strength",
        "share",
        "calendar",
        "How much purchase days (two or more) keep to one time of the year: 1 wholly, 0 not at all",
        season_strength,
    ),
    Feature(
        "season_share",
        "share",
        "calendar",
        "Share of purchase days from 20 November to 24 December",
        lambda h: ratio(h.days.count(OnDay(is_season)), h.days.count()),
    ),
    Feature(
        "christmas_distance_days",
        "days",
        "calendar",
        "Mean days from purchase days to the nearest 25 December, before or after",
        lambda h: h.days.mean(OnDay(christmas_distance)),
    ),
    Feature(
        "first_quarter",
        "text",
        "calendar",
        "Calendar quarter of the first purchase",
        lambda h: h.days.first_label(quarter_name),
    ),
    Feature(
        "peak_quarter",
        "text",
        "calendar",
        "Calendar quarter with most purchase days; of equal ones that which got there last",
        lambda h: h.days.most_frequent(quarter_name),
    ),
    Feature(
        "peak_quarter_share",
        "share",
        "calendar",
        "Share of purchase days in the peak quarter",
        lambda h: ratio(h.days.count_of_most_frequent(quarter_name), h.days.count()),
    ),
    Feature(
        "coming_quarter_share",
        "share",
        "calendar",
        "Share of purchase days in the calendar quarter of the day after the cutoff",
        coming_quarter_share,
    ),
)
