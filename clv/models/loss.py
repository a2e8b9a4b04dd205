"""The loss that tuning and the ensemble minimise."""

import numpy as np

POWER = 1.5
FLOOR_SHARE = 0.01  # of the mean value: a forecast of 0 would have an infinite loss if the customer buys


def tweedie_deviance(y: np.ndarray, forecast: np.ndarray) -> float:
    """Mean Tweedie deviance of power 1.5 of forecasts (n,) for values (n,), both in money; 0 is perfect.

    It is proper for the mean, and a few large values influence it less than squared error. Negative values count as 0.
    Source: Jorgensen (1987), "Exponential dispersion models", JRSS B 49, 127-162.
    """
    y, mu = _usable(y, forecast)
    own = y ** (2 - POWER) / ((1 - POWER) * (2 - POWER))
    return float(2 * np.mean(own - y * mu ** (1 - POWER) / (1 - POWER) + mu ** (2 - POWER) / (2 - POWER)))


def tweedie_slope(y: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """The derivative of `tweedie_deviance` by each forecast, (n,); 0 if a forecast is raised to the floor."""
    y, mu = _usable(y, forecast)
    slope = 2 * (mu ** (1 - POWER) - y * mu**-POWER) / len(y)
    return np.where(mu > forecast, 0.0, slope)


def _usable(y: np.ndarray, forecast: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y = np.maximum(y, 0)
    return y, np.maximum(forecast, FLOOR_SHARE * max(float(y.mean()), 1e-6))
