"""The season: how much more or less than usual the base buys on each day of the year.

Buy-till-you-die models know no calendar. Here they run in operational time, which passes faster in busy weeks and
stands still while the shop is closed: an operational day is a day of average business. A horizon over Christmas is then
a long one, and nothing else in the models changes. This is exact for the purchase rate (a Poisson process with a
periodic rate, Cox and Isham 1980, "Point processes", section 4.2). For dropout in calendar time, as in the Pareto/NBD
model, it is an approximation.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from clv.features.past import days_since_epoch
from clv.models.btyd.closed_days import is_open, known_closed
from clv.models.btyd.params import BtydParams, ClosedDays
from clv.models.btyd.purchases import PURCHASE_MODELS
from clv.models.btyd.waves import YEAR, fit_waves, waves
from clv.models.rounding import significant_array
from clv.strict import build

FIRST_YEARS = 1.0  # of open days, in which the season cannot be distinguished from the age of the base
FULL_YEARS = 1.5  # from which the estimated season is used without shrinkage
ROUNDS = 2  # each fits the model in the operational time of the previous season
DIGITS = 6
DECIMALS = 4  # of operational days, so that histories are the same on every CPU and equal ones stay equal


@dataclass(frozen=True)
class Season:
    """The index of a day is exp of a sum of `harmonics`, cosine and sine of one, two, ... turns per year, with mean 1.

    Without harmonics there is no season. No time passes on `closed` days.
    """

    harmonics: tuple[float, ...] = ()
    closed: tuple[ClosedDays, ...] = ()

    def index(self, day: np.ndarray) -> np.ndarray:
        """Purchases on days since 1970 over those of an average open day, (n,)."""
        return np.where(is_open(day, self.closed), self._usual(day), 0.0)

    def elapsed(self, day: np.ndarray) -> np.ndarray:
        """Operational days up to and including days since 1970, (n,); only differences are meaningful."""
        if not (self.harmonics or self.closed) or not np.size(day):
            return np.asarray(day, dtype="float64")
        first, last = int(np.min(day)), int(np.max(day))
        between = np.round(np.cumsum(self.index(np.arange(1, last + 1))), DECIMALS) if last > 0 else np.zeros(1)
        assert first > 0, "histories begin after 1970"
        return between[np.asarray(day, dtype="int64") - 1]

    def span(self, after: date, days: int) -> float:
        """The operational days within a number of days after a date."""
        start = days_since_epoch(after)
        now, then = self.elapsed(np.array([start, start + days]))
        return float(np.round(then - now, DECIMALS))

    def by_month(self) -> list[float]:
        """The mean index of each month, 12 values, in a year in which the shop is always open."""
        days = np.arange(np.datetime64("2025-01-01"), np.datetime64("2026-01-01"))
        month = days.astype("datetime64[M]").astype("int64") % 12
        return (np.bincount(month, self._usual(days.astype("int64"))) / np.bincount(month)).tolist()

    def _usual(self, day: np.ndarray) -> np.ndarray:
        return self._level(day) / self._mean

    def _level(self, day: np.ndarray) -> np.ndarray:
        return np.exp(waves(day, len(self.harmonics) // 2) @ np.array(self.harmonics))

    @cached_property
    def _mean(self) -> float:
        four_years = np.arange(1461)
        return float(self._level(four_years).mean())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"harmonics": list(self.harmonics), "closed": [span.to_dict() for span in self.closed]}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Season":
        """Restore what `to_dict` returned."""
        return cls(tuple(content["harmonics"]), tuple(build(ClosedDays, span, "closed") for span in content["closed"]))


NO_SEASON = Season()


def fit_season(base: pd.DataFrame, snapshot: pd.DataFrame, as_of: date, params: BtydParams) -> Season:
    """The season as known at a date, from the purchases of the base by day (`clv.features.base`) up to it.

    The purchases on each day are compared with those that the purchase model, fitted to the histories of the snapshot
    at that date, expects from customers of their age; a trend is removed. Days on which the shop was closed are not
    observations, and customers do not age on them. With less than one and a half years of history the season is shrunk,
    with less than one year to none.
    """
    closed = known_closed(base, as_of, params.closed)
    days = _open_days(base, as_of, closed)
    believed = np.clip((len(days) / YEAR - FIRST_YEARS) / (FULL_YEARS - FIRST_YEARS), 0, 1)
    season = Season(closed=closed)
    if params.season == "none" or believed == 0 or days["repeat_orders"].sum() == 0:
        return season
    for _ in range(ROUNDS):
        fitted = PURCHASE_MODELS[params.purchases].fit(*operational_history(snapshot, as_of, season))
        by_age = np.diff(fitted.expected_purchases_of_new(np.arange(len(days) + 1.0)))
        expected = np.convolve(days["new_customers"], np.concatenate([[0.0], by_age]))[: len(days)]
        found = fit_waves(days["day"].to_numpy(), days["repeat_orders"].to_numpy(), expected) * believed
        season = Season(tuple(significant_array(found, DIGITS)), closed)
    return season


def _open_days(base: pd.DataFrame, as_of: date, closed: tuple[ClosedDays, ...]) -> pd.DataFrame:
    """The days of the base up to a date on which the shop was open, including days without purchases at the end.

    Customers whose first purchase is on a closed day, if the given days are wrong, count from the open day before.
    """
    known = pd.RangeIndex(base["day"].min(), days_since_epoch(as_of) + 1, name="day")
    days = base.set_index("day").reindex(known, fill_value=0).reset_index()
    open_ = is_open(days["day"].to_numpy(), closed)
    position = np.maximum(np.cumsum(open_) - 1, 0)
    new = np.bincount(position, days["new_customers"], int(open_.sum()))
    return days[open_].assign(new_customers=new[: open_.sum()]).reset_index(drop=True)


def operational_history(
    snapshot: pd.DataFrame, cutoff: date, season: Season
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, t_x and T of the customers of a snapshot, (n,) each, in operational days."""
    today = days_since_epoch(cutoff)
    tenure, recency = snapshot["tenure_days"].to_numpy(), snapshot["recency_days"].to_numpy()
    now, first, last = (season.elapsed(today - ago) for ago in (np.zeros(len(snapshot)), tenure, recency))
    T = np.round(now - first, DECIMALS)
    return snapshot["frequency"].to_numpy(dtype="float64"), np.round(last - first, DECIMALS), T
