"""Histograms of what all customers did and are forecast to do, and the figures that pages show beside them."""

from typing import Any

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.marketing.description.sold import Sold
from clv.marketing.description.tally import Tally

BINS = 40
TAIL = 0.001  # of the amounts lie beyond the steps at either end, and are counted in the outermost step
GAP_SHARE = 0.99  # of the gaps are shown: the longest few would stretch the axis


def bins(figure: str, edges: np.ndarray, counts: np.ndarray) -> pd.DataFrame:
    """One row per bin: figure, low, high, count; the edges (bins + 1,)."""
    return pd.DataFrame({"figure": figure, "low": edges[:-1], "high": edges[1:], "count": counts})


def sales_histograms(found: Sold) -> pd.DataFrame:
    """Histograms of order values, days between orders, net revenue of customers (above 0) and their purchase days."""
    parts = [_amounts("order_value", found.values)]
    if found.gaps.total:
        last = found.gaps.quantile(GAP_SHARE)
        width = max(1, round(last / BINS))
        edges = np.arange(0.5, last + width + 0.5, width)
        parts.append(bins("gap_days", edges, found.gaps.within(edges)))
    parts.append(_amounts("net_revenue", found.spent.above(0)))
    days = np.arange(1, found.days.numbers.max(initial=1) + 2) - 0.5
    parts.append(bins("purchase_days", days, found.days.within(days)))
    return pd.concat(parts, ignore_index=True)


def sales_figures(found: Sold) -> dict[str, Any]:
    """The figures beside the histograms: quantiles, in money or days, and the share of revenue of the top customers."""
    above = found.spent.above(0)
    revenue = int((found.spent.numbers * found.spent.counts).sum())
    top = found.spent.sum_of_highest(max(1, round(found.spent.total / 10)))
    return {
        "order_value": _quantiles(found.values, MINOR_PER_UNIT),
        "gap_days": _quantiles(found.gaps),
        "net_revenue": {
            **_quantiles(found.spent, MINOR_PER_UNIT),
            "median_above_0": above.quantile(0.5) / MINOR_PER_UNIT if above.total else None,
            "top_tenth_share": top / revenue if revenue > 0 else None,
            "customers_without": found.spent.total - above.total,
        },
    }


def _quantiles(tally: Tally, unit: float = 1.0) -> dict[str, float | None]:
    known = tally.total > 0
    return {
        "median": tally.quantile(0.5) / unit if known else None,
        "tenth_above": tally.quantile(0.9) / unit if known else None,
    }


def _amounts(figure: str, cents: Tally) -> pd.DataFrame:
    """Amounts above 0 in steps of equal ratio; the first and the last step include those beyond."""
    if not cents.total:
        return bins(figure, np.empty(1), np.empty(0, dtype="int64"))
    low, high = (cents.quantile(share) / MINOR_PER_UNIT for share in (TAIL, 1 - TAIL))
    # Half-way between amounts of money, so that none changes its bin on another kind of CPU.
    edges = np.unique(np.round(np.geomspace(low, max(high, 1.1 * low), BINS + 1), 3)) - 0.0005
    return bins(figure, edges, cents.within(edges, MINOR_PER_UNIT, beyond=True))
