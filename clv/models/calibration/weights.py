"""Convex weights of several forecasts."""

import numpy as np
from scipy.optimize import minimize

from clv.models.loss import tweedie_deviance, tweedie_slope

DOUBT_BUYERS = 20  # strength of the pull towards equal weights, over the number of buyers: a few hundred tell little
DECIMALS = 2  # finer weights would say more than the rows know, and differ between kinds of CPU


def fit_weights(forecasts: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Non-negative weights (k,) that sum to 1 and minimise the Tweedie deviance for y (n,).

    They weigh the columns of `forecasts` (n, k). A forecast that does not help gets 0. Where few rows are above 0 the
    weights are drawn towards equal ones, which win where there is little to learn from: Stock and Watson (2004),
    "Combination forecasts of output growth in a seven-country data set", J. of Forecasting 23. They carry 2 decimals.
    """
    k = forecasts.shape[1]
    if k == 1 or not (y > 0).any():
        return np.full(k, 1 / k)
    start = np.full(k, 1 / k)
    unit = max(tweedie_deviance(y, forecasts @ start), 1e-12)
    doubt = DOUBT_BUYERS / int((y > 0).sum())

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        mixed = forecasts @ weights
        away = weights - start
        loss = tweedie_deviance(y, mixed) / unit + doubt * float(away @ away)
        return loss, forecasts.T @ tweedie_slope(y, mixed) / unit + 2 * doubt * away

    found = minimize(
        loss,
        start,
        jac=True,
        method="SLSQP",
        bounds=[(0, 1)] * k,
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1, "jac": np.ones_like},
        options={"ftol": 1e-9, "maxiter": 500},
    )
    weights = np.round(np.clip(found.x, 0, 1), DECIMALS)
    weights[np.argmax(weights)] += 1 - weights.sum()
    return np.round(weights, DECIMALS)
