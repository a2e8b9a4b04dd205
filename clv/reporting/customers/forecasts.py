"""What the customers report shows: who is worth what."""

import numpy as np
import pandas as pd

from clv.reporting.customers.named import NOBODY_NAMED
from clv.reporting.kit.chart import BLUE, GREY, Chart, figure, render
from clv.reporting.kit.not_known import NO_RETURNS, NOT_KNOWN, knows_no_tier
from clv.reporting.kit.table import Column, Search, Table, facts, nothing, searchable, write

NO_FORECASTS = nothing(f"Nobody is shown as worth more than others, because {NO_RETURNS}.")


def headline(values: pd.DataFrame, horizon_days: int, currency: str) -> Table:
    """The forecast in five numbers; how many customers there are where it is not known who comes back."""
    if knows_no_tier(values["tier"]):
        forecast = (f"forecast of {horizon_days} days, {currency}", NOT_KNOWN)
        return facts([("customers", write(len(values), "count")), forecast, ("expected to buy", NOT_KNOWN)])
    top = values.nlargest(max(1, round(len(values) * 0.2)), "predicted_clv")["predicted_clv"].sum()
    total = values["predicted_clv"].sum()
    return facts(
        [
            ("customers", write(len(values), "count")),
            (f"forecast of {horizon_days} days, {currency}", write(total, "money")),
            (f"mean per customer, {currency}", write(total / len(values), "money")),
            ("of it from the top 20%", write(top / total if total > 0 else np.nan, "share")),
            ("expected to buy", write(values["p_purchase"].sum(), "count")),
        ]
    )


def distribution(values: pd.DataFrame, currency: str) -> Chart | Table:
    """How forecasts are spread over customers, on a log scale."""
    if knows_no_tier(values["tier"]):
        return NO_FORECASTS
    forecast = values["predicted_clv"].to_numpy()
    shown = np.maximum(forecast, 0.1)
    edges = np.logspace(-1, np.log10(max(shown.max(), 1.0) * 1.01), 40)
    counts, _ = np.histogram(shown, bins=edges)
    fig, ax = figure(height=3.0)
    ax.stairs(counts, edges, color=BLUE, fill=True)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
    ax.set_xlabel(f"forecast per customer, {currency} (0.1 holds all below)")
    ax.set_ylabel("customers")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    median = float(np.median(forecast))
    ax.axvline(max(median, 0.1), color=GREY, linestyle="--", linewidth=1)
    return render(
        fig,
        "distribution",
        f"Half of the customers are forecast to spend less than {median:,.2f} {currency} (dashed)",
        f"Histogram of forecasts per customer on a log scale, median {median:,.2f} {currency}, "
        f"largest {forecast.max():,.0f}",
    )


def highest(values: pd.DataFrame, n: int, first: int, currency: str) -> Table:
    """The n customers with the highest forecasts, to search and to sort; the `first` of them are shown at once."""
    if n == 0:
        return NOBODY_NAMED
    if knows_no_tier(values["tier"]):
        return NO_FORECASTS
    top = by_forecast(values).head(n)
    top = top.assign(rank=range(1, len(top) + 1), orders=top["frequency"] + 1)
    columns = [
        Column("customer_id", "customer"),
        Column("rank", "rank", "count"),
        Column("predicted_clv", f"forecast, {currency}", "money"),
        *_ends(top),
        Column("p_purchase", "P(purchase)", "share"),
        Column("recency_days", "days since last order", "days"),
        Column("orders", "orders", "count"),
        Column("tier", "tier"),
        Column("rfm_segment", "segment"),
        Column("cluster_name", "cluster"),
    ]
    caption = (
        "The customers with the highest forecasts, with the 95% interval of the forecast and the probability that they "
        "buy in the horizon; orders are days with a purchase"
    )
    whom = f"the {len(top):,} customers with the highest forecasts" if n < len(values) else "all customers"
    search = Search(
        "customers",
        f"Search {whom}",
        f"None of these {len(top):,}. Every customer is in data/customer_values.parquet, and report.customer in "
        "params.yaml shows any customer's card.",
    )
    return searchable(top, columns, caption, first, search)


def _ends(top: pd.DataFrame) -> list[Column]:
    """The 95% interval in two columns, or in one where it begins at 0 for everyone."""
    if (top["lower_95"] == 0).all():
        return [Column("upper_95", "95% at most", "money")]
    return [Column("lower_95", "95% from", "money"), Column("upper_95", "to", "money")]


def by_forecast(values: pd.DataFrame) -> pd.DataFrame:
    """Customers by forecast, the highest first."""
    return values.sort_values(["predicted_clv", "customer_id"], ascending=[False, True])
