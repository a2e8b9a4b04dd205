"""What a rule of cleaning is: which rows it catches, and what is then done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from clv.data.lines import Lines

Action = Literal["reject", "repair", "flag"]


@dataclass(frozen=True)
class Rule:
    """What a rule catches and what is done: reject sets the row aside, repair changes it, flag only counts it.

    `find` gives a boolean per row, true where the rule hits; rows rejected before are left out afterwards. `column` is
    the one that the rule is about. A repair of amounts has `amend`, which gives all amounts in minor units, before
    hits are counted; the hits are then the rows that change. Other repairs were made when types were.
    """

    name: str
    catches: str
    action: Action
    column: str
    find: Callable[[Lines], np.ndarray] | None = None
    amend: Callable[[Lines], np.ndarray] | None = None
    counts_as_bad: bool = True  # rejected rows that are not bad data do not count towards max_rejected_share


def missing(name: str) -> Callable[[Lines], np.ndarray]:
    """What finds rows without a value in a typed column."""
    return lambda lines: lines.columns[name].isna().to_numpy()
