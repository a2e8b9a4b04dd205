"""What reports show of what the forecast is made of: season, weights, the search."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from clv.reporting.kit.chart import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, Chart, Mark, figure, name_lines, render
from clv.reporting.kit.names import TITLES
from clv.reporting.kit.table import Column, Table, note, nothing, table

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PALETTE = (GREEN, BLUE, ORANGE, RED, PINK, SKY, GREY)


def split_note(plan: dict[str, Any]) -> Table:
    """Which rows the backtest learned from and was judged on, and why."""
    if plan["backtest"] is None:
        return note("No window is over: nothing was learned from labels.")
    test, calibration = plan["backtest"]["forecast"], plan["backtest"]["calibration"]
    cutoffs = [rows["cutoff"] for rows in plan["backtest"]["training"]]
    horizon = f"the {plan['horizon_days']} days after {test['cutoff']}"
    if plan["split"] == "customers":
        return note(
            f"Split by customer, because {plan['why']}: all snapshots are cut at {test['cutoff']}, and the model "
            f"is judged on other customers than it learned from, in the same window, {horizon}. Such a test cannot "
            f"show how the forecast fares when times change."
        )
    return note(
        f"Split by time, because {plan['why']}: trained on {len(cutoffs)} snapshots cut from {cutoffs[0]} "
        f"to {cutoffs[-1]}, calibrated on the one cut at {calibration['cutoff']}, judged on {horizon}."
    )


def weights(train_metrics: dict[str, Any]) -> Table:
    """What each learner contributes, in the backtest and today."""
    names = sorted(train_metrics["today"]["weights"], key=lambda n: (-train_metrics["today"]["weights"][n], n))
    backtest = train_metrics.get("backtest", {}).get("weights", {})
    rows = pd.DataFrame(
        {
            "learner": [TITLES[name] for name in names],
            "backtest": [backtest.get(name, np.nan) for name in names],
            "today": [train_metrics["today"]["weights"][name] for name in names],
            "scale": [train_metrics["today"]["scales"][name] for name in names],
        }
    )
    columns = [
        Column("learner", "learner"),
        Column("backtest", "weight in the backtest", "share"),
        Column("today", "weight today", "share"),
        Column("scale", "scale today", "ratio"),
    ]
    return table(rows, columns, "Weights of the ensemble; a learner that does not help has none")


def season(training: dict[str, Any]) -> Chart | Table:
    """How the base buys over the year, and in the coming horizon."""
    months = training["today"]["season_by_month"]
    if min(months) == max(months):
        return nothing(
            "No season is shown: the history is too short to separate it from the age of the base, or none is "
            "asked for."
        )
    fig, ax = figure(height=2.6)
    ax.bar(MONTHS, months, color=BLUE, width=0.7)
    ax.axhline(1, color=GREY, linewidth=1)
    ax.set_ylabel("orders over an average day's")
    coming = training["today"]["season_index"]
    return render(
        fig,
        "season",
        f"The season of the base; the coming horizon is {coming - 1:+.0%} on an average one",
        f"Bar chart of the seasonal index of orders by month, from {min(months):.2f} to {max(months):.2f}",
    )


def importance(rows: pd.DataFrame) -> Table:
    """What parameters mattered in the search."""
    if rows.empty:
        return nothing("There are too few trials to show which parameters matter.")
    named = rows.assign(learner=rows["learner"].map(TITLES)).sort_values(
        ["learner", "importance"], ascending=[True, False]
    )
    columns = [
        Column("learner", "learner"),
        Column("parameter", "parameter"),
        Column("importance", "importance", "share"),
    ]
    return table(named, columns, "Share of the variance of the loss that each parameter explains in the search")


def tuning(trials: pd.DataFrame) -> Chart | Table:
    """Loss by trial for each learner, relative to the parameters given."""
    if trials.empty:
        return nothing("Nothing was tuned (tune.trials is 0): the parameters are those given in params.yaml.")
    fig, ax = figure(height=3.0)
    best, marks = [], []
    for i, (name, rows) in enumerate(trials.groupby("learner")):
        rows = rows[rows["state"] == "complete"]
        relative = rows["loss"] / rows["loss"].iloc[0] - 1
        ax.plot(
            rows["trial"],
            relative,
            "o-",
            color=PALETTE[i % len(PALETTE)],
            linewidth=1,
            markersize=4,
        )
        marks.append(Mark(rows["trial"].iloc[-1], relative.iloc[-1], TITLES[str(name)], PALETTE[i % len(PALETTE)]))
        best.append(f"{TITLES[str(name)]} {relative.min():+.1%}")
    ax.axhline(0, color=GREY, linewidth=1)
    ax.set_xlabel("trial; 0 is the parameters given")
    ax.set_ylabel("loss against trial 0")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:+.1%}")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    name_lines(ax, marks, at=1.04)
    return render(
        fig,
        "tuning",
        f"Tuning, best against given: {', '.join(best)}",
        f"Loss by trial; best against given: {', '.join(best)}",
    )
