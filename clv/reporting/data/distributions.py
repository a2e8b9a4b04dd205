"""What the data report shows of how orders and customers differ: value, days between orders, revenue so far."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clv.data.types import MINOR_PER_UNIT
from clv.reporting.kit.chart import BLUE, ORANGE, Chart, figure, render
from clv.reporting.kit.table import Table, nothing

BINS = 40
TAIL = 0.001  # of the amounts are in the step at either end, with all beyond it
GAP_SHARE = 0.99  # of the gaps are shown: the last few would stretch the axis


def order_values(orders: pd.DataFrame, currency: str) -> Chart:
    """Value of orders on a log scale, from one row per customer and day (`clv.reporting.data.purchase_days`)."""
    values = orders["value"].to_numpy()
    fig, ax = figure(height=2.6)
    _log_histogram(ax, values)
    ax.set_xlabel(f"value of an order, {currency}")
    ax.set_ylabel("orders")
    half, tenth = np.quantile(values, [0.5, 0.9])
    said = f"Half of the orders are worth less than {half:,.2f} {currency}, a tenth more than {tenth:,.2f}"
    return render(
        fig,
        "order-values",
        f"{said}. Before returns; each step to the right multiplies; the line is the median",
        f"Histogram of order values on a log scale. {said}",
    )


def gaps(orders: pd.DataFrame) -> Chart | Table:
    """Days between one order of a customer and the next."""
    same = orders["customer_id"].eq(orders["customer_id"].shift())
    days = orders["day"].diff()[same].dt.days.to_numpy()
    if len(days) == 0:
        return nothing("No customer has ordered twice, so there are no days between orders.")
    half, tenth, last = np.quantile(days, [0.5, 0.9, GAP_SHARE])
    fig, ax = figure(height=2.6)
    width = max(1, round(last / BINS))
    ax.hist(days, bins=list(np.arange(0.5, last + width + 0.5, width)), color=BLUE)
    _median(ax, half)
    ax.set_xlabel("days from an order to the customer's next")
    ax.set_ylabel("orders")
    _counts(ax)
    said = f"Of the orders that another followed, half had it within {half:,.0f} days, nine in ten within {tenth:,.0f}"
    return render(
        fig,
        "gaps",
        f"{said}. Who has not come back yet is not in it, so gaps really are longer; the longest 1% are not shown",
        f"Histogram of days between orders. {said}",
    )


def revenue_so_far(transactions: pd.DataFrame, currency: str) -> Chart | Table:
    """Net revenue of customers so far, on a log scale, from clean transactions."""
    values = transactions.groupby("customer_id")["amount_minor"].sum().to_numpy() / MINOR_PER_UNIT
    positive = values[values > 0]
    if len(positive) == 0:
        return nothing("No customer has brought revenue after returns.")
    fig, ax = figure(height=2.6)
    _log_histogram(ax, positive)
    ax.set_xlabel(f"net revenue of a customer so far, {currency}")
    ax.set_ylabel("customers")
    top = np.sort(values)[::-1][: max(1, round(len(values) / 10))].sum() / values.sum()
    said = f"Half of the customers have brought less than {np.median(values):,.2f} {currency}"
    said += f"; the tenth that brought most, {top:.0%} of all revenue" if values.sum() > 0 else ""
    none = len(values) - len(positive)
    return render(
        fig,
        "revenue-so-far",
        said + (f". {none:,} whose returns took all are not shown" if none else ""),
        f"Histogram of customers by net revenue on a log scale. {said}",
    )


def _log_histogram(ax: Axes, values: np.ndarray) -> None:
    """How many amounts above 0 fall into steps of equal ratio, the first and last with those beyond; the median."""
    low, high = np.quantile(values, [TAIL, 1 - TAIL])
    # Half-way between amounts of money: none may change sides on another kind of CPU.
    edges = np.unique(np.round(np.geomspace(low, max(high, 1.1 * low), BINS + 1), 3)) - 0.0005
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    ax.stairs(counts, edges, color=BLUE, fill=True)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
    ax.minorticks_off()
    _median(ax, float(np.median(values)))
    _counts(ax)


def _median(ax: Axes, at: float) -> None:
    ax.axvline(at, color=ORANGE, linewidth=1.5)


def _counts(ax: Axes) -> None:
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
