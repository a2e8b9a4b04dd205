"""Report parts on the accuracy of the forecast, on a window or on customers that it never saw."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clv.evaluation.forecast_names import (
    AVERAGE_SO_FAR,
    ENSEMBLE,
    LATENT_TRUTH,
    PERFECT,
    PLAIN_BTYD,
    SAME_AS_LAST_PERIOD,
)
from clv.evaluation.metrics import BY_NAME
from clv.models.learners.registry import BTYD
from clv.reporting.kit.chart import BLUE, GREEN, GREY, ORANGE, PINK, SKY, Chart, Mark, figure, name_lines, render
from clv.reporting.kit.names import TITLES
from clv.reporting.kit.table import NOT_JUDGED, Column, Table, facts, note, nothing, table, write

DASHED = (PERFECT, SAME_AS_LAST_PERIOD, AVERAGE_SO_FAR, PLAIN_BTYD)
COLOURS = {
    ENSEMBLE: BLUE,
    BTYD: GREEN,
    PLAIN_BTYD: SKY,
    SAME_AS_LAST_PERIOD: ORANGE,
    AVERAGE_SO_FAR: PINK,
    PERFECT: GREY,
}
# Metrics in the table of all forecasts; metrics.csv has the rest.
COMPARED = (
    "gini",
    "spearman",
    "r2",
    "mae",
    "rmse",
    "decile_mape",
    "bias",
    "auc",
    "average_precision",
    "precision_top_5",
    "value_top_20",
)
TOP = 1.02  # upper limit of the gain curve's vertical axis
NO_TENTHS = nothing("There is no backtest, or too few customers in each tenth to show.")
SHOWN = {"better": "better", "worse": "worse", "nothing": "not shown"}


def headline(metrics: dict[str, Any], currency: str) -> Table:
    """Main metrics of the ensemble on the test rows."""
    if not metrics["customers"]:
        return note(
            f"There is no backtest, because {metrics['why']}. The forecast comes from the buy-till-you-die models "
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


def verdict(checks: Sequence[dict[str, Any]]) -> Table:
    """Every check with its result."""
    if not checks:
        return NOT_JUDGED
    rows = pd.DataFrame(checks).assign(name=lambda frame: frame["name"].str.replace("_", " "))
    columns = [Column("name", "check"), Column("status", "status"), Column("message", "what was seen")]
    return table(
        rows,
        columns,
        "The checks of the forecast. A check that fails and is listed in evaluate.fail_on stops the pipeline",
    )


def comparison(metrics: pd.DataFrame, currency: str) -> Table:
    """Every forecast by the metrics of COMPARED."""
    if metrics.empty:
        return NOT_JUDGED
    values = metrics.set_index(["forecast", "metric"])["value"]
    rows = [
        {"forecast": TITLES[name]} | {metric: values[name, metric] for metric in COMPARED}
        for name in metrics["forecast"].unique()
    ]
    columns = [Column("forecast", "forecast"), *(_column(name, currency) for name in COMPARED)]
    caption = (
        "Forecasts on the test rows. The Gini follows Google's convention; bias is the total forecast divided by the "
        "realised total, minus 1"
    )
    if LATENT_TRUTH in set(metrics["forecast"]):
        caption += (
            ". The Bayes forecast knows all parameters of the shop and the history of each customer; the truth also "
            "knows each customer's rates and which customers are still active"
        )
    return table(pd.DataFrame(rows), columns, caption, highlight=TITLES[ENSEMBLE])


def ensemble(metrics: pd.DataFrame, currency: str, confidence: float) -> Table:
    """Every metric of the ensemble with its confidence interval."""
    if metrics.empty:
        return NOT_JUDGED
    rows = metrics[metrics["forecast"] == ENSEMBLE]
    caption = f"Every metric of the ensemble, with {confidence:.0%} intervals by resampling customers"
    columns = [Column("metric", "metric"), Column("value", "value"), Column("lower", "from"), Column("upper", "to")]
    return table(_in_units(rows, ["value", "lower", "upper"], currency), columns, caption)


def wins(rows: pd.DataFrame, currency: str) -> Table:
    """The ensemble against the best baseline, by metric."""
    if rows.empty:
        return NOT_JUDGED
    written = _in_units(rows, ["value", "baseline_value", "difference", "lower", "upper"], currency)
    written = written.assign(baseline=rows["baseline"].map(TITLES), shown=rows["shown"].map(SHOWN))
    columns = [
        Column("metric", "metric"),
        Column("value", "ensemble"),
        Column("baseline", "best baseline"),
        Column("baseline_value", "its value"),
        Column("difference", "difference"),
        Column("lower", "from"),
        Column("upper", "to"),
        Column("shown", "the ensemble is"),
    ]
    return table(
        written,
        columns,
        "The ensemble compared with the best baseline of each metric. It is better or worse only if the interval of "
        "the paired difference excludes 0",
    )


def ceiling(rows: pd.DataFrame) -> Table:
    """The share of the achievable accuracy that the ensemble reaches."""
    if rows.empty:
        return nothing("The share of the achievable accuracy is known for synthetic shops only.")
    named = rows.assign(ceiling=rows["ceiling"].map(TITLES), metric=[BY_NAME[name].title for name in rows["metric"]])
    columns = [
        Column("ceiling", "against"),
        Column("metric", "metric"),
        Column("value", "ensemble", "ratio"),
        Column("ceiling_value", "at best", "ratio"),
        Column("share", "share reached", "share"),
        Column("lower", "from", "share"),
        Column("upper", "to", "share"),
    ]
    caption = (
        "The share of the achievable accuracy that the ensemble reaches. A share of the Bayes forecast's accuracy that "
        "is significantly above evaluate.limits.share_of_ceiling would mean a leak"
    )
    return table(named, columns, caption)


def gain(curves: pd.DataFrame) -> Chart:
    """Share of value held by the customers with the highest forecasts; a placeholder picture without a backtest."""
    fig, ax = figure(height=4.2)
    if curves.empty or curves[PERFECT].isna().all():
        ax.annotate("no backtest: nothing to judge by", (0.3, 0.5), color=GREY)
        return render(fig, "gain", "No backtest", "No backtest: nothing to judge by")
    captured = {}
    for name in (PERFECT, AVERAGE_SO_FAR, SAME_AS_LAST_PERIOD, BTYD, ENSEMBLE):
        style: dict[str, Any] = {"linewidth": 1.2, "linestyle": "--"} if name in DASHED else {}
        ax.plot(curves["customers_share"], curves[name], color=COLOURS[name], label=TITLES[name], **style)
        captured[name] = float(np.interp(0.2, curves["customers_share"], curves[name]))
    ax.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, label="no ranking at all")
    ax.set_xlabel("share of customers, highest forecast first")
    ax.set_ylabel("share of the value realised")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda v, _: f"{v:.0%}")
    ax.set_xlim(0, 1)
    ax.set_ylim(0, TOP)
    lines, _ = ax.get_legend_handles_labels()  # legend in the order of the lines where they are furthest apart
    ax.legend(handles=sorted(lines, key=_height), loc="lower right", frameon=False, labelspacing=0.3)
    return render(
        fig,
        "gain",
        f"The 20% of customers with the highest forecasts held {captured[ENSEMBLE]:.0%} of the value",
        f"Gain curves: the top 20% of customers hold {captured[ENSEMBLE]:.0%} of the value if ranked by the ensemble, "
        f"{captured[SAME_AS_LAST_PERIOD]:.0%} if ranked by the period before, and {captured[PERFECT]:.0%} at best",
    )


def _height(line: Any) -> float:
    """The negative height of a line of the gain curve at 20% of the customers, as a sort key."""
    return -float(np.interp(0.2, line.get_xdata(), line.get_ydata()))


def deciles(rows: pd.DataFrame, currency: str) -> Chart | Table:
    """Mean forecast and mean realised value by decile."""
    if rows.empty:
        return NO_TENTHS
    fig, ax = figure()
    at = rows["decile"].to_numpy()
    ax.bar(at - 0.2, rows["forecast_mean"], width=0.38, color=BLUE, label="forecast")
    ax.bar(at + 0.2, rows["realised_mean"], width=0.38, color=ORANGE, label="realised")
    _by_tenth(ax)
    ax.set_ylabel(f"mean value, {currency}")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    ax.legend(frameon=False)
    first = rows.iloc[0]
    return render(
        fig,
        "deciles",
        "Calibration: the mean forecast and the mean realised value in each tenth",
        f"Bar chart by tenth of the customers; in the first tenth the mean forecast is {first.forecast_mean:,.0f} "
        f"and the mean realised value {first.realised_mean:,.0f} {currency}",
    )


def residuals(rows: pd.DataFrame, currency: str) -> Chart | Table:
    """How far realised values were from the forecast, by decile."""
    if rows.empty:
        return NO_TENTHS
    fig, ax = figure()
    at = rows["decile"]
    ax.bar(at, rows["q95"] - rows["q05"], bottom=rows["q05"], width=0.5, color=SKY, alpha=0.4, label="90% of customers")
    ax.bar(at, rows["q75"] - rows["q25"], bottom=rows["q25"], width=0.5, color=BLUE, alpha=0.7, label="half of them")
    ax.plot(at, rows["mean"], "o", color=ORANGE, label="mean")
    ax.axhline(0, color=GREY, linewidth=1)
    _by_tenth(ax)
    ax.set_ylabel(f"realised less forecast, {currency}")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    ax.legend(frameon=False)
    return render(
        fig,
        "residuals",
        "Residuals: how much more or less than forecast single customers spent",
        "Bars of residuals by tenth; in the first tenth, half of the customers lie between "
        f"{rows['q25'].iloc[0]:,.0f} and {rows['q75'].iloc[0]:,.0f} {currency} of the forecast",
    )


def coverage(rows: pd.DataFrame) -> Chart | Table:
    """Share of customers whose value fell inside the interval, by level and decile."""
    if rows.empty:
        return NO_TENTHS
    fig, ax = figure()
    parts, marks = [], []
    for level, colour in ((90, ORANGE), (95, BLUE), (99, GREEN)):
        name = f"coverage_{level}"
        ax.plot(rows["decile"], rows[name], "o-", color=colour)
        marks.append(Mark(float(ax.get_xlim()[1]), level / 100, f"{level}% intervals", colour))
        ax.axhline(level / 100, color=colour, linewidth=1, linestyle="--")
        parts.append(f"{level}% intervals cover {np.average(rows[name], weights=rows['customers']):.1%}")
    _by_tenth(ax)
    ax.set_ylabel("share inside the interval")
    ax.yaxis.set_major_formatter(lambda v, _: f"{100 * v:g}%")
    name_lines(ax, marks, at=1.02)
    return render(
        fig,
        "coverage",
        "Coverage by tenth. The dashed lines are the levels that the intervals promise",
        "Line chart of coverage: " + ", ".join(parts),
    )


def pit(rows: pd.DataFrame) -> Chart | Table:
    """The place of realised values in their predicted distribution (probability integral transform)."""
    if rows.empty:
        return NOT_JUDGED
    fig, ax = figure(height=2.6)
    ax.bar(rows["pit"], rows["density"], width=0.9 / len(rows), color=BLUE)
    ax.axhline(1, color=GREY, linewidth=1)
    ax.set_xlim(0, 1)
    ax.set_xlabel("place of the realised value in the predicted distribution")
    ax.set_ylabel("customers relative to even")
    return render(
        fig,
        "pit",
        "The predicted distribution as a whole. Even bars mean that it is calibrated, a hump that it is too wide",
        f"Histogram of the probability integral transform, from {rows['density'].min():.2f} to "
        f"{rows['density'].max():.2f} where 1 is even",
    )


def _by_tenth(ax: Axes) -> None:
    ax.set_xticks(range(1, 11))
    ax.set_xlabel("tenth of the customers (1 has the highest forecasts)")


def _in_units(rows: pd.DataFrame, names: list[str], currency: str) -> pd.DataFrame:
    """Rows of metrics with these columns as text in the unit of each metric, and titles for names."""
    metrics = list(rows["metric"])
    columns = {name: [write(v, BY_NAME[m].unit) for v, m in zip(rows[name], metrics, strict=True)] for name in names}
    return pd.DataFrame({"metric": [_header(metric, currency) for metric in metrics], **columns}, index=rows.index)


def _column(metric: str, currency: str) -> Column:
    return Column(metric, _header(metric, currency), BY_NAME[metric].unit)


def _header(metric: str, currency: str) -> str:
    return f"{BY_NAME[metric].title}, {currency}" if BY_NAME[metric].unit == "money" else BY_NAME[metric].title
