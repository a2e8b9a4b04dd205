"""What the segments report shows of customers who moved, and who fell."""

from typing import Any

import numpy as np
import pandas as pd

from clv.marketing.segments.migration import NEW, ORDER
from clv.reporting.kit.chart import Chart, render
from clv.reporting.kit.heat import heat_map
from clv.reporting.kit.table import ELSEWHERE, Column, Format, Table, nothing, table, write

NOT_KNOWN = nothing("There is no backtest, so it is not known where customers were a horizon ago.")
COUNT: Format = "count"
MONEY: Format = "money"
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
        f"Customers by group a horizon ago (rows) and today (columns), the best first. Of those shown, "
        f"{stayed / everyone:.0%} stayed, {down / everyone:.0%} fell and {up / everyone:.0%} rose; a dash marks cells "
        "with too few customers. Darker cells are a larger share of their row"
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
        columns += [Column(kind, title, "written"), Column(f"{kind}_value", f"forecast, {currency}", "written")]
        for name, how in ((kind, COUNT), (f"{kind}_value", MONEY)):
            shown[name] = [_at_least(n, how, more) for n, more in zip(shown[name], shown[f"{kind}_more"], strict=True)]
    return table(
        shown,
        columns,
        "Customers who stayed in a segment, came from another, left for another, or are new, with their forecasts: "
        "today's, but for customers who left those of a horizon ago. Small moves are not counted; a number that lacks "
        "them is marked 'at least' or replaced by a dash",
    )


def _at_least(n: float, how: Format, more: bool) -> str:
    """A sum of which some parts are not shown, as text."""
    if not more:
        return write(n, how)
    return f"at least {write(n, how)}" if n else write(None, how)


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
        f"ago. Together they lost {write(fell['lost_value'], 'money')} {currency}. The two horizons may cover "
        "different seasons",
    )


def top_fallen(top: pd.DataFrame, fell: int, currency: str) -> Table:
    """The customers who lost most of the `fell` who fell."""
    if top.empty:
        return ELSEWHERE
    columns = [
        Column("customer_id", "customer"),
        Column("from", "tier or segment then"),
        Column("to", "now"),
        Column("predicted_then", f"forecast then, {currency}", "money"),
        Column("predicted_now", "now", "money"),
        Column("lost", "lost", "money"),
        Column("reason", "reason"),
    ]
    top = top.assign(lost=top["predicted_then"] - top["predicted_now"])
    return table(
        top, columns, f"The {len(top)} customers who fell and lost most. data/fallen.parquet lists all {fell:,}"
    )
