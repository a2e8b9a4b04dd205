"""Convex weights of several forecasts."""

import numpy as np
from scipy.optimize import minimize

from clv.models.loss import tweedie_deviance, tweedie_slope

DOUBT_BUYERS = 20  # shrinkage towards equal weights, over the number of buyers; a few hundred are little evidence
DECIMALS = 2  # finer weights would exceed what the rows show, and differ between types of CPU


def fit_weights(forecasts: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Non-negative weights (k,) that sum to 1 and minimise the Tweedie deviance for y (n,).

    They apply to the columns of `forecasts` (n, k). A forecast that does not help gets 0. If few values are above 0,
    the weights are shrunk towards equal ones, which perform best with little data: Stock and Watson (2004),
    "Combination forecasts of output growth in a seven-country data set", J. of Forecasting 23. They have 2 decimals.
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
