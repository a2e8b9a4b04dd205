"""Customer bases whose season is known, and the tables from which the season is fitted."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from clv.features.past import days_since_epoch
from clv.models.btyd.season import Season

START = date(2021, 3, 1)
NO_SEASON = Season()
# A year with a peak before Christmas: 1.7 times an average day then, 0.7 of it in summer.
CHRISTMAS = Season((0.25, -0.12, 0.15, -0.05, 0.05, -0.08))


@dataclass(frozen=True)
class Base:
    """Whether each customer bought on each day from START on, (customers, days)."""

    bought: np.ndarray

    def days(self, until: date) -> pd.DataFrame:
        """Purchases by day up to a date, as `clv.features.base` counts them."""
        bought = self.bought[:, : (until - START).days + 1]
        first = bought & (bought.cumsum(axis=1) == 1)
        day = days_since_epoch(START) + np.arange(bought.shape[1])
        return pd.DataFrame(
            {"day": day, "new_customers": first.sum(axis=0), "repeat_orders": (bought & ~first).sum(axis=0)}
        )

    def snapshot(self, cutoff: date) -> pd.DataFrame:
        """The columns of the group `rfm` at a cutoff, every order worth 20."""
        bought = self.bought[:, : (cutoff - START).days + 1]
        bought = bought[bought.any(axis=1)]
        last_day = bought.shape[1] - 1
        orders = bought.sum(axis=1).astype("float64")
        return pd.DataFrame(
            {
                "frequency": orders - 1,
                "tenure_days": last_day - bought.argmax(axis=1).astype("float64"),
                "recency_days": bought[:, ::-1].argmax(axis=1).astype("float64"),
                "monetary_value": 20.0,
                "net_revenue": 20.0 * orders,
            }
        )


def simulate(n: int, n_days: int, season: Season, rng: np.random.Generator) -> Base:
    """A Pareto/NBD base whose customers come evenly over the time and buy about once in 50 days, times the season."""
    day = np.arange(n_days)
    start = rng.integers(0, n_days, n)
    rate = rng.gamma(1.5, 1 / 75, n)
    life = rng.exponential(1 / rng.gamma(1.5, 1 / 600, n))
    age = day - start[:, None]
    active = (age > 0) & (age <= life[:, None])
    index = season.index(days_since_epoch(START) + day)
    bought = active & (rng.random(active.shape) < 1 - np.exp(-rate[:, None] * index))
    bought[np.arange(n), start] = True
    return Base(bought)


def day_of(n_days: int) -> date:
    """The last of `n_days` days from START on."""
    return START + timedelta(days=n_days - 1)
