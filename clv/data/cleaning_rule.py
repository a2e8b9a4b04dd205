"""A cleaning rule: which rows it catches and what it does with them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from clv.data.lines import Lines

Action = Literal["reject", "repair", "flag"]


@dataclass(frozen=True)
class Rule:
    """What a rule catches and what it does: reject sets the row aside, repair changes it, flag only counts it.

    `find` returns a boolean per row, true where the rule hits; rows that are already rejected are not counted. `column`
    is the column that the rule is about. A repair of amounts has `amend` instead, which returns all amounts in minor
    units; its hits are the rows that change. Other repairs have been made when the columns were typed.
    """

    name: str
    catches: str
    action: Action
    column: str
    find: Callable[[Lines], np.ndarray] | None = None
    amend: Callable[[Lines], np.ndarray] | None = None
    counts_as_bad: bool = True  # rejected rows that are not bad data do not count towards max_rejected_share


def missing(name: str) -> Callable[[Lines], np.ndarray]:
    """A `find` for rows without a value in a typed column."""
    return lambda lines: lines.columns[name].isna().to_numpy()
