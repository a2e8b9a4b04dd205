"""The columns of one customer that buy-till-you-die models alone make, kept in keeping with what windows taught.

Windows judge value, purchases and orders. Whether a customer is still active, what comes after the horizon and when the
next order is due no window shows: these follow from the models, corrected by what windows said of the rest.
"""

import numpy as np
import pandas as pd

from clv.models.btyd.value import Btyd
from clv.models.calibration.level import Level

CORRECTION = 20.0  # by which the pace of an active customer is corrected at most, and its inverse
LEAST = 1e-4  # probability below which a ratio of two is noise


def p_alive(features: pd.DataFrame, p_purchase: np.ndarray) -> np.ndarray:
    """The probability of being active, (n,), at least that of a purchase in the horizon, `p_purchase` (n,).

    Of customers who are overdue, longer away than their mean gap or with no gap yet, it is the calibrated probability
    of a purchase over that of an active customer by the models: who is seldom seen to return is seldom active. Of
    others a low one may only mean that the next purchase is not due, as with yearly buyers: the models' own is kept.
    """
    by_model = features["btyd_p_alive"].to_numpy()
    if_active = features["btyd_p_purchase"].to_numpy() / np.maximum(by_model, LEAST)
    waits = features["overdue_ratio"].to_numpy(dtype="float64") <= 1  # who bought once has no ratio, and does not
    due = ~waits & (by_model > LEAST) & (if_active > LEAST)
    corrected = np.where(due, p_purchase / np.maximum(if_active, LEAST), by_model)
    return np.round(np.clip(corrected, p_purchase, 1.0), 6)


def residual_value(features: pd.DataFrame, forecast: np.ndarray, p_alive: np.ndarray, level: Level) -> np.ndarray:
    """The discounted value of all time to come, (n,) money: the forecast, and what comes after the horizon.

    The latter is that of the models, at the level, times what the forecast was corrected by. Where that is less than
    the customer is found to be active by, the forecast is low because nothing is due in the horizon: activity counts.
    """
    value = features["btyd_value"].to_numpy() * level.value
    later = np.maximum(features["btyd_residual_value"].to_numpy() * level.value - value, 0)
    corrected = np.minimum(forecast / np.maximum(value, 1e-6), CORRECTION)
    return np.round(forecast + later * np.maximum(corrected, active_factor(features, p_alive)), 2)


def active_factor(features: pd.DataFrame, p_alive: np.ndarray) -> np.ndarray:
    """The probability of being active over that of the models, (n,), 0 where they had given the customer up."""
    by_model = features["btyd_p_alive"].to_numpy()
    return np.where(by_model > LEAST, p_alive / np.maximum(by_model, LEAST), 0.0)


def days_to_next_order(features: pd.DataFrame, btyd: Btyd, orders: np.ndarray, p_alive: np.ndarray) -> np.ndarray:
    """Days in which an active customer will as likely as not have ordered, (n,), at the pace of the orders (n,)."""
    foreseen = features["btyd_orders"].to_numpy() * active_factor(features, p_alive)
    pace = np.clip(orders / np.maximum(foreseen, 1e-9), 1 / CORRECTION, CORRECTION)
    return np.round(btyd.days_to_next_order(features) / pace, 1)
