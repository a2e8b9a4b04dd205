"""Parts of the explanation report: which features drive the forecasts, in which direction, and for whom."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clv.reporting.kit.chart import BLUE, GREEN, Chart, figure, panels, render
from clv.reporting.kit.table import ELSEWHERE, Column, Table, nothing, table

SHOWN = 15  # features
VALUE = "btyd_value"  # not drawn: so strong that the others could not be seen beside it
UNEXPLAINED = nothing(
    "There are no contributions, because they explain XGBoost and LightGBM, and the forecast uses neither."
)
NO_REASONS = nothing(
    "There are no reasons for forecasts, because there are no contributions, or evaluate.explained_customers is 0."
)
NOT_PERMUTED = nothing("There is no backtest, so there are no test customers on whom features could be changed.")


def features(rows: pd.DataFrame) -> Chart | Table:
    """The strongest features beside the buy-till-you-die forecast itself."""
    if rows.empty:
        return UNEXPLAINED
    top = rows[rows["feature"] != VALUE].head(SHOWN)
    value = rows.set_index("feature")["mean_contribution"][VALUE]
    fig, ax = figure(height=4.6)
    _bars(ax, top["feature"], top["mean_contribution"])
    first = top.iloc[0]
    return render(
        fig,
        "contributions",
        f"The {len(top)} strongest features beside {VALUE}. A bar shows how much a feature adds to or takes from the "
        "log of the forecast of the two boosters, in absolute size, on average over today's customers: 0.1 is about a "
        f"tenth of the forecast. {VALUE}, the forecast that they start from, has {value:.2f}",
        f"Bar chart of mean contributions of {len(top)} features; the strongest is {first.feature} with "
        f"{first.mean_contribution:.3f}, against {value:.2f} of {VALUE}",
    )


def groups(rows: pd.DataFrame) -> Chart | Table:
    """The contributions by group of features."""
    if rows.empty:
        return UNEXPLAINED
    fig, ax = figure(height=3.8)
    _bars(ax, rows["group"], rows["mean_contribution"])
    first = rows.iloc[0]
    return render(
        fig,
        "contribution-groups",
        "The same by group. The contributions of a group are first added up for each customer, so that opposite ones "
        "cancel out",
        f"Bar chart of mean contributions of {len(rows)} groups of features; the strongest is {first.group} with "
        f"{first.mean_contribution:.2f}",
    )


def permutation(rows: pd.DataFrame, kind: str, currency: str) -> Table:
    """The loss in the backtest when features, or groups of them, are permuted between customers."""
    if rows.empty:
        return NOT_PERMUTED
    found = rows[rows["kind"] == kind].sort_values("gini_fall", ascending=False, kind="stable")
    columns = [
        Column("name", kind),
        Column("gini_fall", "Gini falls by", "fine"),
        Column("mae_rise", f"mean absolute error rises by, {currency}", "money"),
    ]
    if kind == "group":
        return table(found, columns, "All features of a group are permuted together")
    return table(
        found.head(SHOWN), columns, f"The {min(SHOWN, len(found))} features without which the ranking loses most"
    )


def dependence(rows: pd.DataFrame, described: pd.DataFrame, currency: str) -> Chart | Table:
    """Mean forecast over the values of each of the strongest features: one small chart per feature."""
    if rows.empty:
        return NOT_PERMUTED
    unit = described.set_index("feature")["unit"]
    names = list(dict.fromkeys(rows["feature"]))
    fig, axes = panels(len(names), 2)
    fig.supylabel(f"mean forecast, {currency}")
    fig.supxlabel("value of the feature")
    for ax, name in zip(axes, names, strict=True):
        of_feature = rows[rows["feature"] == name]
        _dependence(ax, of_feature, is_text=unit[name] == "text")
        ax.set_title(name, fontsize=10, loc="left")
        ax.set_ylim(0, 1.15 * max(float(of_feature["mean_forecast"].max()), 0.01))
        ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    spans = rows.groupby("feature", sort=False)["mean_forecast"].agg(["min", "max"])
    said = ", ".join(f"{name} {span['min']:,.0f} to {span['max']:,.0f}" for name, span in spans.iterrows())
    return render(
        fig,
        "dependence",
        f"Mean forecast, {currency}, if all customers had the same value of a feature and kept all other values. Each "
        "axis begins at 0, so a flat line means a weak feature. Numbers run from the 5% to the 95% quantile of the "
        "customers; for text, the most frequent values are shown",
        f"Small charts of the mean forecast over the values of {len(names)} features: {said} {currency}",
    )


def reasons(rows: pd.DataFrame, customers: int) -> Table:
    """The reasons behind the forecasts of the customers with the highest ones."""
    if rows.empty:
        return NO_REASONS
    if customers == 0:
        return ELSEWHERE
    ids = list(dict.fromkeys(rows["customer_id"]))
    shown = rows[rows["customer_id"].isin(ids[:customers])]
    columns = [
        Column("customer_id", "customer"),
        Column("rank", "rank", "count"),
        Column("text", "reason"),
        Column("factor", "factor", "ratio"),
    ]
    return table(
        shown,
        columns,
        f"Five reasons for each of the {min(customers, len(ids))} customers with the highest forecasts. The factor is "
        "the effect of the value on the forecast of the two boosters, divided by the average effect of the feature. "
        "'Typical' is the median, or the most frequent value. data/reasons.parquet has the reasons of "
        f"{len(ids):,} customers",
    )


def _bars(ax: Axes, names: pd.Series, sizes: pd.Series) -> None:
    at = np.arange(len(names))[::-1]
    ax.barh(at, sizes.to_numpy(), color=BLUE, height=0.7)
    ax.set_yticks(at, names.to_list())
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.set_xlabel("mean size of the contribution to the log forecast")


def _dependence(ax: Axes, rows: pd.DataFrame, is_text: bool) -> None:
    means = rows["mean_forecast"].to_numpy()
    if is_text:
        at = np.arange(len(rows))
        ax.bar(at, means, color=GREEN, width=0.6)
        ax.set_xticks(at, rows["value"].to_list(), rotation=30, ha="right", fontsize=8.5)
    else:
        ax.plot(rows["value"].astype("float64").to_numpy(), means, "o-", color=BLUE, markersize=3, linewidth=1.5)
        ax.xaxis.set_major_formatter(lambda v, _: f"{v:,.6g}")
