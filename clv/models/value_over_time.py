"""How a forecast of the horizon is spread over time, within it and beyond.

A customer's forecast is that of the whole horizon; the buy-till-you-die models say how much of it comes when. Their
expected orders within t days, over those within the horizon, is the share of the forecast that has come by then: it
holds the season, and that customers drop out. So the curve of every customer passes through the forecast at the
horizon, never falls, and what is added up over customers and months is the same whichever comes first.
Beyond the horizon no label has a say: the curve goes on as the models do.
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
    """What customers (n,) bring within each number of days, (n, k) int64 minor units, whole so that sums are exact.

    `forecast` (n,) is that of the horizon, in money; of `snapshot`, or the table of customer values, the columns
    frequency, recency_days and tenure_days are read. Both are as of the date of the models.
    """
    cents = np.rint(forecast * MINOR_PER_UNIT)
    return np.rint(cents[:, None] * btyd.share_within(snapshot, days)).astype("int64")


def value_columns(btyd: Btyd, snapshot: pd.DataFrame, forecast: np.ndarray) -> dict[str, np.ndarray]:
    """The same in money for VALUE_DAYS, by the name of the column."""
    return dict(zip(VALUES, cumulative(btyd, snapshot, forecast, VALUE_DAYS).T / MINOR_PER_UNIT, strict=True))


def extrapolated(horizon_days: int, gaps: Sequence[Gap]) -> set[str]:
    """Which of VALUES are guesses: those beyond the horizon, which no label judges; all where its forecast is one."""
    guessed = any("predicted_clv" in gap.columns for gap in gaps)
    return {name for name, days in zip(VALUES, VALUE_DAYS, strict=True) if guessed or days > horizon_days}


def by_month(
    btyd: Btyd, snapshot: pd.DataFrame, forecast: np.ndarray, as_of: date, spans: Sequence[Span]
) -> np.ndarray:
    """What customers (n,) bring in each of the spans, which follow on `as_of` without a gap: (n, k) int64 minor units.

    Takes what `cumulative` takes.
    """
    ends = [(span.last - as_of).days for span in spans]
    return np.diff(cumulative(btyd, snapshot, forecast, ends), axis=1, prepend=0)
