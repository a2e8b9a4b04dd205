"""Parts of the data report: the rows received, those rejected, and how the shop developed."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clv.data.blocks import Blocks
from clv.data.schema import TABLES
from clv.data.types import MINOR_PER_UNIT
from clv.marketing.description.sold import MOST_DAYS
from clv.reporting.data.distributions import of_figure
from clv.reporting.kit.chart import BLUE, GREEN, GREY, Chart, figure, render
from clv.reporting.kit.table import Column, Table, facts, note, nothing, table, write

MOST_TICKS = 7  # labels of months that fit below a chart


def overview(metrics: dict[str, Any], currency: str) -> Table:
    """The size of the data, from the metrics of preprocess."""
    return facts(
        [
            ("customers", write(metrics["customers"], "count")),
            ("purchase days", write(metrics["purchase_days"], "count")),
            (f"net revenue, {currency}", write(metrics["net_revenue"], "money")),
            ("first day", metrics["first_day"]),
            ("last day", metrics["last_day"]),
        ]
    )


def quality(rules: pd.DataFrame, currency: str) -> Table:
    """One row per cleaning rule, as counted by `clv.data.quality`: rows hit, revenue affected, examples.

    Tables share rules: rules of tables other than transactions are shown only if they hit any rows.
    """
    shown = rules[(rules["table"] == "transactions") | (rules["rows"] > 0)]
    shown = shown.assign(revenue=shown["revenue_minor"].astype("Float64") / MINOR_PER_UNIT)
    columns = [
        Column("table", "table"),
        Column("rule", "rule"),
        Column("action", "action"),
        Column("catches", "what it catches"),
        Column("rows", "rows", "count"),
        Column("share", "share", "share"),
        Column("revenue", f"revenue affected, {currency}", "money"),
        Column("examples", "examples"),
    ]
    return table(
        shown,
        columns,
        "What each rule found, in the order of the rules. All rejected rows are kept in data/clean/rejected/, under "
        "the row numbers of the examples, which count from 0. The revenue of a repair is the amount that it changed. "
        "Rules of tables other than transactions are shown only if they found rows",
    )


def kept(metrics: dict[str, Any]) -> Table:
    """How many rows of the orders were kept, from the metrics of preprocess."""
    raw, clean = metrics["raw_rows"]["transactions"], metrics["clean_rows"]["transactions"]
    return note(f"Of {raw:,} rows of transactions, {clean:,} were kept and {raw - clean:,} were set aside.")


def unreadable(metrics: dict[str, Any]) -> Table:
    """Values that were present but could not be read, by column; they count as missing."""
    lost = [(f"{t}.{c}", n) for t, columns in metrics["unreadable_values"].items() for c, n in columns.items()]
    if not lost:
        return note("Every value present could be read.")
    return note(
        "These values could not be read and count as missing: "
        + ", ".join(f"{c} ({n:,} values)" for c, n in lost)
        + "."
    )


def absent(clean: Blocks, absent_features: list[str]) -> Table:
    """Which optional columns the clean tables lack, and how many features are left out for that."""
    lines = []
    for name, columns in TABLES.items():
        have = {*clean.columns[name], "is_return", "status"}  # clean tables need neither
        missing = [c.name for c in columns if not {c.name, f"{c.name}_minor"} & have]
        if not clean.rows[name]:
            lines.append(f"There is no table of {name}.")
        elif missing:
            lines.append(f"The table of {name} has no {', '.join(missing)}.")
    if not lines:
        return nothing("Every column that could be used is present, so nothing is left out.")
    if absent_features:
        n = len(absent_features)
        lines.append(
            f"{n} feature{' is' if n == 1 else 's are'} left out because of this; the page Features lists them."
        )
    return Table("".join(note(line).html for line in lines))


def monthly_revenue(months: pd.DataFrame, currency: str) -> Chart:
    """Net revenue by calendar month, from data/described/months.csv."""
    revenue = months.set_index("month")["net_revenue"]
    fig, ax = figure()
    ax.bar(np.arange(len(revenue)), revenue.to_numpy(), color=BLUE, width=0.8)
    _month_axis(ax, revenue.index)
    ax.set_ylabel(f"net revenue, {currency}")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    top = revenue.idxmax()
    return render(
        fig,
        "monthly-revenue",
        "Net revenue by month. The first and the last month may be incomplete",
        f"Bar chart of net revenue in {len(revenue)} months; the highest is {top} with {revenue.max():,.0f} {currency}",
    )


def cohort_sizes(months: pd.DataFrame) -> Chart:
    """New and returning customers by month, from data/described/months.csv."""
    new, returning = months["new_customers"].to_numpy(), months["returning_customers"].to_numpy()
    fig, ax = figure()
    at = np.arange(len(months))
    ax.bar(at, returning, color=GREEN, width=0.8, label="bought before")
    ax.bar(at, new, bottom=returning, color=GREY, width=0.8, label="first purchase")
    _month_axis(ax, pd.Index(months["month"]))
    ax.set_ylabel("customers who bought")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    fig.legend(frameon=False, loc="outside upper center", ncols=2, reverse=True)
    return render(
        fig,
        "cohorts",
        "Customers who bought in each month, for the first time or again",
        f"Stacked bar chart over {len(months)} months: {new.sum():,} first purchases, and customers who bought again",
    )


def orders_per_customer(histograms: pd.DataFrame) -> Chart:
    """How many customers bought on how many days, from data/described/histograms.csv."""
    counts = of_figure(histograms, "purchase_days")["count"].to_numpy()
    fig, ax = figure(height=3.0)
    ax.bar(np.arange(1, len(counts) + 1), counts, color=BLUE, width=0.8)
    ax.set_xticks(range(1, MOST_DAYS + 1), [*map(str, range(1, MOST_DAYS)), f"{MOST_DAYS}+"])
    ax.set_xlabel("purchase days of a customer")
    ax.set_ylabel("customers")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    once = counts[0] / counts.sum()
    return render(
        fig,
        "orders-per-customer",
        f"{once:.0%} of the customers bought on one day only",
        f"Bar chart of customers by number of purchase days; {once:.0%} have one",
    )


def _month_axis(ax: Axes, months: pd.Index) -> None:
    step = next((few for few in (1, 2, 3, 4, 6) if len(months) <= MOST_TICKS * few), 0)
    step = step or 12 * -(-len(months) // (12 * MOST_TICKS))
    ticks = np.arange(0, len(months), step)
    ax.set_xticks(ticks, [str(month) for month in months[ticks]])
