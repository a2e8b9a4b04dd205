"""One forecast out of many: their weights, and the curve that corrects what they share.

Both are learned from forecasts of rows that the learners were not fitted to. What is then said of these same rows would
be too good; `honest` says of each what weights and curve learned from the others make of it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from clv.models.curve import Curve
from clv.models.ensemble import fit_weights

N_FOLDS = 5


@dataclass(frozen=True)
class Combination:
    """Of `share` the mean of forecasts by `weights` (k,), sum 1, corrected by the curve; of the rest those of `given`.

    `given` (k,), sum 1 - share, are weights that the rows had no say in.
    """

    weights: tuple[float, ...]
    curve: Curve
    given: tuple[float, ...]

    @classmethod
    def fit(cls, forecasts: np.ndarray, y: np.ndarray, given: tuple[float, ...]) -> "Combination":
        """Learn weights and curve from forecasts (n, k) of one level, in money, and realised values (n,)."""
        weights = fit_weights(forecasts, y)
        return cls(tuple(weights.tolist()), Curve.fit(forecasts @ weights, y), given)

    @property
    def shares(self) -> tuple[float, ...]:
        """What each forecast contributes before the curve, (k,), sum 1."""
        learned = 1 - sum(self.given)
        return tuple(round(learned * w + g, 4) for w, g in zip(self.weights, self.given, strict=True))

    def apply(self, forecasts: np.ndarray) -> np.ndarray:
        """The combined forecast, (n,) money; its total is not kept."""
        # Sums of products row by row: a matrix product may differ between one row and many in the last bit.
        learned, given = ((forecasts * np.array(w)).sum(axis=1) for w in (self.weights, self.given))
        return np.asarray((1 - sum(self.given)) * self.curve.apply(learned) + given)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"weights": list(self.weights), "curve": self.curve.to_dict(), "given": list(self.given)}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Combination":
        """The combination that `to_dict` wrote."""
        return cls(tuple(content["weights"]), Curve.from_dict(content["curve"]), tuple(content["given"]))


def honest(forecasts: np.ndarray, y: np.ndarray, given: tuple[float, ...], fold: np.ndarray) -> np.ndarray:
    """The combined forecast of each row, (n,) money, by what the rows of the other folds (n,) taught."""
    combined = np.empty(len(y))
    for k in np.unique(fold):
        combined[fold == k] = Combination.fit(forecasts[fold != k], y[fold != k], given).apply(forecasts[fold == k])
    return combined
