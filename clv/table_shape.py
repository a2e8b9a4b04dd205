"""What a table must have to be read: columns, and numbers where numbers are expected; `shape` is the same for JSON."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

CUSTOMER = "customer_id"


@dataclass(frozen=True)
class Columns:
    """The columns that a table must have: those of names, dates or flags, and those of numbers.

    Columns that are `optional` must hold numbers where they are there. A `customer_id` must be text in every row, what
    ends in `_ts` a time.
    """

    text: tuple[str, ...]
    numbers: tuple[str, ...]
    optional: tuple[str, ...] = ()


def require_columns(frame: pd.DataFrame, needed: Columns, whole: bool = True) -> None:
    """Raise `ValueError` where a table lacks columns that its readers need, or they hold something else.

    Of a table that was not read `whole`, only what was read is looked at.
    """
    if whole:
        require_names((*needed.text, *needed.numbers), list(map(str, frame)))
    if frame.empty:
        return
    if CUSTOMER in frame and (not isinstance(frame[CUSTOMER].dtype, pd.StringDtype) or frame[CUSTOMER].isna().any()):
        raise ValueError(f"its column {CUSTOMER} must be text in every row")
    for name in needed.text:
        if name.endswith("_ts") and name in frame and not pd.api.types.is_datetime64_dtype(frame[name]):
            raise ValueError(f"its column {name} has values that are no times")
    for name in (*needed.numbers, *needed.optional):
        if name in frame and not pd.api.types.is_numeric_dtype(frame[name]) and frame[name].notna().any():
            raise ValueError(f"its column {name} has values that are no numbers")


def require_names(names: Sequence[str], found: Sequence[str]) -> None:
    """Raise `ValueError` where columns are absent."""
    lacking = [name for name in names if name not in found]
    if lacking:
        raise ValueError(f"it has no column {', '.join(lacking)}")
