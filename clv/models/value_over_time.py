"""How a forecast for the horizon is distributed over time, within the horizon and beyond.

A customer's forecast is for the whole horizon; the buy-till-you-die models distribute it over time. Their expected
orders within t days, over those within the horizon, give the share of the forecast that is due by then, which includes
the season and dropout. The curve of every customer therefore passes through the forecast at the horizon and never
falls, and sums over customers and months are the same in either order. Beyond the horizon no label is available: the
curve continues as the models do.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.features.span import Span
from clv.models.btyd.basis import Gap
from clv.models.btyd.value import Btyd

VALUE_DAYS = (30, 90, 365, 1095)
VALUES = tuple(f"value_{days}d" for days in VALUE_DAYS)


def cumulative(btyd: Btyd, snapshot: pd.DataFrame, forecast: np.ndarray, days: Sequence[int]) -> np.ndarray:
    """What customers (n,) spend within each number of days, (n, k) int64 minor units, whole so that sums are exact.

    `forecast` (n,) is for the horizon, in money. `snapshot`, or the table of customer values, must have the columns
    frequency, recency_days and tenure_days. Both are as of the date of the models.
    """
    cents = np.rint(forecast * MINOR_PER_UNIT)
    return np.rint(cents[:, None] * btyd.share_within(snapshot, days)).astype("int64")


def value_columns(btyd: Btyd, snapshot: pd.DataFrame, forecast: np.ndarray) -> dict[str, np.ndarray]:
    """What customers spend within VALUE_DAYS, in money, by the name of the column."""
    return dict(zip(VALUES, cumulative(btyd, snapshot, forecast, VALUE_DAYS).T / MINOR_PER_UNIT, strict=True))


def extrapolated(horizon_days: int, gaps: Sequence[Gap]) -> set[str]:
    """Which of VALUES are guesses: those beyond the horizon, which no label judges; all if the forecast is one."""
    guessed = any("predicted_clv" in gap.columns for gap in gaps)
    return {name for name, days in zip(VALUES, VALUE_DAYS, strict=True) if guessed or days > horizon_days}


def by_month(
    btyd: Btyd, snapshot: pd.DataFrame, forecast: np.ndarray, as_of: date, spans: Sequence[Span]
) -> np.ndarray:
    """What customers (n,) spend in each of the spans, which follow `as_of` without a gap: (n, k) int64 minor units.

    The other arguments are those of `cumulative`.
    """
    ends = [(span.last - as_of).days for span in spans]
    return np.diff(cumulative(btyd, snapshot, forecast, ends), axis=1, prepend=0)
