"""Comparing new data with those of an earlier run: which days are new, and what was usual before them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from clv.data.profiling.shop_profile import EPOCH, MILLI, ShopProfile

USUAL_DAYS = 56  # eight of each weekday, from which the usual values are taken
WEEK = 7
SURE = 3  # standard deviations beyond which a difference is not attributed to chance


@dataclass(frozen=True)
class Profiled:
    """The data of a run: the profile of its clean lines, raw rows by table, and rejected order lines by rule."""

    profile: ShopProfile
    raw_rows: Mapping[str, int]
    rejected: Mapping[str, int]


@dataclass(frozen=True)
class Measured:
    """What a rule measures: the value, less what chance explains, that its limit bounds, and a description in words."""

    value: float
    text: str


@dataclass(frozen=True)
class Usual:
    """A count, the usual count, and the difference in standard deviations."""

    count: float
    usual: float
    z: float


@dataclass(frozen=True)
class Comparison:
    """The data of an earlier run and the current data, which should continue after them, compared on `today`."""

    then: Profiled
    now: Profiled
    today: date

    @property
    def new_days(self) -> int:
        """Days after the last day of the earlier run."""
        return (self.now.profile.last_day - self.then.profile.last_day).days

    @property
    def begins_later(self) -> int:
        """Days by which the data begin later than before."""
        return (self.now.profile.first_day - self.then.profile.first_day).days

    @cached_property
    def fresh(self) -> pd.DataFrame:
        """Days with lines that the earlier run had not seen: new days, and its last day if that now has more lines."""
        days = self.now.profile.days
        then, now = (self._on(table, self._known) for table in (self.then.profile.days, days))
        return days[days["day"] >= self._known] if now["lines"] > then["lines"] else days[days["day"] > self._known]

    @cached_property
    def before(self) -> pd.DataFrame:
        """The days with lines from which the usual values are taken."""
        days, seen = self.now.profile.days, ~self.now.profile.days["day"].isin(self.fresh["day"])
        return days[seen & (days["day"] <= self._known) & (days["day"] > self._known - USUAL_DAYS)]

    @cached_property
    def known_days(self) -> pd.DataFrame:
        """One row per day that both cover: lines and net_minor then and now.

        The last day of the earlier run is left out, because it may have been incomplete.
        """
        profiles = {"then": self.then.profile, "now": self.now.profile}
        first = max(int(profile.days["day"].iloc[0]) for profile in profiles.values())
        tables = [
            profile.days.set_index("day")[["lines", "net_minor"]].add_suffix(f"_{when}")
            for when, profile in profiles.items()
        ]
        both = pd.concat(tables, axis=1).fillna(0.0)
        return both[(both.index >= first) & (both.index < self._known)]

    def buyers(self, last: bool) -> Usual:
        """Buyers on the new days, or on the `last` of them only, and the number usual on the same weekdays.

        Chance is modelled by counts that are as overdispersed as before; square roots of counts have nearly normal
        tails. Buyers are counted rather than lines, because the lines of an order occur together.
        """
        counted = self.now.profile.days.set_index("day")["customers"]
        end = self._known + self.new_days
        new = np.arange(end if last else self._known + 1, end + 1)
        first = max(int(counted.index[0]), int(new[0]) - USUAL_DAYS)
        past = np.arange(min(first, int(new[0]) - 1), int(new[0]))
        values = counted.reindex(past, fill_value=0).to_numpy("float64")
        weekdays = np.array([_mean(values[past % WEEK == weekday], values) for weekday in range(WEEK)])
        spread = float(np.square(values - weekdays[past % WEEK]).sum()) / max(len(past) - WEEK, 1)
        dispersion = max(spread / max(float(values.mean()), 1e-9), 1.0)
        count, usual = float(counted.reindex(new, fill_value=0).sum()), float(weekdays[new % WEEK].sum())
        apart = 2 * (math.sqrt(count + 3 / 8) - math.sqrt(usual + 3 / 8))
        return Usual(count, usual, apart / math.sqrt(dispersion * (1 + len(new) / len(past))))

    def chance_of_few(self, buyers: float) -> float:
        """How often an earlier day had at most this number of buyers; days without a line count."""
        n = max(min(USUAL_DAYS, self._known - int(self.now.profile.days["day"].iloc[0]) + 1), 0)
        more = int((self.before["customers"] > buyers).sum())
        return (max(n - more, 0) + 1) / (n + 1)

    def share(self, column: str, of: str) -> tuple[float, float, float]:
        """The sum of a column over that of another: before, on fresh days, and the standard deviation of the latter.

        If the column no longer exists, these are its share in the earlier run and 1.
        """
        gone = column not in self.now.profile.days
        days = self.then.profile.days.tail(USUAL_DAYS) if gone else self.before
        before = float(days[column].sum() / max(days[of].sum(), 1))
        fresh = 1.0 if gone else float(self.fresh[column].sum() / max(self.fresh[of].sum(), 1))
        return before, fresh, chance_of_share(before, float(self.fresh[of].sum()))

    def log_amount(self) -> tuple[float, float]:
        """The mean log amount of a purchase line on fresh days less that before, and its standard deviation."""
        sums = [days[["purchases", "log_milli", "log_squares"]].sum() for days in (self.before, self.fresh)]
        n = [max(float(found["purchases"]), 1.0) for found in sums]
        means = [float(found["log_milli"]) / count / MILLI for found, count in zip(sums, n, strict=True)]
        squares = sum(float(found["log_squares"]) for found in sums) / MILLI**2
        within = squares - sum(count * mean**2 for count, mean in zip(n, means, strict=True))
        variance = max(within, 0.0) / max(sum(n) - 2, 1.0)
        return means[1] - means[0], math.sqrt(variance * (1 / n[0] + 1 / n[1]))

    def buyer_revenue(self) -> tuple[float, float, float]:
        """Net revenue per buyer in minor units: before, on fresh days, and its standard deviation over days."""
        before, fresh = (float(days["net_minor"].sum() / days["customers"].sum()) for days in (self.before, self.fresh))
        by_day = self.before["net_minor"] / self.before["customers"]
        return before, fresh, float(by_day.std(ddof=0)) if len(by_day) else 0.0

    @property
    def _known(self) -> int:
        return (self.then.profile.last_day - EPOCH) // timedelta(days=1)

    @staticmethod
    def _on(days: pd.DataFrame, day: int) -> pd.Series:
        """The sums on a day, 0 if it has no line."""
        return days[days["day"] == day].sum()


def chance_of_share(before: float, n: float) -> float:
    """The standard deviation of a share of n rows if it is as before, but at least the weight of a single row."""
    return max(math.sqrt(before * (1 - before) / max(n, 1.0)), 1.0 / max(n, 1.0))


def _mean(values: np.ndarray, otherwise: np.ndarray) -> float:
    return float((values if len(values) else otherwise).mean())
