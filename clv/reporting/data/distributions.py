"""Parts of the data report: how orders and customers vary in value, days between orders, and revenue so far."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clv.reporting.kit.chart import BLUE, ORANGE, Chart, figure, render
from clv.reporting.kit.table import Table, nothing


def of_figure(histograms: pd.DataFrame, name: str) -> pd.DataFrame:
    """The bins of one figure of data/described/histograms.csv."""
    return histograms[histograms["figure"] == name]


def order_values(histograms: pd.DataFrame, sales: dict[str, Any], currency: str) -> Chart:
    """Value of orders on a log scale; `sales` is that of data/described/figures.json."""
    numbers = sales["order_value"]
    fig, ax = figure(height=2.6)
    _log_histogram(ax, of_figure(histograms, "order_value"), numbers["median"])
    ax.set_xlabel(f"value of an order, {currency}")
    ax.set_ylabel("orders")
    said = f"Half of the orders are worth less than {numbers['median']:,.2f} {currency}"
    said += f", and a tenth are worth more than {numbers['tenth_above']:,.2f}"
    return render(
        fig,
        "order-values",
        f"{said}. Values are before returns, the scale is logarithmic, and the line is the median",
        f"Histogram of order values on a log scale. {said}",
    )


def gaps(histograms: pd.DataFrame, sales: dict[str, Any]) -> Chart | Table:
    """Days between one order of a customer and the next."""
    rows, numbers = of_figure(histograms, "gap_days"), sales["gap_days"]
    if rows.empty:
        return nothing("No customer has ordered twice, so there are no days between orders.")
    fig, ax = figure(height=2.6)
    bars(ax, rows)
    _median(ax, numbers["median"])
    ax.set_xlabel("days from an order to the customer's next")
    ax.set_ylabel("orders")
    _counts(ax)
    said = f"Where a customer ordered again, half of the next orders came within {numbers['median']:,.0f} days"
    said += f", and nine in ten within {numbers['tenth_above']:,.0f}"
    return render(
        fig,
        "gaps",
        f"{said}. Orders without a next order yet are excluded, so true gaps are longer. The longest 1% are not shown",
        f"Histogram of days between orders. {said}",
    )


def revenue_so_far(histograms: pd.DataFrame, sales: dict[str, Any], currency: str) -> Chart | Table:
    """Net revenue of customers so far, on a log scale."""
    rows, numbers = of_figure(histograms, "net_revenue"), sales["net_revenue"]
    if rows.empty:
        return nothing("No customer has revenue after returns.")
    fig, ax = figure(height=2.6)
    _log_histogram(ax, rows, numbers["median_above_0"])
    ax.set_xlabel(f"net revenue of a customer so far, {currency}")
    ax.set_ylabel("customers")
    said = f"Half of the customers have spent less than {numbers['median']:,.2f} {currency}"
    top, none = numbers["top_tenth_share"], numbers["customers_without"]
    said += f"; the tenth who spent most account for {top:.0%} of all revenue" if top is not None else ""
    return render(
        fig,
        "revenue-so-far",
        said + (f". Customers without revenue after returns are not shown ({none:,} here)" if none else ""),
        f"Histogram of customers by net revenue on a log scale. {said}",
    )


def bars(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw bins with their counts."""
    edges = [*rows["low"], rows["high"].iloc[-1]]
    ax.hist(rows["low"], bins=edges, weights=rows["count"], color=BLUE)


def _log_histogram(ax: Axes, rows: pd.DataFrame, median: float) -> None:
    """Draw bins of equal ratio, and the median."""
    ax.stairs(rows["count"].to_numpy(), np.array([*rows["low"], rows["high"].iloc[-1]]), color=BLUE, fill=True)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
    ax.minorticks_off()
    _median(ax, median)
    _counts(ax)


def _median(ax: Axes, at: float) -> None:
    ax.axvline(at, color=ORANGE, linewidth=1.5)


def _counts(ax: Axes) -> None:
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
