"""The days on which the shop is closed: as given, and as the base's purchases by day show them."""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pandas as pd

from clv.data.closed_stretches import closed_stretches
from clv.features.past import EPOCH, days_since_epoch
from clv.models.btyd.params import ClosedDays


def known_closed(base: pd.DataFrame, as_of: date, given: Iterable[ClosedDays]) -> tuple[ClosedDays, ...]:
    """The closed days as known at a date, by time and apart from each other.

    Those given are known at every date, in the future too. Of the others no more is known than the base's purchases by
    day (`clv.features.base`) up to the date show; closures that come back every year are left to the season.
    """
    until = base[base["day"] <= days_since_epoch(as_of)]
    count = (until["new_customers"] + until["repeat_orders"]).to_numpy()
    seen = [] if not count.any() else closed_stretches(until["day"].to_numpy()[count > 0], count[count > 0])
    spans = [(days_since_epoch(span.first), days_since_epoch(span.last)) for span in given]
    spans += [(stretch.first, stretch.last) for stretch in seen if not stretch.yearly]
    return tuple(ClosedDays(_date(first), _date(last)) for first, last in _apart(spans))


def is_open(day: np.ndarray, closed: Iterable[ClosedDays]) -> np.ndarray:
    """Whether days since 1970 are none of the closed ones, shaped like `day`."""
    result = np.ones(np.shape(day), dtype=bool)
    for span in closed:
        result &= (day < days_since_epoch(span.first)) | (day > days_since_epoch(span.last))
    return result


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of days as fewest spans, by time."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _date(day: int) -> date:
    return EPOCH + timedelta(days=day)
