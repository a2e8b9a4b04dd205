"""What the customers report shows: who is worth what, in which segment."""

import numpy as np
import pandas as pd

from clv.marketing.segments.tiers import TIERS
from clv.reporting.chart import BLUE, GREEN, GREY, Chart, figure, render
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


def tiers(profiles: pd.DataFrame) -> Chart:
    """Share of customers and share of the forecast by tier."""
    rows = profiles[profiles["dimension"] == "tier"].set_index("segment").reindex(list(TIERS)).fillna(0.0)
    fig, ax = figure(height=2.2)
    parts = []
    for side, (column, label) in enumerate(
        (("predicted_share", "of the forecast"), ("customer_share", "of the customers"))
    ):
        left = 0.0
        for tier, colour in zip(TIERS, (BLUE, GREEN, GREY), strict=True):
            share = float(rows[column][tier])
            ax.barh(side, share, left=left, color=colour, height=0.6, label=tier if side else None)
            if share > 0.06:
                ax.text(
                    left + share / 2, side, f"{share:.0%}", ha="center", va="center", color="white", fontweight="bold"
                )
            left += share
            parts.append(f"{tier} {share:.0%} {label}")
    ax.set_yticks([0, 1], ["of the forecast", "of the customers"])
    ax.set_xlim(0, 1)
    ax.xaxis.set_visible(False)
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    top = rows.loc[TIERS[0]]
    caption = f"Tiers: {top['customer_share']:.0%} of the customers carry {top['predicted_share']:.0%} of the forecast"
    return render(fig, "tiers", caption, "Stacked bars: " + ", ".join(parts))


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


def segments(profiles: pd.DataFrame, dimension: str, currency: str) -> Table:
    """The profile of each segment of a dimension: tier, rfm_segment or cluster."""
    columns = [
        Column("segment", dimension.replace("_", " ")),
        Column("customers", "customers", "count"),
        Column("customer_share", "share", "share"),
        Column("predicted_mean", f"mean forecast, {currency}", "money"),
        Column("predicted_share", "share of forecast", "share"),
        Column("p_purchase_mean", "P(purchase)", "share"),
        Column("recency_days_mean", "days since last", "days"),
        Column("frequency_mean", "repeat purchase days", "mean"),
        Column("monetary_value_mean", f"spend per purchase day, {currency}", "money"),
    ]
    return table(
        profiles[profiles["dimension"] == dimension],
        columns,
        f"Segments by {dimension.replace('_', ' ')}, means per customer",
    )


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
