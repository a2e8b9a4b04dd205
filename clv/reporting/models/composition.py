"""Report parts on how the forecast is composed: season, weights, the search."""

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
    """Which rows the backtest was trained and evaluated on, and why."""
    if plan["backtest"] is None:
        return note("No window is over, so nothing was learned from labels.")
    test, calibration = plan["backtest"]["forecast"], plan["backtest"]["calibration"]
    cutoffs = [rows["cutoff"] for rows in plan["backtest"]["training"]]
    horizon = f"the {plan['horizon_days']} days after {test['cutoff']}"
    if plan["split"] == "customers":
        return note(
            f"The data are split by customer, because {plan['why']}. All snapshots are cut at {test['cutoff']}, and "
            f"the model is judged on customers that it did not learn from, in the same window, {horizon}. Such a test "
            f"cannot show how good the forecast is when times change."
        )
    return note(
        f"The data are split by time, because {plan['why']}. The model was trained on {len(cutoffs)} snapshots cut "
        f"from {cutoffs[0]} to {cutoffs[-1]}, calibrated on the one cut at {calibration['cutoff']}, and judged on "
        f"{horizon}."
    )


def weights(train_metrics: dict[str, Any]) -> Table:
    """The weight of each learner, in the backtest and today."""
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
    return table(rows, columns, "Weights of the ensemble. A learner that does not help has no weight")


def season(training: dict[str, Any]) -> Chart | Table:
    """The season of orders over the year, and in the coming horizon."""
    months = training["today"]["season_by_month"]
    if min(months) == max(months):
        return nothing(
            "No season is shown, because the history is too short to separate it from the age of the customer base, or "
            "because none is asked for."
        )
    fig, ax = figure(height=2.6)
    ax.bar(MONTHS, months, color=BLUE, width=0.7)
    ax.axhline(1, color=GREY, linewidth=1)
    ax.set_ylabel("orders relative to an average day")
    coming = training["today"]["season_index"]
    return render(
        fig,
        "season",
        f"The season of orders by month. The coming horizon is {coming - 1:+.0%} compared with an average one",
        f"Bar chart of the seasonal index of orders by month, from {min(months):.2f} to {max(months):.2f}",
    )


def importance(rows: pd.DataFrame) -> Table:
    """Which parameters mattered in the search."""
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
        return nothing("Nothing was tuned, because tune.trials is 0. The parameters are those given in params.yaml.")
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
    ax.set_xlabel("trial (0 has the given parameters)")
    ax.set_ylabel("loss against trial 0")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:+.1%}")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    name_lines(ax, marks, at=1.04)
    return render(
        fig,
        "tuning",
        f"Tuning: the lowest loss, compared with the given parameters: {', '.join(best)}",
        f"Loss by trial; the lowest, compared with the given parameters: {', '.join(best)}",
    )
