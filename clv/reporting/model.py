"""What the model report shows: how the forecast did on customers and a window it never saw."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from clv.evaluation.metrics import METRICS
from clv.reporting.chart import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, Chart, figure, render
from clv.reporting.table import Column, Table, facts, note, table, write

TITLES = {
    "ensemble": "Ensemble",
    "btyd": "Buy till you die",
    "btyd_no_season": "Buy till you die, before season and level",
    "ridge": "Ridge",
    "forest": "Random forest",
    "gradient_boosting": "Gradient boosting",
    "xgboost": "XGBoost",
    "lightgbm": "LightGBM",
    "hurdle": "Hurdle",
    "neural": "Neural network",
    "same_as_last_period": "Same as last period",
    "average_so_far": "Average so far",
    "perfect": "Perfect ranking",
    "latent_truth": "Truth of the synthetic shop",
}
NOT_JUDGED = note("There is no backtest.")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PALETTE = (GREEN, BLUE, ORANGE, RED, PINK, SKY, GREY)
DASHED = ("perfect", "same_as_last_period", "average_so_far")
COLOURS = {"ensemble": BLUE, "btyd": GREEN, "same_as_last_period": ORANGE, "average_so_far": PINK, "perfect": GREY}


def headline(metrics: dict[str, Any], currency: str) -> Table:
    """The numbers of the ensemble on the test rows."""
    if not metrics["customers"]:
        return note(
            f"There is no backtest, because {metrics['why']}. The forecast is that of the buy-till-you-die models "
            "alone, and nothing has yet shown how good it is."
        )
    return facts(
        [
            ("test customers", write(metrics["customers"], "count")),
            ("normalised Gini", write(metrics["gini"], "ratio")),
            ("total forecast against realised", write(metrics["bias"], "signed_share")),
            (f"mean absolute error, {currency}", write(metrics["mae"], "money")),
            ("95% intervals cover", write(metrics["coverage_95"], "share")),
        ]
    )


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


def comparison(rows: pd.DataFrame, currency: str) -> Table:
    """Every learner and baseline by every metric."""
    if rows.empty:
        return NOT_JUDGED
    named = rows.assign(forecast=rows["forecast"].map(TITLES))
    columns = [Column("forecast", "forecast")]
    for metric in METRICS:
        header = f"{metric.title}, {currency}" if metric.unit == "money" else metric.title
        columns.append(Column(metric.name, header, metric.unit))
    caption = "Forecasts on the test rows. Gini in Google's convention; bias is total forecast over realised, less 1"
    if "latent_truth" in set(rows["forecast"]):
        caption += ". The truth knows the rates of each customer and who is still active, which no forecast can"
    return table(named, columns, caption, highlight=TITLES["ensemble"])


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
    columns = [Column("learner", "learner"), Column("backtest", "weight in the backtest", "share"),
               Column("today", "weight today", "share"), Column("scale", "scale today", "ratio")]  # fmt: skip
    return table(rows, columns, "Weights of the ensemble; a learner that does not help has none")


def gain(curves: pd.DataFrame) -> Chart:
    """Share of value held by the customers with the highest forecasts."""
    fig, ax = figure(height=4.2)
    if curves.empty:
        ax.annotate("no backtest: nothing to judge by", (0.3, 0.5), color=GREY)
        return render(fig, "gain", "No backtest", "No backtest: nothing to judge by")
    captured = {}
    for name in ("perfect", "average_so_far", "same_as_last_period", "btyd", "ensemble"):
        style: dict[str, Any] = {"linewidth": 1.2, "linestyle": "--"} if name in DASHED else {}
        ax.plot(curves["customers_share"], curves[name], color=COLOURS[name], label=TITLES[name], **style)
        captured[name] = float(np.interp(0.2, curves["customers_share"], curves[name]))
    ax.plot([0, 1], [0, 1], color=GREY, linewidth=0.8)
    ax.annotate("no ranking at all", (0.62, 0.58), color=GREY)
    ax.set_xlabel("share of customers, highest forecast first")
    ax.set_ylabel("share of the value realised")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda v, _: f"{v:.0%}")
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1.02)
    ax.legend(frameon=False, loc="lower right", reverse=True)
    return render(
        fig, "gain", f"The 20% of customers with the highest forecasts held {captured['ensemble']:.0%} of the value",
        f"Gain curves: by the ensemble the top 20% of customers hold {captured['ensemble']:.0%} of the value, "
        f"by the period before {captured['same_as_last_period']:.0%}, at best {captured['perfect']:.0%}",
    )  # fmt: skip


def deciles(rows: pd.DataFrame, currency: str) -> Chart | Table:
    """Mean forecast and mean realised value by decile."""
    if rows.empty:
        return NOT_JUDGED
    fig, ax = figure()
    at = rows["decile"].to_numpy()
    ax.bar(at - 0.2, rows["forecast_mean"], width=0.38, color=BLUE, label="forecast")
    ax.bar(at + 0.2, rows["realised_mean"], width=0.38, color=ORANGE, label="realised")
    ax.set_xticks(at)
    ax.set_xlabel("tenth of the customers, 1 has the highest forecasts")
    ax.set_ylabel(f"mean value, {currency}")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    ax.legend(frameon=False)
    first = rows.iloc[0]
    return render(
        fig, "deciles", "Calibration: in each tenth, what was forecast and what was realised",
        f"Bar chart by tenth of the customers; in the first the mean forecast is {first.forecast_mean:,.0f} "
        f"and the mean realised value {first.realised_mean:,.0f} {currency}",
    )  # fmt: skip


def coverage(rows: pd.DataFrame) -> Chart | Table:
    """Share of customers whose value fell inside the interval, by level and decile."""
    if rows.empty:
        return NOT_JUDGED
    fig, ax = figure()
    parts = []
    by_decile = rows[rows["decile"] != "all"]
    overall = rows[rows["decile"] == "all"].iloc[0]
    for level, colour in ((90, ORANGE), (95, BLUE), (99, GREEN)):
        name = f"coverage_{level}"
        ax.plot(by_decile["decile"].astype(int), by_decile[name], "o-", color=colour, label=f"{level}% intervals")
        ax.axhline(level / 100, color=colour, linewidth=1, linestyle="--")
        parts.append(f"{level}% intervals cover {overall[name]:.1%}")
    ax.set_xticks(range(1, 11))
    ax.set_xlabel("tenth of the customers, 1 has the highest forecasts")
    ax.set_ylabel("share inside the interval")
    ax.yaxis.set_major_formatter(lambda v, _: f"{100 * v:g}%")
    ax.legend(frameon=False, loc="lower right")
    return render(
        fig,
        "coverage",
        "Coverage by tenth; dashed lines are what the levels promise",
        "Line chart of coverage: " + ", ".join(parts),
    )


def coverage_by_group(rows: pd.DataFrame) -> Table:
    """The same by year of the first purchase and by channel."""
    if rows.empty:
        return NOT_JUDGED
    groups = rows.assign(by=rows["by"].str.replace("_", " "))
    columns = [Column("by", "by"), Column("group", "group"), Column("customers", "customers", "count")]
    columns += [Column(f"coverage_{level}", f"{level}% cover", "share") for level in (90, 95, 99)]
    return table(
        groups, columns, "Coverage in groups of 500 customers or more; by chance alone it is a point or two off"
    )


def season(training: dict[str, Any]) -> Chart | Table:
    """How the base buys over the year, and in the coming horizon."""
    months = training["today"]["season_by_month"]
    if min(months) == max(months):
        return note("No season: the history is too short to tell it from the age of the base (clv/models/season.py).")
    fig, ax = figure(height=2.6)
    ax.bar(MONTHS, months, color=BLUE, width=0.7)
    ax.axhline(1, color=GREY, linewidth=1)
    ax.set_ylabel("orders over an average day's")
    coming = training["today"]["season_index"]
    return render(
        fig, "season", f"The season of the base; the coming horizon is {coming - 1:+.0%} on an average one",
        f"Bar chart of the seasonal index of orders by month, from {min(months):.2f} to {max(months):.2f}",
    )  # fmt: skip


def importance(rows: pd.DataFrame) -> Table:
    """What parameters mattered in the search."""
    if rows.empty:
        return note("Too few trials to say which parameters matter.")
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
        return note("Nothing was tuned (tune.trials is 0): the parameters are those given in params.yaml.")
    fig, ax = figure(height=3.0)
    best = []
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
            label=TITLES[str(name)],
        )
        best.append(f"{TITLES[str(name)]} {relative.min():+.1%}")
    ax.axhline(0, color=GREY, linewidth=1)
    ax.set_xlabel("trial; 0 is the parameters given")
    ax.set_ylabel("loss against trial 0")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:+.1%}")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(frameon=False)
    return render(
        fig,
        "tuning",
        f"Tuning, best against given: {', '.join(best)}",
        f"Loss by trial; best against given: {', '.join(best)}",
    )
