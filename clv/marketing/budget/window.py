"""What today's customers would spend anyway in the days that a test counts."""

import numpy as np
import pandas as pd

from clv.models.btyd.value import Btyd

DIGITS = 4  # of money


def window_revenue(btyd: Btyd, values: pd.DataFrame, window_days: int) -> np.ndarray:
    """Each customer's forecast for the first `window_days` of the horizon, (n,) money, 0 or more.

    The part of the horizon's forecast is that of the orders which the buy-till-you-die models expect: the first days
    hold more than those in which a customer may be gone, and have a season of their own. `values` are customer values
    (predicted_clv, frequency, recency_days, tenure_days) as of the date of the models; a blank forecast counts as none.
    """
    part = btyd.share_within(values, [window_days])[:, 0]
    return np.round(np.maximum(values["predicted_clv"].fillna(0.0).to_numpy(), 0.0) * part, DIGITS)
