"""The calibration curve: realised over forecast value of customers with similar forecasts."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from clv.models.rounding import significant_array

SHARES = (*(tenth / 10 for tenth in range(1, 10)), 0.95, 0.99)  # of the customers, from the lowest forecast
LEAST = 50  # customers in the highest bin, at least; the best customers differ most
DOUBT_BUYERS = 10  # prior weight in buyers in each bin; with few buyers, a ratio is mostly chance
SMALLEST = 1e-9  # money, added so that forecasts of 0 have a logarithm
DIGITS = 6


@dataclass(frozen=True)
class Curve:
    """Log factors at log forecasts `at`, linear between them and constant beyond. Without knots it changes nothing."""

    at: tuple[float, ...] = ()
    log_factor: tuple[float, ...] = ()

    @classmethod
    def fit(cls, forecast: np.ndarray, y: np.ndarray) -> "Curve":
        """Learn from forecasts (n,) and realised values (n,) that were not used to fit them.

        Bins are tenths of the forecast, finer at the top. Only the shape is learned: forecasts are first scaled to the
        realised total. Each factor is shrunk towards 1 by the number of buyers behind it.
        """
        y = np.maximum(y, 0)
        if y.sum() <= 0 or forecast.sum() <= 0:
            return cls()
        scaled = forecast * (y.sum() / forecast.sum())
        # Equal forecasts belong to one bin, that of their lowest rank.
        group = np.searchsorted(_edges(len(scaled)), np.searchsorted(np.sort(scaled), scaled), side="right")
        at, factor = [], []
        for rows in (np.flatnonzero(group == g) for g in np.unique(group)):
            buyers = int((y[rows] > 0).sum())
            if buyers and scaled[rows].sum() > 0:
                at.append(np.log(forecast[rows].mean() + SMALLEST))
                factor.append(np.log(y[rows].sum() / scaled[rows].sum()) * buyers / (buyers + DOUBT_BUYERS))
        return cls(tuple(significant_array(np.array(at), DIGITS)), tuple(significant_array(np.array(factor), DIGITS)))

    def apply(self, forecast: np.ndarray) -> np.ndarray:
        """Forecasts (n,) times their factors."""
        if not self.at:
            return forecast
        return forecast * np.exp(np.interp(np.log(forecast + SMALLEST), self.at, self.log_factor))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Curve":
        """Restore what `to_dict` returned."""
        return cls(tuple(content["at"]), tuple(content["log_factor"]))


def _edges(n: int) -> np.ndarray:
    """The ranks, from 0, at which the bins of n customers begin, except the first."""
    edges = [round(n * share) for share in SHARES]
    return np.array([edge for edge, share in zip(edges, SHARES, strict=True) if share <= 0.9 or n - edge >= LEAST])
