"""What the feature report shows of which features go with the value that customers then brought."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from clv.reporting.data.distributions import bars
from clv.reporting.kit.chart import BLUE, GREEN, GREY, ORANGE, Chart, figure, panels, render
from clv.reporting.kit.drawn_note import drawn_note
from clv.reporting.kit.table import Column, Table, nothing, table

SHOWN = 15
WIDE = 8.0  # inches of a picture with two charts side by side
UNLABELLED = nothing(
    "Which features go with the value of customers is not known: no window is over, or it has too few customers."
)


def strongest(found: pd.DataFrame, drawn: int, customers: int) -> Chart | Table:
    """The features with the largest correlations, with their sign, from data/described/relations.csv.

    They are over all `customers` of the backtest, or over so many `drawn`.
    """
    if found.empty:
        return UNLABELLED
    top = found.head(SHOWN)
    at = np.arange(len(top))[::-1]
    fig, ax = figure(height=0.28 * len(top) + 0.8)
    ax.barh(at, top["rho"], color=[BLUE if rho > 0 else ORANGE for rho in top["rho"]], height=0.7)
    ax.axvline(0, color=GREY, linewidth=1)
    ax.set_yticks(at, top["feature"].to_list())
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.set_xlabel("rank correlation with the value then realised")
    first, falling = top.iloc[0], int((top["rho"] < 0).sum())
    said = f"{first.feature} goes with it most, {first.rho:+.2f}"
    against = "; orange: the higher, the less was realised" if falling else ""
    return render(
        fig,
        "strongest",
        f"The {len(top)} features that go most with what customers spent in the window after the cutoff: "
        f"{said}, where 1 is the same order of customers and 0 none{against}. Many show nearly the same"
        f"{drawn_note(drawn, customers)}",
        f"Bar chart of rank correlations of {len(top)} features with the realised value: {said}",
    )


def meanings(found: pd.DataFrame, leading: Sequence[str]) -> Table:
    """What these features mean, and those that lead their groups."""
    if found.empty:
        return UNLABELLED
    columns = [
        Column("feature", "feature"),
        Column("group", "group"),
        Column("rho", "correlation", "ratio"),
        Column("customers", "known of customers", "count"),
        Column("description", "meaning"),
    ]
    shown = found[(found.index < SHOWN) | found["feature"].isin(leading)]
    return table(shown, columns, "What the features in the pictures of this page mean")


def value_by(found: pd.DataFrame, means: pd.DataFrame, currency: str) -> Chart | Table:
    """Mean realised value from the customers with the lowest values of a feature to the highest: a chart for each.

    Takes data/described/relations.csv and value_by_feature.csv.
    """
    if found.empty:
        return UNLABELLED
    groups = {str(name): rows for name, rows in means.groupby("feature", sort=False) if len(rows) > 1}
    if not groups:
        return nothing("There are too few customers to show how value rises or falls with a feature.")
    fig, axes = panels(len(groups), 2, WIDE, row_height=2.4)
    said = []
    for ax, (name, rows) in zip(axes, groups.items(), strict=True):
        ax.bar(np.arange(len(rows)), rows["mean"], color=GREEN, width=0.7)
        ranges = zip(rows["low"], rows["high"], rows["customers"], strict=True)
        labels = [f"{_between(low, high)}\n{customers:,}" for low, high, customers in ranges]
        ax.set_xticks(np.arange(len(rows)), labels, fontsize=8.5)
        ax.set_title(name, fontsize=10, loc="left")
        ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
        said.append(f"{name} {rows['mean'].iloc[0]:,.0f} to {rows['mean'].iloc[-1]:,.0f}")
    leader, first = next((name, rows["mean"]) for name, rows in groups.items())
    return render(
        fig,
        "value-by-feature",
        f"Mean value realised, {currency}, from customers with the lowest values of a feature to the highest, "
        f"and under each bar its values and how many customers it is the mean of. By {leader} it goes from "
        f"{first.iloc[0]:,.0f} to {first.iloc[-1]:,.0f}. The strongest feature of each group of features; customers "
        "without a value are left out. What goes together need not be cause and effect",
        f"Small bar charts of mean realised value, {currency}, from lowest to highest values: {', '.join(said)}",
        wide=True,
    )


def spread(histograms: pd.DataFrame, described: pd.DataFrame) -> Chart:
    """How the values of features are spread over today's customers: a small histogram for each.

    Takes data/described/spread.csv and the list of features.
    """
    unit = described.set_index("feature")["unit"]
    names = list(dict.fromkeys(histograms["feature"]))
    fig, axes = panels(len(names), 2, WIDE)
    said = []
    for ax, name in zip(axes, names, strict=True):
        rows = histograms[histograms["feature"] == name]
        median = float(rows["median"].iloc[0])
        bars(ax, rows)
        ax.axvline(median, color=ORANGE, linewidth=1.5)
        ax.xaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
        ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
        ax.set_title(f"{name}, {unit[name]}", fontsize=10, loc="left")
        said.append(f"{name} {_short(median)}")
    return render(
        fig,
        "spread",
        f"Today's customers by one feature of each of {len(names)} groups. The line is the median: {', '.join(said)}. "
        "The lowest and the highest 1%, and customers without a value, are not shown",
        f"Small histograms of {len(names)} features of today's customers; medians: {', '.join(said)}",
        wide=True,
    )


def _between(low: float, high: float) -> str:
    return _short(low) if low == high else f"{_short(low)}–{_short(high)}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2g}"
