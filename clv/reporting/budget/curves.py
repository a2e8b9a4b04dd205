"""Parts of the budget report: the curves behind it, with the yield of spending by cell and in total."""

from typing import Any

import numpy as np
import pandas as pd

from clv.marketing.tiers import TIERS
from clv.reporting.kit.chart import BLUE, GREY, INK, ORANGE, RED, Chart, Mark, figure, name_lines, render
from clv.reporting.kit.table import Column, Table, nothing, table

UNKNOWN = nothing("It is not known what spending yields, so no return is shown.")
WAYS = {
    "ours": "this budget",
    "rule": "shares by tier (budget.rule)",
    "equal": "equal parts",
    "best_expected": "most expected profit, no caution",
}
SHORT = {"ours": "this budget", "rule": "shares by tier"}  # labels beside the lines


def lifts(metrics: dict[str, Any], currency: str) -> Table:
    """The results of the tests by tier and channel."""
    if not metrics["curves"]:
        return nothing("No randomised test shows how customers respond to spending.")
    rows = pd.DataFrame(metrics["curves"])
    rows["order"] = rows["tier"].map({tier: i for i, tier in enumerate(TIERS)})
    columns = [
        Column("tier", "tier"),
        Column("channel", "channel"),
        Column("highest_cost", f"highest cost tested per customer, {currency}", "money"),
        Column("lift", "revenue rises by", "share"),
        Column("lower_95", "95% from", "share"),
        Column("upper_95", "to", "share"),
        Column("half_cost", f"cost of half the effect, {currency}", "money"),
    ]
    caption = (
        "What the tests show: how much revenue rises at the highest cost that was tested, and the cost per customer "
        "at which half of the largest possible effect is reached. Where the data of a tier show little, its estimate "
        "borrows from the other tiers of the channel"
    )
    return table(rows.sort_values(["order", "channel"], kind="stable"), columns, caption)


def return_curve(curve: pd.DataFrame, total: float, currency: str) -> Chart | Table:
    """Expected profit by total budget, for this split and for the rule."""
    if not curve["expected_profit"].notna().any():
        return UNKNOWN
    fig, ax = figure(height=3.2)
    said, marks = [], []
    for name, colour in (("ours", BLUE), ("rule", ORANGE)):
        rows = curve[curve["allocation"] == name]
        if len(rows):
            ax.plot(rows["total"], rows["expected_profit"], "o-", color=colour, markersize=4)
            last = rows.iloc[-1]
            marks.append(Mark(last["total"], last["expected_profit"], SHORT[name], colour))
            best = rows.iloc[int(rows["expected_profit"].to_numpy().argmax())]
            said.append(f"{WAYS[name]}, highest at {best['total']:,.0f} ({best['expected_profit']:,.0f})")
    ax.axvline(total, color=GREY, linestyle="--", linewidth=1)
    ax.set_xlabel(f"money to spend, {currency} (dashed: the budget)")
    ax.set_ylabel(f"expected profit, {currency}")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    name_lines(ax, marks, at=1.02)
    rows = curve[curve["allocation"] == curve["allocation"].iloc[0]]
    most = rows.iloc[int(rows["expected_profit"].to_numpy().argmax())]
    more = f": the highest profit, {most['expected_profit']:,.0f} {currency}, comes with {most['spent']:,.0f} to spend"
    return render(
        fig,
        "return-curve",
        f"What a smaller or larger budget would yield{more}",
        f"Line chart of expected profit by budget: {', '.join(said)}",
    )


def response(curves: pd.DataFrame, cells: pd.DataFrame, currency: str) -> Chart | Table:
    """Small panels: expected margin by budget for each cell, with its interval and a dot at this budget."""
    if curves.empty:
        return UNKNOWN
    tiers = [tier for tier in TIERS if (curves["tier"] == tier).any()]
    channels = list(dict.fromkeys(curves["channel"]))
    fig, _ = figure(width=7.2, height=1.75 * len(tiers) + 0.3)
    fig.clear()
    axes = fig.subplots(len(tiers), len(channels), squeeze=False, sharey="row")
    for row, tier in zip(axes, tiers, strict=True):
        for ax, channel in zip(row, channels, strict=True):
            found = curves[(curves["tier"] == tier) & (curves["channel"] == channel)]
            if found.empty:  # not tested
                ax.set_axis_off()
                continue
            ax.plot(found["budget"], found["expected_margin"], color=BLUE)
            if found["lower_95"].notna().any():
                ax.fill_between(found["budget"], found["lower_95"], found["upper_95"], color=BLUE, alpha=0.2, lw=0)
            budget = float(cells.loc[(cells["tier"] == tier) & (cells["channel"] == channel), "budget"].sum())
            ax.plot([budget], [np.interp(budget, found["budget"], found["expected_margin"])], "o", color=RED)
            ax.plot(found["budget"], found["budget"], color=GREY, linestyle="--", linewidth=1)
            ax.set_title(f"{tier}, {channel}", fontsize=9, color=INK)
            ax.tick_params(labelsize=8.5)
            ax.locator_params(nbins=3)
            for axis in (ax.xaxis, ax.yaxis):
                axis.set_major_formatter(lambda v, _: f"{v / 1000:,.3g}k" if abs(v) >= 1000 else f"{v:,.3g}")
    fig.supxlabel(f"budget of the tier and channel, {currency}", fontsize=9.5)
    fig.supylabel(f"expected additional margin, {currency}", fontsize=9.5)
    sure = curves["lower_95"].isna().all()
    caption = (
        f"Expected additional margin by budget, both in {currency}{'' if sure else ', with its 95% interval'}. The dot "
        "is this budget. Below the dashed line, the spending as a whole yields less than it costs"
    )
    drawn = len(curves[["tier", "channel"]].drop_duplicates())
    return render(
        fig,
        "response",
        caption,
        f"Small panels, one per tier and channel: {drawn} rising curves that flatten",
        wide=True,
    )
