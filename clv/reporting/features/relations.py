"""What the feature report shows of which features go with the value that customers then brought."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clv.features.columns import TARGET
from clv.reporting.kit.chart import BLUE, GREEN, GREY, ORANGE, Chart, figure, panels, render
from clv.reporting.kit.table import Column, Table, nothing, table

SHOWN = 15
WIDE = 8.0  # inches of a picture with two charts side by side
LEADERS = 6
FEWEST = 100  # customers of whom a feature is known: the correlation of fewer is luck
BINS = 30
GROUPS = 5  # of customers by a feature, as far as equal values allow
UNLABELLED = nothing(
    "Which features go with the value of customers is not known: no window is over, or it has too few customers."
)


def relations(customers: pd.DataFrame, described: pd.DataFrame) -> pd.DataFrame:
    """How features go with the value that was realised: one row per feature that is a number, the strongest first.

    Takes a labelled snapshot (one row per customer) and the list of features. Columns: those of the list, rho, the
    Spearman correlation over the customers of whom the feature is known, and customers, how many these are.
    """
    rows = described[(described["status"] == "present") & (described["unit"] != "text")].set_index("feature")
    known = [name for name in rows.index if customers[name].count() >= FEWEST]
    names = [name for name in known if customers[name].min() < customers[name].max()]
    if customers[TARGET].nunique() < 2 or not names:
        return pd.DataFrame()
    rho = customers[names].corrwith(customers[TARGET], method="spearman").round(3)
    found = rows.loc[names].assign(rho=rho, customers=customers[names].count()).dropna(subset="rho").reset_index()
    return found.sort_values("rho", key=lambda v: -v.abs(), kind="stable", ignore_index=True)


def leaders(found: pd.DataFrame, described: pd.DataFrame) -> list[str]:
    """The strongest feature of each of the strongest groups, of those known of half of the customers or more.

    Without relations it is the first number of each group.
    """
    rows = described[(described["status"] == "present") & (described["unit"] != "text")] if found.empty else found
    return list(rows[rows["known_share"] >= 0.5].drop_duplicates("group")["feature"].head(LEADERS))


def strongest(found: pd.DataFrame) -> Chart | Table:
    """The features with the largest correlations, with their sign."""
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
        f"The {len(top)} features that go most with the value that customers brought in the window after the cutoff: "
        f"{said}, where 1 is the same order of customers and 0 none{against}. Many say nearly the same",
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


def value_by(
    customers: pd.DataFrame, found: pd.DataFrame, names: Sequence[str], currency: str, least: int
) -> Chart | Table:
    """Mean realised value from the customers with the lowest values of a feature to the highest: a chart for each.

    Groups of fewer than `least` customers are not shown.
    """
    if found.empty:
        return UNLABELLED
    groups = {name: by_quantile(customers[name], customers[TARGET], least) for name in names}
    groups = {name: rows for name, rows in groups.items() if len(rows) > 1}
    if not groups:
        return nothing("There are too few customers to show how value rises or falls with a feature.")
    fig, axes = panels(len(groups), 2, WIDE, row_height=2.4)
    said = []
    for ax, (name, rows) in zip(axes, groups.items(), strict=True):
        ax.bar(np.arange(len(rows)), rows["mean"], color=GREEN, width=0.7)
        labels = [f"{label}\n{n:,}" for label, n in zip(rows["label"], rows["customers"], strict=True)]
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
        f"{first.iloc[0]:,.0f} to {first.iloc[-1]:,.0f}. The strongest feature of each group of features; who has no "
        "value is left out. What goes together need not be cause and effect",
        f"Small bar charts of mean realised value, {currency}, from lowest to highest values: {', '.join(said)}",
        wide=True,
    )


def by_quantile(values: pd.Series, target: pd.Series, least: int) -> pd.DataFrame:
    """Label, mean target and customers of up to GROUPS groups of rising values, those of at least `least` customers.

    Equal values stay together.
    """
    known = values.notna() & target.notna()
    found = pd.DataFrame({"value": values[known], "target": target[known]})
    rows = found.groupby(np.searchsorted(_ends(found["value"]), found["value"]))
    low, high = rows["value"].min(), rows["value"].max()
    labels = [_short(a) if a == b else f"{_short(a)}–{_short(b)}" for a, b in zip(low, high, strict=True)]
    groups = pd.DataFrame(
        {"label": labels, "mean": rows["target"].mean().round(2).to_numpy(), "customers": rows.size().to_numpy()}
    )
    return groups[groups["customers"] >= least].reset_index(drop=True)


def _ends(values: pd.Series) -> list[float]:
    """The highest value of each group but the last: each takes its share of those who are left, and all equal ones."""
    ends: list[float] = []
    left, filled = len(values), 0
    for value, customers in zip(*np.unique(values, return_counts=True), strict=True):
        filled += int(customers)
        if len(ends) < GROUPS - 1 and filled * (GROUPS - len(ends)) >= left:
            ends.append(float(value))
            left, filled = left - filled, 0
    return ends


def spread(customers: pd.DataFrame, names: Sequence[str], described: pd.DataFrame) -> Chart:
    """How the values of features are spread over today's customers: a small histogram for each."""
    unit = described.set_index("feature")["unit"]
    fig, axes = panels(len(names), 2, WIDE)
    said = []
    for ax, name in zip(axes, names, strict=True):
        values = customers[name].dropna().to_numpy()
        _histogram(ax, values)
        ax.set_title(f"{name}, {unit[name]}", fontsize=10, loc="left")
        said.append(f"{name} {_short(float(np.median(values)))}")
    return render(
        fig,
        "spread",
        f"Today's customers by one feature of each of {len(names)} groups. The line is the median: {', '.join(said)}. "
        "The lowest and the highest 1% are not shown, nor who has no value",
        f"Small histograms of {len(names)} features of today's customers; medians: {', '.join(said)}",
        wide=True,
    )


def _histogram(ax: Axes, values: np.ndarray) -> None:
    low, high = np.quantile(values, [0.01, 0.99])
    whole = bool((values == np.rint(values)).all())
    step = max(1, round((high - low) / BINS)) if whole else max((high - low) / BINS, 1e-6)
    edges = np.arange(low - step / 2, high + step, step)
    ax.hist(values, bins=list(edges), color=BLUE)
    ax.axvline(float(np.median(values)), color=ORANGE, linewidth=1.5)
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2g}"
