"""Features on a common scale, for learners that add them: signed logs, standardised and bounded."""

from typing import Any

import numpy as np
import pandas as pd

from clv.models.learners.matrices import one_hot
from clv.models.rounding import significant_array

DIGITS = 6
SHAPE = {"median": [float], "mean": [float], "sd": [float]}  # of `to_dict`
ROWS_AT_ONCE = 16_384
LIMIT = 10.0  # standard deviations
SMALLEST_SD = 1e-9  # of a non-constant column; the logs of equal numbers may differ in their last bit


class Scaler:
    """Missing values become the training median; then sign(x) log(1 + |x|), standardised by mean and deviation."""

    def __init__(self, median: np.ndarray, mean: np.ndarray, sd: np.ndarray):
        self.median = median
        self.mean = mean
        self.sd = sd

    @classmethod
    def fit(cls, matrix: np.ndarray, weight: np.ndarray) -> "Scaler":
        """Learn from training rows (n, k), NaN for missing, and their positive weights (n,).

        A column without values counts as 0. The rows are overwritten.
        """
        median = np.array([_median(column, weight) for column in matrix.T])
        scaler = cls(np.array(significant_array(median, DIGITS)), np.zeros(len(median)), np.ones(len(median)))
        Z = scaler._to_logs(matrix)
        mean = np.average(Z, axis=0, weights=weight)
        Z -= mean
        Z **= 2
        sd = np.sqrt(np.average(Z, axis=0, weights=weight))
        scaler.mean = np.array(significant_array(mean, DIGITS))
        scaler.sd = np.array(significant_array(np.where(sd > SMALLEST_SD, sd, 1.0), DIGITS))
        return scaler

    @classmethod
    def of(cls, X: pd.DataFrame, weight: bytes) -> "Scaler":
        """Fit to encoded features and the bytes of the weights, for `clv.models.learners.kept.once`."""
        return cls.fit(one_hot(X), np.frombuffer(weight))

    def transform(self, matrix: np.ndarray) -> np.ndarray:
        """Scaled rows, (n, k), within plus and minus `LIMIT`; the given rows are overwritten."""
        Z = self._to_logs(matrix)
        Z -= self.mean
        Z /= self.sd
        return np.clip(Z, -LIMIT, LIMIT, out=Z)

    def _to_logs(self, matrix: np.ndarray) -> np.ndarray:
        """In place, a batch of rows at a time: matrices of training rows are the largest objects in memory."""
        for start in range(0, len(matrix), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            filled = np.where(np.isnan(matrix[rows]), self.median, matrix[rows])
            matrix[rows] = np.sign(filled) * np.log1p(np.abs(filled))
        return matrix

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: getattr(self, name).tolist() for name in ("median", "mean", "sd")}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Scaler":
        """Restore what `to_dict` returned."""
        return cls(*(np.array(content[name], dtype="float64") for name in ("median", "mean", "sd")))


def _median(column: np.ndarray, weight: np.ndarray) -> float:
    known = ~np.isnan(column)
    if not known.any():
        return 0.0
    return float(np.quantile(column[known], 0.5, weights=weight[known], method="inverted_cdf"))
