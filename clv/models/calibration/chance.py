"""The probability that a customer buys at all in the horizon, combined from several models."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.special import expit, logit

from clv.models.newton import penalised_maximum
from clv.models.rounding import significant_array

CLIP = 1e-4  # no model is more certain than this
PENALTY = 10.0  # prior weight on each coefficient, in rows
DIGITS = 5


@dataclass(frozen=True)
class Chance:
    """A logistic regression on log odds: `intercept`, and one coefficient per model."""

    intercept: float
    coefficients: tuple[float, ...]

    @classmethod
    def fit(cls, probabilities: np.ndarray, bought: np.ndarray) -> "Chance":
        """Learn from the probabilities of k models, (n, k), and whether each customer bought, (n,).

        Logistic calibration after Platt (1999), shrunk towards the unweighted mean of the log odds.
        """
        log_odds = logit(np.clip(probabilities, CLIP, 1 - CLIP))
        used = np.ones(probabilities.shape[1], dtype=bool)
        while True:
            found = _logistic(log_odds[:, used], bought)
            if (found[1:] >= 0).all() or used.sum() == 1:
                break
            # A high probability in one model must not lower the result; such a model is left out.
            used[np.flatnonzero(used)[found[1:] < 0]] = False
            used[:1] |= not used.any()
        coefficients = np.zeros(len(used))
        coefficients[used] = found[1:]
        intercept, *rest = significant_array(np.concatenate([found[:1], coefficients]), DIGITS)
        return cls(intercept, tuple(rest))

    @classmethod
    def plain(cls, k: int) -> "Chance":
        """The unweighted mean of the log odds."""
        return cls(0.0, (1 / k,) * k)

    def apply(self, probabilities: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, (n,), from those of the models, (n, k)."""
        log_odds = logit(np.clip(probabilities, CLIP, 1 - CLIP))
        return np.asarray(expit(self.intercept + (log_odds * np.array(self.coefficients)).sum(axis=1)))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Chance":
        """Restore what `to_dict` returned."""
        return cls(content["intercept"], tuple(content["coefficients"]))


def _logistic(log_odds: np.ndarray, bought: np.ndarray) -> np.ndarray:
    """Intercept and coefficients, (1 + k,)."""
    n, k = log_odds.shape
    X = np.column_stack([np.ones(n), log_odds])
    prior = np.concatenate([[0.0], np.full(k, 1 / k)])

    def slope(found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        p = expit(X @ found)
        gradient = X.T @ (bought - p) - PENALTY * (found - prior)
        return gradient, (X.T * (p * (1 - p))) @ X + PENALTY * np.eye(k + 1)

    return penalised_maximum(slope, prior)
