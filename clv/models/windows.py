"""Realised totals of labelled windows beside the forecasts of buy-till-you-die models: the shop's own track record.

The models are fitted to the histories at the cutoff of each window, in the season as known at the date of the recipe,
so that the remaining error is the one that they also make today.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from clv.features.columns import CUSTOMER, TARGET, TARGET_ORDERS
from clv.features.params import CustomerShares
from clv.features.timeline import Plan, Recipe, in_parts
from clv.models.btyd.counts import mean_rows
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.season import operational_history
from clv.models.btyd.value import Btyd, net_share
from clv.models.samples import Samples, SnapshotSource

BUCKETS = 64  # of the times in a history: precise enough for a total, in a fifth of the time


@dataclass(frozen=True)
class Window:
    """A window after a cutoff: value (money) and orders of all customers known at the cutoff, and their forecasts.

    `history_days` is the length of the history at the cutoff.
    """

    cutoff: date
    history_days: int
    value: float
    expected_value: float
    orders: float
    expected_orders: float


def windows_of(
    recipe: Recipe, plan: Plan, samples: Samples, source: SnapshotSource, shares: CustomerShares
) -> list[Window]:
    """All windows that a recipe may use, newest first.

    If the recipe learns from some customers of a window and forecasts others of the same window, those it learns from
    come first, as a window of their own.
    """
    btyd = samples.forecast.btyd
    found = [_window(cutoff, plan, source.window(cutoff), btyd) for cutoff in plan.windows_over(recipe.as_of)]
    labelled = [*recipe.training, *([recipe.calibration] if recipe.calibration else [])]
    known = [rows for rows in labelled if rows.cutoff + timedelta(days=plan.horizon_days) > recipe.as_of]
    if not known:
        return found
    cutoff, parts = known[0].cutoff, [part for rows in known for part in rows.parts]
    whole = source.histories(cutoff)
    theirs = whole[in_parts(whole[CUSTOMER], parts, shares)]
    return [_taught(cutoff, theirs, plan, samples.training[-1].btyd), *found]


def _window(cutoff: date, plan: Plan, histories: pd.DataFrame, like: Btyd) -> Window:
    """What followed a cutoff, and the forecast of models like the given ones, fitted to the histories up to it."""
    x, t_x, T = operational_history(histories, cutoff, like.season)
    mean = histories["monetary_value"].to_numpy()
    spend = GammaGamma.fit(x + 1, mean)
    t = like.season.span(cutoff, plan.horizon_days)
    orders = type(like.purchases).fit(*_alike(x, t_x, T)).expected_purchases(x, t_x, T, t)
    value = orders * spend.expected_spend(x + 1, mean) * net_share(histories)
    totals = (float(histories[TARGET].sum()), float(value.sum()), float(histories[TARGET_ORDERS].sum()))
    return Window(cutoff, (cutoff - plan.first_day).days, *totals, float(orders.sum()))


def _alike(x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The mean histories of customers with equally many purchases and similar times, and the number of customers."""
    width = max(float(T.max()), 1e-9) / BUCKETS
    (x, t_x, T), count = mean_rows((x, t_x, T), np.ones(len(x)), (x, np.ceil(t_x / width), np.ceil(T / width)))
    return x, t_x, T, count


def _taught(cutoff: date, histories: pd.DataFrame, plan: Plan, btyd: Btyd) -> Window:
    """What customers spent after a cutoff, and the forecast for them from the models of all customers known then."""
    expected = btyd.outputs(histories)
    value, orders = (float(histories[name].sum()) for name in (TARGET, TARGET_ORDERS))
    expected_value, expected_orders = (float(expected[name].sum()) for name in ("btyd_value", "btyd_orders"))
    return Window(cutoff, (cutoff - plan.first_day).days, value, expected_value, orders, expected_orders)
