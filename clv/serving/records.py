"""Tables as rows of a JSON body."""

from typing import Any

import pandas as pd


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """One dict per row, by column; missing values are None."""
    columns = [frame[name].astype(object).where(frame[name].notna(), None) for name in frame]
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*columns, strict=True)]
