"""What the segments report shows of customers who moved, and who fell."""

from typing import Any

import numpy as np
import pandas as pd

from clv.marketing.segments.migration import NEW, ORDER
from clv.reporting.kit.chart import Chart, render
from clv.reporting.kit.heat import heat_map
from clv.reporting.kit.table import ELSEWHERE, Column, Table, nothing, table, write

NOT_KNOWN = nothing("There is no backtest, so it is not known where customers were a horizon ago.")
SHORT = {
    "Potential loyalist": "Potential\nloyalist",
    "Need attention": "Need\nattention",
    "Promising": "Promi-\nsing",
    "Cannot lose them": "Cannot\nlose",
    "About to sleep": "About\nto sleep",
    "Hibernating": "Hiber-\nnating",
    "Champions": "Cham-\npions",
}


def matrix(rows: pd.DataFrame, dimension: str) -> Chart | Table:
    """Customers by segment then (rows) and now (columns), shaded by share of the row."""
    found = rows[rows["dimension"] == dimension]
    if found.empty:
        return NOT_KNOWN
    order = ORDER[dimension]
    places = [*order, NEW]
    counts, texts = np.full((len(places), len(order)), np.nan), [[""] * len(order) for _ in places]
    for row in found.itertuples(index=False, name=None):
        _, start, end, customers, *_ = row
        i, j = places.index(start), order.index(end)
        counts[i, j], texts[i][j] = customers, write(float(customers), "count")
    totals = np.nansum(counts, axis=1, keepdims=True)
    shades = np.divide(counts, totals, out=np.full_like(counts, np.nan), where=totals > 0)
    fig, ax = heat_map(shades, texts, places, [SHORT.get(name, name) for name in order], 0.32)
    ax.set_ylabel("a horizon ago")
    up, stayed, down = _moves(found, order)
    everyone = max(up + stayed + down, 1)
    caption = (
        f"From rows to columns, the best first: {stayed / everyone:.0%} of the customers known a horizon ago are where "
        f"they were, {down / everyone:.0%} fell, {up / everyone:.0%} rose (of those shown; a dash stands for too few "
        "to show). The darker, the larger the share of the row"
    )
    return render(
        fig,
        f"migration-{dimension.replace('_', '-')}",
        caption,
        f"Matrix of customers by segment a horizon ago and today: {up:,.0f} rose, {stayed:,.0f} stayed, "
        f"{down:,.0f} fell",
        wide=True,
    )


def _moves(found: pd.DataFrame, order: tuple[str, ...]) -> tuple[float, float, float]:
    """Customers who rose, stayed and fell, of the cells that are shown."""
    known = found[(found["from"] != NEW) & found["customers"].notna()]
    start, end = (known[side].map(list(order).index) for side in ("from", "to"))
    rose, stayed, fell = (
        float(known.loc[which, "customers"].sum()) for which in (end < start, end == start, end > start)
    )
    return rose, stayed, fell


def flows(metrics: dict[str, Any], dimension: str, currency: str) -> Table:
    """Who came to each segment, who left it, and the forecast that went with them."""
    found = metrics["flows"].get(dimension, {})
    if not metrics["known_then"]:
        return NOT_KNOWN
    shown = (
        pd.DataFrame.from_dict(found, orient="index")
        .reindex(list(ORDER[dimension]))
        .rename_axis("segment")
        .reset_index()
    )
    columns = [Column("segment", "segment")]
    for kind, title in (("stayed", "stayed"), ("came", "came"), ("left", "left"), ("new", "new customers")):
        columns += [Column(kind, title, "count"), Column(f"{kind}_value", f"forecast, {currency}", "money")]
    return table(
        shown,
        columns,
        "Customers who stayed, came from or left for another segment, or are new, and their forecasts: today's, and "
        "for those who left that of then. Moves that are not shown do not count",
    )


def fallen(metrics: dict[str, Any], currency: str) -> Table:
    """Why customers fell, by the first reason that holds."""
    fell = metrics["fallen"]
    if not fell["customers"]:
        return nothing("Nobody fell to a lower tier or segment.") if metrics["known_then"] else NOT_KNOWN
    columns = [
        Column("reason_kind", "reason"),
        Column("customers", "customers", "count"),
        Column("lost_value", f"lost forecast, {currency}", "money"),
    ]
    return table(
        pd.DataFrame(fell["reasons"], columns=[c.name for c in columns]),
        columns,
        f"{fell['customers']:,} customers fell to a lower tier or RFM segment with a lower forecast than a horizon "
        f"ago; theirs is {write(fell['lost_value'], 'money')} {currency} less. The two horizons may differ in season",
    )


def top_fallen(top: pd.DataFrame, fell: int, currency: str) -> Table:
    """The customers who lost most of the `fell` who fell."""
    if top.empty:
        return ELSEWHERE
    columns = [
        Column("customer_id", "customer"),
        Column("from", "from"),
        Column("to", "to"),
        Column("predicted_then", f"forecast then, {currency}", "money"),
        Column("predicted_now", "now", "money"),
        Column("reason", "reason"),
    ]
    return table(top, columns, f"The {len(top)} customers who fell and lost most; data/fallen.parquet has all {fell:,}")
