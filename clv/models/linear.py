"""Ridge regression of log(1 + value), brought back to money by Duan's smearing factor."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.linalg import solve
from threadpoolctl import threadpool_limits

from clv.models.rounding import significant, significant_array
from clv.params import ComputeParams, RidgeParams

DIGITS = 6
GRID = 1000.0  # parts of a standard deviation
LIMIT = 10.0  # standard deviations: sums of GRID**2 * LIMIT**2 stay whole numbers up to 9e7 rows


class RidgeLearner:
    """Linear in signed logs of the features, standardised, missing values at the training median.

    Smearing: Duan (1983), "Smearing estimate: a nonparametric retransformation method", JASA 78, 605-610.
    """

    name = "ridge"

    def __init__(self, params: RidgeParams, compute: ComputeParams, seed: int):
        self.params = params

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> None:
        """Fit on encoded features and values in money; negative values count as 0.

        The normal equations are summed over whole numbers, exact in any order: products of rounded fractions would
        differ between kinds of CPU, and nearly collinear features (the spend windows) would blow the difference up.
        """
        target = np.log1p(np.maximum(y, 0))
        self.names = list(X.columns)
        self.median = np.array(significant_array(X.median().fillna(0).to_numpy(), DIGITS))
        Z = self._signed_log(X)
        self.mean = np.array(significant_array(Z.mean(axis=0), DIGITS))
        spread = Z.std(axis=0)
        self.sd = np.array(significant_array(np.where(spread > 0, spread, 1.0), DIGITS))
        design = np.column_stack([np.ones(len(Z)), self._standardised(Z)])
        whole = np.round(design * GRID)
        penalty = self.params.alpha * np.eye(design.shape[1])
        penalty[0, 0] = 0  # the intercept
        with threadpool_limits(1):
            products = whole.T @ whole / GRID**2
            solved = solve(products + penalty, whole.T @ np.round(target * GRID) / GRID**2, assume_a="sym")
            self.coefficients = np.array(significant_array(solved[1:], DIGITS))
            self.intercept = significant(solved[0], DIGITS)
            fitted = design[:, 1:] @ self.coefficients + self.intercept
        self.ceiling = significant(target.max(), DIGITS)
        self.smearing = significant(np.exp(target - fitted).mean(), DIGITS)

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Expected value in money, (n,), 0 or more."""
        with threadpool_limits(1):
            logs = self._standardised(self._signed_log(X[self.names])) @ self.coefficients + self.intercept
        # No forecast beyond the largest value seen: exp() of an unusual row would be absurd.
        return np.clip(np.exp(np.minimum(logs, self.ceiling)) * self.smearing - 1, 0, np.expm1(self.ceiling))

    def _signed_log(self, X: pd.DataFrame) -> np.ndarray:
        filled = np.where(np.isnan(X.to_numpy()), self.median, X.to_numpy())
        return np.sign(filled) * np.log1p(np.abs(filled))

    def _standardised(self, Z: np.ndarray) -> np.ndarray:
        return np.clip((Z - self.mean) / self.sd, -LIMIT, LIMIT)

    def save(self, folder: Path) -> None:
        """Write ridge.json."""
        arrays = {name: getattr(self, name).tolist() for name in ("median", "mean", "sd", "coefficients")}
        scalars = {name: getattr(self, name) for name in ("names", "intercept", "ceiling", "smearing")}
        (folder / "ridge.json").write_text(
            json.dumps(arrays | scalars, sort_keys=True, indent=1) + "\n", encoding="utf-8"
        )

    def load(self, folder: Path) -> None:
        """Read what `save` wrote."""
        content = json.loads((folder / "ridge.json").read_text(encoding="utf-8"))
        for name, value in content.items():
            setattr(self, name, np.array(value) if isinstance(value, list) and name != "names" else value)
