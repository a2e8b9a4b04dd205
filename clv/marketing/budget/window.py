"""What today's customers would spend anyway in the window of a test."""

import numpy as np
import pandas as pd

from clv.models.btyd.value import Btyd

DIGITS = 4  # of money


def window_revenue(btyd: Btyd, values: pd.DataFrame, window_days: int) -> np.ndarray:
    """Each customer's forecast for the first `window_days` of the horizon, (n,) money, 0 or more.

    Its share of the horizon's forecast is that of the orders expected by the buy-till-you-die models: the first days
    have more orders than later ones, when a customer may be gone, and a season of their own. `values` are customer
    values (predicted_clv, frequency, recency_days, tenure_days) as of the date of the models; a missing forecast counts
    as 0.
    """
    part = btyd.share_within(values, [window_days])[:, 0]
    return np.round(np.maximum(values["predicted_clv"].fillna(0.0).to_numpy(), 0.0) * part, DIGITS)
