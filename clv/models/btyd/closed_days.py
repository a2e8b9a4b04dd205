"""The days on which the shop is closed, both given ones and those that the base's purchases by day show."""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pandas as pd

from clv.data.closed_stretches import closed_stretches
from clv.features.past import EPOCH, days_since_epoch
from clv.models.btyd.params import ClosedDays


def known_closed(base: pd.DataFrame, as_of: date, given: Iterable[ClosedDays]) -> tuple[ClosedDays, ...]:
    """The closed days as known at a date, in disjoint spans, by time.

    Given days are known at every date, even for the future. All others are derived from the base's purchases by day
    (`clv.features.base`) up to the date; closures that recur every year are left to the season.
    """
    until = base[base["day"] <= days_since_epoch(as_of)]
    count = (until["new_customers"] + until["repeat_orders"]).to_numpy()
    seen = [] if not count.any() else closed_stretches(until["day"].to_numpy()[count > 0], count[count > 0])
    spans = [(days_since_epoch(span.first), days_since_epoch(span.last)) for span in given]
    spans += [(stretch.first, stretch.last) for stretch in seen if not stretch.yearly]
    return tuple(ClosedDays(_date(first), _date(last)) for first, last in _apart(spans))


def is_open(day: np.ndarray, closed: Iterable[ClosedDays]) -> np.ndarray:
    """Whether days since 1970 are outside all closed spans, shaped like `day`."""
    result = np.ones(np.shape(day), dtype=bool)
    for span in closed:
        result &= (day < days_since_epoch(span.first)) | (day > days_since_epoch(span.last))
    return result


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same days in the smallest number of spans, by time."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _date(day: int) -> date:
    return EPOCH + timedelta(days=day)
