"""Ridge regression of log(1 + value), converted back to money with Duan's smearing factor."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from clv import storage
from clv.machine import Machine
from clv.models.learners.kept import once
from clv.models.learners.matrices import one_hot
from clv.models.learners.scaling import SHAPE as SCALER
from clv.models.learners.scaling import Scaler
from clv.models.learners.target import training_rows
from clv.models.rounding import significant, significant_array
from clv.strict import Between

DIGITS = 6
SHAPE = {"scaler": SCALER, "coefficients": [float], "intercept": float, "ceiling": float, "smearing": float}
GRID = 1000.0  # steps per standard deviation
ROWS_AT_ONCE = 16_384
WEIGHT_GRID = 1024.0  # steps per row: sums of products stay whole numbers below 2**53 up to 8e6 rows


@dataclass(frozen=True)
class RidgeParams:
    alpha: Annotated[float, Between(1e-9, 1e9)]


class RidgeLearner:
    """Linear in the scaled features, with one column per level of a category; a row of weight 2 counts as two rows.

    Smearing: Duan (1983), "Smearing estimate: a nonparametric retransformation method", JASA 78, 605-610.
    """

    name: ClassVar[str] = "ridge"
    title: ClassVar[str] = "Ridge"
    of_ratio: ClassVar[bool] = True
    section: ClassVar[type] = RidgeParams

    def __init__(self, params: RidgeParams, machine: Machine, seed: int):
        self.params = params

    def fit(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None) -> None:
        """Fit to encoded features, values in money (n,), with negative ones as 0, and weights (n,) in 1024ths of a row.

        The normal equations are sums of whole numbers, exact in any order: products of rounded fractions would differ
        between types of CPU, and nearly collinear features (the spend windows) would amplify the difference.
        """
        from scipy.linalg import solve

        if weight is not None:
            weight = np.round(weight * WEIGHT_GRID) / WEIGHT_GRID
        X, y, w = training_rows(X, y, weight)
        target = np.log1p(y)
        self.scaler = once(Scaler.of, X, w.tobytes())
        Z = self.scaler.transform(one_hot(X))
        with threadpool_limits(1):
            products, sums = _normal_equations(Z, np.round(target * GRID), w)
            penalty = self.params.alpha * np.eye(len(products))
            penalty[0, 0] = 0  # the intercept
            solved = solve(products + penalty, sums, assume_a="sym")
            self.coefficients = np.array(significant_array(solved[1:], DIGITS))
            self.intercept = significant(solved[0], DIGITS)
            fitted = Z @ self.coefficients + self.intercept
        self.ceiling = significant(target.max(), DIGITS)
        self.smearing = significant(np.average(np.exp(target - fitted), weights=w), DIGITS)

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Expected value in money, (n,), 0 or more."""
        with threadpool_limits(1):
            logs = self.scaler.transform(one_hot(X)) @ self.coefficients + self.intercept
        # No forecast above the largest value seen: exp() of an unusual row would be absurd.
        return np.clip(np.exp(np.minimum(logs, self.ceiling)) * self.smearing - 1, 0, np.expm1(self.ceiling))

    def save(self, folder: Path) -> None:
        """Write ridge.json."""
        content = {
            "scaler": self.scaler.to_dict(),
            "coefficients": self.coefficients.tolist(),
            "intercept": self.intercept,
            "ceiling": self.ceiling,
            "smearing": self.smearing,
        }
        (folder / "ridge.json").write_text(json.dumps(content, sort_keys=True, indent=1) + "\n", encoding="utf-8")

    def load(self, folder: Path) -> None:
        """Read what `save` wrote."""
        content = storage.read_json(folder / "ridge.json", SHAPE)
        self.scaler = Scaler.from_dict(content["scaler"])
        self.coefficients = np.array(content["coefficients"])
        self.intercept, self.ceiling, self.smearing = (content[k] for k in ("intercept", "ceiling", "smearing"))


def _normal_equations(Z: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Products of the columns of (1, Z) with each other, (k, k), and with y, (k,), where y is in steps of 1 / GRID."""
    k = Z.shape[1] + 1
    products, sums = np.zeros((k, k)), np.zeros(k)
    for start in range(0, len(Z), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        whole = np.round(np.column_stack([np.ones(len(Z[rows])), Z[rows]]) * GRID)
        weighted = whole * w[rows, None]
        products += weighted.T @ whole
        sums += weighted.T @ y[rows]
    return products / GRID**2, sums / GRID**2
