"""The season: how much more or less than usual the base buys on each day of the year.

Buy-till-you-die models know no calendar. Here they run in operational time, which passes faster in busy weeks: an
operational day is a day of average business. A horizon over Christmas is then a long one, and nothing else in the
models changes. For the rate of purchases that is exact (a Poisson process with a periodic rate, Cox and Isham 1980,
"Point processes", section 4.2); for dropping out by calendar time, as in the Pareto/NBD model, it is an approximation.
"""

from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from clv.features.past import days_since_epoch
from clv.models.btyd.purchase_model import PurchaseModel
from clv.models.newton import penalised_maximum
from clv.models.rounding import significant_array

YEAR = 365.25
HARMONICS = 3
FULL_HISTORY_YEARS = 2.0  # in one year, season and age of the base cannot be told apart
PENALTY = 50.0  # purchases' worth of doubt about each harmonic: a small shop has no season to speak of
ROUNDS = 2  # the model is fitted in the time that the season of the round before made
DIGITS = 6
DECIMALS = 4  # of operational days: histories stay the same on every CPU, and alike ones alike


@dataclass(frozen=True)
class Season:
    """The index of a day is exp of a sum of `harmonics`, cosine and sine of one, two, ... turns a year; its mean is 1.

    Without harmonics there is no season.
    """

    harmonics: tuple[float, ...] = ()

    def index(self, day: np.ndarray) -> np.ndarray:
        """Purchases on days since 1970, over those of an average day, (n,)."""
        return np.exp(_waves(day, len(self.harmonics) // 2) @ np.array(self.harmonics)) / self._mean

    def elapsed(self, day: np.ndarray) -> np.ndarray:
        """Operational days up to and including days since 1970, (n,); only differences mean anything."""
        if not self.harmonics or not np.size(day):
            return np.asarray(day, dtype="float64")
        first, last = int(np.min(day)), int(np.max(day))
        between = np.round(np.cumsum(self.index(np.arange(1, last + 1))), DECIMALS) if last > 0 else np.zeros(1)
        assert first > 0, "histories begin after 1970"
        return between[np.asarray(day, dtype="int64") - 1]

    def by_month(self) -> list[float]:
        """The mean index of each month of a year, 12."""
        days = np.arange(np.datetime64("2025-01-01"), np.datetime64("2026-01-01"))
        month = days.astype("datetime64[M]").astype("int64") % 12
        return (np.bincount(month, self.index(days.astype("int64"))) / np.bincount(month)).tolist()

    @cached_property
    def _mean(self) -> float:
        four_years = np.arange(1461)
        return float(np.exp(_waves(four_years, len(self.harmonics) // 2) @ np.array(self.harmonics)).mean())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Season":
        """The season that `to_dict` wrote."""
        return cls(tuple(content["harmonics"]))


NO_SEASON = Season()


def fit_season(base: pd.DataFrame, snapshot: pd.DataFrame, as_of: date, model: type[PurchaseModel]) -> Season:
    """The season as known at a date, from the purchases of the base by day (`clv.features.base`) up to it.

    What is seen each day is compared with what `model`, fitted to the histories of the snapshot cut at that date, would
    expect of customers of their age; a trend is taken out. Shrunk where the history is under two years, to
    none under one.
    """
    days = _known(base, as_of)
    weight = np.clip(len(days) / YEAR - (FULL_HISTORY_YEARS - 1), 0, 1)
    if weight == 0 or days["repeat_orders"].sum() == 0:
        return NO_SEASON
    season = NO_SEASON
    for _ in range(ROUNDS):
        fitted = model.fit(*operational_history(snapshot, as_of, season))
        by_age = np.diff(fitted.expected_purchases_of_new(np.arange(len(days) + 1.0)))
        expected = np.convolve(days["new_customers"], np.concatenate([[0.0], by_age]))[: len(days)]
        harmonics = _log_linear(days["day"].to_numpy(), days["repeat_orders"].to_numpy(), expected) * weight
        season = Season(tuple(significant_array(harmonics, DIGITS)))
    return season


def _known(base: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The days of the base up to a date, those without purchases at their end too, whatever came after them."""
    known = pd.RangeIndex(base["day"].min(), days_since_epoch(as_of) + 1, name="day")
    return base.set_index("day").reindex(known, fill_value=0).reset_index()


def operational_history(
    snapshot: pd.DataFrame, cutoff: date, season: Season
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, t_x and T of the customers of a snapshot, (n,) each, in operational days."""
    today = days_since_epoch(cutoff)
    tenure, recency = snapshot["tenure_days"].to_numpy(), snapshot["recency_days"].to_numpy()
    now, first, last = (season.elapsed(today - ago) for ago in (np.zeros(len(snapshot)), tenure, recency))
    T = np.round(now - first, DECIMALS)
    return snapshot["frequency"].to_numpy(dtype="float64"), np.round(last - first, DECIMALS), T


def _waves(day: np.ndarray, n: int) -> np.ndarray:
    """Cosine and sine of one to n turns a year, (days, 2 n)."""
    turn = 2 * np.pi * np.asarray(day, dtype="float64") / YEAR
    waves = [f(k * turn) for k in range(1, n + 1) for f in (np.cos, np.sin)]
    return np.column_stack(waves) if waves else np.empty((len(turn), 0))


def _log_linear(day: np.ndarray, seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Coefficients of the waves in a Poisson regression of what was seen, with level and trend."""
    some = expected > 0
    day, seen, expected = day[some], seen[some], expected[some]
    design = np.column_stack([np.ones(len(day)), (day - day[-1]) / YEAR, _waves(day, HARMONICS)])
    penalty = np.concatenate([[1e-9, 1e-9], np.full(2 * HARMONICS, PENALTY)])
    start = np.zeros(design.shape[1])
    start[0] = np.log(max(seen.sum(), 0.5) / expected.sum())

    def slope(found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean = expected * np.exp(np.clip(design @ found, -20, 20))
        gradient = design.T @ (seen - mean) - penalty * found
        return gradient, (design.T * mean) @ design + np.diag(penalty)

    return penalised_maximum(slope, start)[2:]
