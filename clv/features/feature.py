"""A row of the feature table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from clv.data.types import MINOR_PER_UNIT
from clv.features.events import Values
from clv.features.history import History

Unit = Literal["days", "money", "share", "ratio", "count", "flag", "text"]


@dataclass(frozen=True)
class Feature:
    """One column of a snapshot.

    `compute` returns one value per customer from the history as of the cutoff, NaN or null where the feature is not
    defined. If it is None, `clv.models` fits the column to each snapshot. `needs` lists the columns of the clean tables
    without which the feature is absent, with their table as in `customers.channel`, because tables share names.
    """

    name: str
    unit: Unit
    group: str
    description: str
    compute: Callable[[History], Values] | None
    needs: tuple[str, ...] = ()


def money(minor: np.ndarray) -> np.ndarray:
    """Money in currency units, from whole minor units."""
    return minor / MINOR_PER_UNIT
