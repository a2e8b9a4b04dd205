"""The number of orders, calibrated on the same rows as the value.

What learners correct in a buy-till-you-die forecast of value is mostly who orders, and how often: the number of orders
is corrected by a power of the same factor. What is left of it is the value of an order.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from clv.models.calibration.group_cells import Cells
from clv.models.newton import penalised_maximum
from clv.models.rounding import significant

LARGEST = 20.0  # factor that is heeded, and its inverse
USUAL, DOUBT = 0.7, 20.0  # the power where little is known, and orders' worth of doubt about another one
DIGITS = 5


@dataclass(frozen=True)
class Orders:
    """Orders are those of the buy-till-you-die models times the correction of the value to a `power`, by `cells`."""

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
        """Those of the buy-till-you-die models, as they are."""
        return cls(0.0, Cells.unknown())

    def apply(self, expected: np.ndarray, factor: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Orders (n,); their total is not kept."""
        return self.cells.apply(cells, expected * np.exp(self.power * _log(factor)))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"power": self.power, "cells": self.cells.to_list()}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Orders":
        """The calibration that `to_dict` wrote."""
        return cls(content["power"], Cells.from_list(content["cells"]))


def _log(factor: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(np.clip(factor, 1 / LARGEST, LARGEST)))
