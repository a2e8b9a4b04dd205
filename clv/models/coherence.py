"""Columns that only the buy-till-you-die models provide, made consistent with what labelled windows show.

Windows judge value, purchases and orders. No window shows whether a customer is still active, what follows after the
horizon, or when the next order is due. These follow from the models, with the corrections that windows give for the
rest.
"""

import numpy as np
import pandas as pd

from clv.models.btyd.value import Btyd
from clv.models.calibration.level import Level

CORRECTION = 20.0  # largest correction of an active customer's order rate, and its inverse
LEAST = 1e-4  # probability below which a ratio of two is noise


def p_alive(features: pd.DataFrame, p_purchase: np.ndarray) -> np.ndarray:
    """The probability of being active, (n,), at least that of a purchase in the horizon, `p_purchase` (n,).

    For overdue customers, absent longer than their mean gap or without a gap yet, it is the calibrated probability of a
    purchase over that of an active customer in the models: customers who rarely return are rarely active. For others, a
    low probability of a purchase may only mean that it is not due, as with yearly buyers; the models' own value is
    kept.
    """
    by_model = features["btyd_p_alive"].to_numpy()
    if_active = features["btyd_p_purchase"].to_numpy() / np.maximum(by_model, LEAST)
    waits = features["overdue_ratio"].to_numpy(dtype="float64") <= 1  # false for one-time buyers, who have no ratio
    due = ~waits & (by_model > LEAST) & (if_active > LEAST)
    corrected = np.where(due, p_purchase / np.maximum(if_active, LEAST), by_model)
    return np.round(np.clip(corrected, p_purchase, 1.0), 6)


def residual_value(features: pd.DataFrame, forecast: np.ndarray, p_alive: np.ndarray, level: Level) -> np.ndarray:
    """The discounted value of all future time, (n,) money: the forecast plus the value after the horizon.

    The latter is that of the models, at the level, times the correction of the forecast. If that is below the
    correction of the probability of being active, the forecast is low only because nothing is due in the horizon, and
    the latter is used.
    """
    value = features["btyd_value"].to_numpy() * level.value
    later = np.maximum(features["btyd_residual_value"].to_numpy() * level.value - value, 0)
    corrected = np.minimum(forecast / np.maximum(value, 1e-6), CORRECTION)
    return np.round(forecast + later * np.maximum(corrected, active_factor(features, p_alive)), 2)


def active_factor(features: pd.DataFrame, p_alive: np.ndarray) -> np.ndarray:
    """The probability of being active over that of the models, (n,), 0 if theirs is close to 0."""
    by_model = features["btyd_p_alive"].to_numpy()
    return np.where(by_model > LEAST, p_alive / np.maximum(by_model, LEAST), 0.0)


def days_to_next_order(features: pd.DataFrame, btyd: Btyd, orders: np.ndarray, p_alive: np.ndarray) -> np.ndarray:
    """Median days until an active customer's next order, (n,), at the rate of the orders (n,)."""
    foreseen = features["btyd_orders"].to_numpy() * active_factor(features, p_alive)
    pace = np.clip(orders / np.maximum(foreseen, 1e-9), 1 / CORRECTION, CORRECTION)
    return np.round(btyd.days_to_next_order(features) / pace, 1)
