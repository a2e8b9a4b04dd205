"""One forecast from many: their weights, and the curve and the cells that correct their common errors.

All are learned from forecasts of rows to which the learners were not fitted. Applied to these same rows, the result
would look too good; `honest` forecasts each row from what the others teach.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from clv.models.calibration.curve import Curve
from clv.models.calibration.group_cells import Cells
from clv.models.calibration.weights import fit_weights
from clv.models.rounding import round_significant

HONEST_FOLDS = 5
DIGITS = 10  # of a mean, so that equal forecasts stay equal in any position and on every CPU


@dataclass(frozen=True)
class Combination:
    """The mean of forecasts by `weights` (k,), sum 1, corrected by the curve, plus fixed shares of some forecasts.

    `given` (k,) are the fixed shares, which are not learned from the rows; the rest of 1 is the share of the mean. The
    cells correct both together.
    """

    weights: tuple[float, ...]
    curve: Curve
    given: tuple[float, ...]
    cells: Cells

    @classmethod
    def fit(cls, forecasts: np.ndarray, y: np.ndarray, given: tuple[float, ...], cells: np.ndarray) -> "Combination":
        """Learn from forecasts (n, k) of one level, in money, realised values (n,) and groups of customers (n, 3)."""
        weights = fit_weights(forecasts, y)
        curve = Curve.fit(_mean(forecasts, weights), y)
        found = cls(tuple(weights.tolist()), curve, given, Cells.unknown())
        return replace(found, cells=Cells.fit(cells, found.apply(forecasts, cells), y))

    @property
    def shares(self) -> tuple[float, ...]:
        """The contribution of each forecast before the curve, (k,), sum 1."""
        learned = 1 - sum(self.given)
        return tuple(round(learned * w + g, 4) for w, g in zip(self.weights, self.given, strict=True))

    @property
    def heard(self) -> tuple[bool, ...]:
        """Which forecasts are used, (k,)."""
        return tuple(w > 0 or g > 0 for w, g in zip(self.weights, self.given, strict=True))

    def apply(self, forecasts: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """The combined forecast, (n,) money; its total is not preserved."""
        learned, given = (_mean(forecasts, np.array(w)) for w in (self.weights, self.given))
        return self.cells.apply(cells, (1 - sum(self.given)) * self.curve.apply(learned) + given)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {"weights": list(self.weights), "curve": self.curve.to_dict(), "given": list(self.given)}
        return plain | {"cells": self.cells.to_list()}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Combination":
        """Restore what `to_dict` returned."""
        curve, cells = Curve.from_dict(content["curve"]), Cells.from_list(content["cells"])
        return cls(tuple(content["weights"]), curve, tuple(content["given"]), cells)


def honest(
    forecasts: np.ndarray, y: np.ndarray, given: tuple[float, ...], cells: np.ndarray, fold: np.ndarray
) -> np.ndarray:
    """The combined forecast of each row, (n,) money, learned only from rows of the other folds (n,)."""
    combined = np.empty(len(y))
    for k in np.unique(fold):
        rows = fold == k
        learned = Combination.fit(forecasts[~rows], y[~rows], given, cells[~rows])
        combined[rows] = learned.apply(forecasts[rows], cells[rows])
    return combined


def _mean(forecasts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted sums row by row, (n,): a matrix product may differ in the last bit between one row and many."""
    return round_significant((forecasts * weights).sum(axis=1), DIGITS)
