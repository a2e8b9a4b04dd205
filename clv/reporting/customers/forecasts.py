"""What the customers report shows: who is worth what."""

from typing import Any

import numpy as np
import pandas as pd

from clv.reporting.data.distributions import of_figure
from clv.reporting.kit.chart import BLUE, GREY, Chart, figure, render
from clv.reporting.kit.not_known import NO_RETURNS, NOT_KNOWN, knows_no_tier
from clv.reporting.kit.table import Column, Search, Table, facts, nothing, searchable, write

NOBODY_NAMED = nothing("The shop is too small to name customers. All of them are in data/customer_values.")
NO_FORECASTS = nothing(f"Customers are not ranked by their forecasts, because {NO_RETURNS}.")


def headline(forecasts: dict[str, Any], horizon_days: int, currency: str) -> Table:
    """The forecast in five numbers; how many customers there are where it is not known who comes back.

    `forecasts` are those of data/described/figures.json.
    """
    customers, total, top = (forecasts[name] for name in ("customers", "total", "top_fifth_share"))
    if total is None:
        forecast = (f"forecast of {horizon_days} days, {currency}", NOT_KNOWN)
        return facts([("customers", write(customers, "count")), forecast, ("customers expected to buy", NOT_KNOWN)])
    return facts(
        [
            ("customers", write(customers, "count")),
            (f"forecast of {horizon_days} days, {currency}", write(total, "money")),
            (f"mean per customer, {currency}", write(total / customers, "money")),
            ("share of the top 20% of customers", write(top, "share")),
            ("customers expected to buy", write(forecasts["expected_buyers"], "count")),
        ]
    )


def distribution(histograms: pd.DataFrame, forecasts: dict[str, Any], currency: str) -> Chart | Table:
    """How forecasts are spread over customers, on a log scale, from data/described/histograms.csv."""
    if forecasts["total"] is None:
        return NO_FORECASTS
    rows, median, largest = of_figure(histograms, "forecast"), forecasts["median"], forecasts["largest"]
    fig, ax = figure(height=3.0)
    ax.stairs(rows["count"].to_numpy(), np.array([*rows["low"], rows["high"].iloc[-1]]), color=BLUE, fill=True)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
    ax.set_xlabel(f"forecast per customer, {currency} (0.1 includes all below)")
    ax.set_ylabel("customers")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    ax.axvline(max(median, 0.1), color=GREY, linestyle="--", linewidth=1)
    return render(
        fig,
        "distribution",
        f"Half of the customers are forecast to spend less than {median:,.2f} {currency} (dashed)",
        f"Histogram of forecasts per customer on a log scale, median {median:,.2f} {currency}, largest {largest:,.0f}",
    )


def highest(top: pd.DataFrame, customers: int, first: int, currency: str) -> Table:
    """The customers with the highest forecasts, the highest first, to search and to sort.

    They are some of `customers`; the `first` of them are shown at once.
    """
    if top.empty:
        return NOBODY_NAMED
    if knows_no_tier(top["tier"]):
        return NO_FORECASTS
    ends = _ends(top)
    top = top.assign(rank=range(1, len(top) + 1), orders=top["frequency"] + 1)
    columns = [
        Column("customer_id", "customer"),
        Column("rank", "rank", "count"),
        Column("predicted_clv", f"forecast, {currency}", "money"),
        *ends,
        Column("p_purchase", "P(purchase)", "share"),
        Column("recency_days", "days since last order", "days"),
        Column("orders", "orders", "count"),
        Column("tier", "tier"),
        Column("rfm_segment", "segment"),
        Column("cluster_name", "cluster"),
    ]
    interval = "95% interval" if len(ends) > 1 else "upper end of its 95% interval (the lower end is 0)"
    caption = (
        f"The customers with the highest forecasts, each with the {interval} and the probability of a purchase in the "
        "horizon. Orders are days with a purchase"
    )
    whom = f"the {len(top):,} customers with the highest forecasts" if len(top) < customers else "all customers"
    search = Search(
        "customers",
        f"Search {whom}",
        f"None of these {len(top):,} customers matches. The customers who fell most have a card too: click them in "
        "their table. Every customer is in data/customer_values, and report.customer in params.yaml selects the "
        "customer whose card is shown at first.",
    )
    return searchable(top, columns, caption, first, search)


def _ends(top: pd.DataFrame) -> list[Column]:
    """The 95% interval in two columns, or in one where it begins at 0 for everyone."""
    if (top["lower_95"] == 0).all():
        return [Column("upper_95", "95% at most", "money")]
    return [Column("lower_95", "95% from", "money"), Column("upper_95", "to", "money")]
