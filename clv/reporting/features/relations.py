"""Parts of the feature report: which features correlate with what customers then spent."""

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
    "It is not known which features correlate with the value of customers, because no window is over, or because it "
    "has too few customers."
)


def strongest(found: pd.DataFrame, drawn: int, customers: int) -> Chart | Table:
    """The features with the largest correlations, with their sign, from data/described/relations.csv.

    They are computed on all `customers` of the backtest, or on a sample of `drawn`.
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
    said = f"{first.feature} is the strongest, {first.rho:+.2f}"
    against = "; for orange bars, the higher the feature, the less was realised" if falling else ""
    return render(
        fig,
        "strongest",
        f"The {len(top)} features that correlate most with what customers spent in the window after the cutoff: "
        f"{said}, where 1 means the same order of customers and 0 no relation{against}. Many show nearly the same"
        f"{drawn_note(drawn, customers)}",
        f"Bar chart of rank correlations of {len(top)} features with the realised value: {said}",
    )


def meanings(found: pd.DataFrame, leading: Sequence[str]) -> Table:
    """The meaning of these features, and of those that lead their groups."""
    if found.empty:
        return UNLABELLED
    columns = [
        Column("feature", "feature"),
        Column("group", "group"),
        Column("rho", "correlation", "ratio"),
        Column("customers", "customers with a value", "count"),
        Column("description", "meaning"),
    ]
    shown = found[(found.index < SHOWN) | found["feature"].isin(leading)]
    return table(shown, columns, "What the features in the pictures of this page mean")


def value_by(found: pd.DataFrame, means: pd.DataFrame, currency: str) -> Chart | Table:
    """Mean realised value, from customers with the lowest values of a feature to the highest: one chart per feature.

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
        f"Mean realised value, {currency}, from customers with the lowest values of a feature to those with the "
        f"highest. Under each bar are the values of the feature and the number of customers. By {leader}, the mean "
        f"goes from {first.iloc[0]:,.0f} to {first.iloc[-1]:,.0f}. The features are the strongest of their groups of "
        "features; customers without a value are left out. Correlation does not show cause and effect",
        f"Small bar charts of mean realised value, {currency}, from lowest to highest values: {', '.join(said)}",
        wide=True,
    )


def spread(histograms: pd.DataFrame, described: pd.DataFrame) -> Chart:
    """The distribution of features over today's customers: one small histogram each.

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
        f"How today's customers are distributed, by one feature of each of {len(names)} groups. The line is the "
        f"median: {', '.join(said)}. The lowest and the highest 1%, and customers without a value, are not shown",
        f"Small histograms of {len(names)} features of today's customers; medians: {', '.join(said)}",
        wide=True,
    )


def _between(low: float, high: float) -> str:
    return _short(low) if low == high else f"{_short(low)}–{_short(high)}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2g}"
