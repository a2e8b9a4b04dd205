"""Net revenue by day, for customers grouped by the day of their first purchase.

Monthly forecasts are computed from it and judged by it. It is small, and no row identifies a customer. The rows with
`day` up to a date are what was known at that date.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import pandas as pd

from clv.features.block import Block
from clv.features.params import CustomerShares
from clv.features.past import days_since_epoch
from clv.features.span import Span
from clv.features.timeline import PARTS, Part, part_of

KEYS = ["part", "first_day", "day"]


def revenue_days(block: Block, shares: CustomerShares) -> pd.DataFrame:
    """One row per part, first day, and day on which any customer of a block bought or returned something.

    `part` is text as in `clv.features.timeline`; `first_day`, that of the first purchase, and `day` are in days since
    1970; `net_minor` is in whole minor units, net of returns. Customers who never bought are left out.
    """
    days, lines = block.days, block.lines
    bought = days.stop > days.start
    first = np.append(days.day, 0)[days.start]
    theirs = bought[lines.customer]
    who = lines.customer[theirs]
    columns = {
        "part": part_of(block.ids.to_pylist(), shares)[who],
        "first_day": first[who].astype("int64"),
        "day": lines.day[theirs].astype("int64"),
        "net_minor": lines["amount_minor"][theirs],
    }
    return pd.DataFrame(columns).groupby(KEYS, as_index=False).sum()


def total_revenue(blocks: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The sum over all blocks, by part, first day and day."""
    table = pd.concat(list(blocks), ignore_index=True).groupby(KEYS, as_index=False).sum()
    return table.astype({"first_day": "int64", "day": "int64", "net_minor": "int64"})


def of_known(revenue: pd.DataFrame, known_by: date, spans: Sequence[Span], parts: Sequence[Part] = PARTS) -> np.ndarray:
    """Net revenue in each of the spans, (k,) int64 minor units, from customers who had bought by a date."""
    return _in_spans(revenue[revenue["first_day"] <= days_since_epoch(known_by)], spans, parts)


def of_new(revenue: pd.DataFrame, known_by: date, spans: Sequence[Span]) -> np.ndarray:
    """Net revenue in each of the spans, (k,) int64 minor units, from customers who first bought after a date."""
    return _in_spans(revenue[revenue["first_day"] > days_since_epoch(known_by)], spans, PARTS)


def _in_spans(revenue: pd.DataFrame, spans: Sequence[Span], parts: Sequence[Part]) -> np.ndarray:
    rows = revenue[revenue["part"].isin(parts)].groupby("day")["net_minor"].sum()
    sums = np.concatenate([[0], rows.to_numpy().cumsum()])
    before = np.searchsorted(rows.index.to_numpy(), [days_since_epoch(span.first) for span in spans], side="left")
    through = np.searchsorted(rows.index.to_numpy(), [days_since_epoch(span.last) for span in spans], side="right")
    return sums[through] - sums[before]
