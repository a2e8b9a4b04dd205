"""What a table must have to be read: columns, and numbers where numbers are expected; `clv.shape` is for JSON."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

CUSTOMER = "customer_id"


@dataclass(frozen=True)
class Columns:
    """The columns that a table must have: `text` for names, dates or flags, and `numbers`.

    Columns that are `optional` must be numeric if they exist. A `customer_id` must be text in every row, and a required
    text column that ends in `_ts` a time.
    """

    text: tuple[str, ...]
    numbers: tuple[str, ...]
    optional: tuple[str, ...] = ()


def require_columns(frame: pd.DataFrame, needed: Columns, whole: bool = True) -> None:
    """Raise `ValueError` if a table lacks columns that its readers need, or if these have the wrong type.

    If the table was not read `whole`, only the columns that were read are checked.
    """
    if whole:
        require_names((*needed.text, *needed.numbers), list(map(str, frame)))
    if frame.empty:
        return
    if CUSTOMER in frame and (not isinstance(frame[CUSTOMER].dtype, pd.StringDtype) or frame[CUSTOMER].isna().any()):
        raise ValueError(f"its column {CUSTOMER} must be text in every row")
    for name in needed.text:
        if name.endswith("_ts") and name in frame and not pd.api.types.is_datetime64_dtype(frame[name]):
            raise ValueError(f"its column {name} has values that are not times")
    for name in (*needed.numbers, *needed.optional):
        if name in frame and not pd.api.types.is_numeric_dtype(frame[name]) and frame[name].notna().any():
            raise ValueError(f"its column {name} has values that are not numbers")


def require_names(names: Sequence[str], found: Sequence[str]) -> None:
    """Raise `ValueError` if columns are missing."""
    lacking = [name for name in names if name not in found]
    if lacking:
        raise ValueError(f"it has no column {', '.join(lacking)}")
