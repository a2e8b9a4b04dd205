"""Baseline forecasts. Each of BASELINES needs no model: it takes a snapshot's features and returns money, (n,)."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from clv.evaluation.forecast_names import AVERAGE_SO_FAR, PLAIN_BTYD, SAME_AS_LAST_PERIOD
from clv.models.btyd.season import NO_SEASON
from clv.models.btyd.value import Btyd
from clv.models.forecaster import Forecaster
from clv.models.learners.registry import BTYD

Baseline = Callable[[pd.DataFrame, int], np.ndarray]


def same_as_last_period(features: pd.DataFrame, horizon_days: int) -> np.ndarray:
    """What the customer spent in the last `horizon_days`, 0 or more."""
    return np.maximum(features["net_revenue_last_horizon"].to_numpy(), 0)


def average_so_far(features: pd.DataFrame, horizon_days: int) -> np.ndarray:
    """What the customer spent per day so far, times `horizon_days`, 0 or more."""
    return np.maximum(features["net_revenue_per_day"].to_numpy() * horizon_days, 0)


BASELINES: dict[str, Baseline] = {
    SAME_AS_LAST_PERIOD: same_as_last_period,
    AVERAGE_SO_FAR: average_so_far,
}


RIVALS = (*BASELINES, PLAIN_BTYD, BTYD)  # what the ensemble must beat


def baselines(features: pd.DataFrame, horizon_days: int) -> dict[str, np.ndarray]:
    """Every baseline by name, (n,) money."""
    return {name: baseline(features, horizon_days) for name, baseline in BASELINES.items()}


def plain_btyd(btyd: Btyd, histories: pd.DataFrame) -> Btyd:
    """Refit buy-till-you-die models as in the papers, without season or level, to the histories of a whole snapshot."""
    return btyd.refitted(histories, NO_SEASON)


def value_of(btyd: Btyd, rows: pd.DataFrame) -> np.ndarray:
    """Buy-till-you-die forecast for rows of a snapshot, (n,) money."""
    return btyd.outputs(rows)["btyd_value"].to_numpy()


def others(model: Forecaster, plain: Btyd, test: pd.DataFrame, horizon_days: int) -> dict[str, np.ndarray]:
    """Forecasts to compare the ensemble with, (n,) money by name: every learner and baseline on test rows.

    `plain` are the models of `plain_btyd`; `test` has the complete features of the rows, as the model's `features_of`
    returns them.
    """
    learners = {str(name): values.to_numpy() for name, values in model.predict_learners(test).items()}
    return learners | {PLAIN_BTYD: value_of(plain, test)} | baselines(test, horizon_days)
