"""The target that learners are fitted to: without the scale of the currency, and capped at the values seen."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from clv.models.rounding import significant

DIGITS = 6
SHAPE = {"scale": float, "ceiling": float}  # of `to_dict`


@dataclass(frozen=True)
class Target:
    """Values in units of the training mean, so that no setting of a learner depends on the currency."""

    scale: float  # money
    ceiling: float  # money

    @classmethod
    def fit(cls, y: np.ndarray, weight: np.ndarray) -> "Target":
        """Learn from training values in money (n,), 0 or more, and their positive weights (n,)."""
        mean = float(np.average(y, weights=weight))
        return cls(significant(mean, DIGITS) if mean > 0 else 1.0, significant(float(y.max()), DIGITS))

    def scaled(self, y: np.ndarray) -> np.ndarray:
        """Values in money (n,) over the training mean."""
        return y / self.scale

    def money(self, scaled: np.ndarray) -> np.ndarray:
        """Scaled forecasts (n,) converted to money, between 0 and the largest training value."""
        return np.clip(np.asarray(scaled, dtype="float64") * self.scale, 0, self.ceiling)

    def log_money(self, contributions: np.ndarray) -> np.ndarray:
        """Convert terms that sum to the log of a scaled forecast, (n, columns + 1), to terms that sum to that of money.

        The scale is added to the last column, which is the same for all rows.
        """
        values = np.array(contributions, dtype="float64")
        values[:, -1] += np.log(self.scale)
        return values

    def to_dict(self) -> dict[str, float]:
        """Plain values for JSON."""
        return asdict(self)


def weighed(y: np.ndarray, weight: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Values of at least 0 (n,) and weights (n,); None gives each row weight 1."""
    value = np.maximum(y, 0.0)
    return value, np.ones(len(value)) if weight is None else np.asarray(weight, dtype="float64")


def training_rows(
    X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """The rows with positive weight, with values and weights as returned by `weighed`."""
    value, w = weighed(y, weight)
    kept = w > 0
    if kept.all():  # avoids a copy of many rows
        return X, value, w
    return X[kept], value[kept], w[kept]
