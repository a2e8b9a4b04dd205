"""What the customers report shows: who is worth what."""

import numpy as np
import pandas as pd

from clv.reporting.chart import BLUE, GREY, Chart, figure, render
from clv.reporting.table import Column, Table, facts, table, write


def headline(values: pd.DataFrame, horizon_days: int, currency: str) -> Table:
    """The forecast in five numbers."""
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


def distribution(values: pd.DataFrame, currency: str) -> Chart:
    """How forecasts are spread over customers, on a log scale."""
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
        fig, "distribution", f"Half of the customers are forecast to spend less than {median:,.2f} {currency} (dashed)",
        f"Histogram of forecasts per customer on a log scale, median {median:,.2f} {currency}, "
        f"largest {forecast.max():,.0f}",
    )  # fmt: skip


def top_customers(values: pd.DataFrame, n: int, currency: str) -> Table:
    """The customers with the highest forecasts."""
    columns = [
        Column("customer_id", "customer"),
        Column("predicted_clv", f"forecast, {currency}", "money"),
        Column("lower_95", "95% from", "money"),
        Column("upper_95", "to", "money"),
        Column("p_purchase", "P(purchase)", "share"),
        Column("frequency", "repeat purchase days", "count"),
        Column("recency_days", "days since last", "days"),
        Column("monetary_value", f"spend per purchase day, {currency}", "money"),
        Column("rfm_segment", "segment"),
    ]
    top = values.sort_values(["predicted_clv", "customer_id"], ascending=[False, True]).head(n)
    return table(top, columns, f"The {len(top)} customers with the highest forecasts")
