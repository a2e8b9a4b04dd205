"""The number of orders, calibrated on the same rows as the value.

Learners improve a buy-till-you-die forecast of value mostly by which customers order, and how often. The number of
orders is therefore corrected by a power of the same factor; the rest of the factor is the value of an order.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from clv.models.calibration.group_cells import Cells
from clv.models.newton import penalised_maximum
from clv.models.rounding import significant

LARGEST = 20.0  # factor that is used, and its inverse
USUAL, DOUBT = 0.7, 20.0  # prior mean of the power, and its prior weight in orders
DIGITS = 5


@dataclass(frozen=True)
class Orders:
    """Buy-till-you-die orders times a `power` of the correction of the value, then corrected by `cells`."""

    power: float
    cells: Cells

    @classmethod
    def fit(cls, expected: np.ndarray, factor: np.ndarray, cells: np.ndarray, orders: np.ndarray) -> "Orders":
        """Learn from expected orders, the factor by which the forecast corrected the value, and orders, (n,) each.

        `cells` (n, 3) are the groups of `cells_of`. The power is that of a Poisson regression with an offset.
        """
        some = expected > 0
        if not some.any() or orders[some].sum() <= 0:
            return cls(USUAL, Cells.unknown())
        logs, start = _log(factor)[some], np.log(orders[some].sum() / expected[some].sum())
        design = np.column_stack([np.ones(some.sum()), logs])

        def slope(found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            mean = expected[some] * np.exp(np.clip(design @ found, -20, 20))
            doubt = DOUBT * np.array([0.0, found[1] - USUAL])
            return design.T @ (orders[some] - mean) - doubt, (design.T * mean) @ design + np.diag([1e-9, DOUBT])

        power = significant(float(np.clip(penalised_maximum(slope, np.array([start, USUAL]))[1], 0, 1)), DIGITS)
        return cls(power, Cells.fit(cells, expected * np.exp(power * _log(factor)), orders))

    @classmethod
    def plain(cls) -> "Orders":
        """The orders of the buy-till-you-die models, unchanged."""
        return cls(0.0, Cells.unknown())

    def apply(self, expected: np.ndarray, factor: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Corrected orders (n,); their total is not preserved."""
        return self.cells.apply(cells, expected * np.exp(self.power * _log(factor)))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"power": self.power, "cells": self.cells.to_list()}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Orders":
        """Restore what `to_dict` returned."""
        return cls(content["power"], Cells.from_list(content["cells"]))


def _log(factor: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(np.clip(factor, 1 / LARGEST, LARGEST)))
