"""Charts of the page Runs: totals as forecast and as realised, and how each run did in its backtest."""

from datetime import date

import pandas as pd

from clv.reporting.kit.chart import BLUE, GREY, ORANGE, Chart, date_axis, figure, panels, render
from clv.reporting.kit.table import Table, nothing, write

NO_RUNS = nothing("No run has been kept yet. `make retrain` keeps each one that it makes.")
MOST_TICKS = 4  # dates that fit below a chart
MEASURES = {  # figures drawn for each run: title, and whether it is a share
    "gini": ("ranking: Gini", False),
    "bias": ("error of the test window's total", True),
    "coverage_95": ("customers inside their 95% interval", True),
    "drifted": ("columns that drifted", False),
}


def totals(runs: pd.DataFrame, currency: str) -> Chart | Table:
    """The total that each run forecast with its 95% interval, and the realised total once the horizon is over."""
    known = runs[runs["forecast"].notna()]
    if known.empty:
        return NO_RUNS
    fig, ax = figure(height=3.4)
    days = _days(known)
    bounded = known["lower_95"].notna().to_numpy()
    ends = (known["forecast"] - known["lower_95"], known["upper_95"] - known["forecast"])
    low, high = (side.clip(lower=0).fillna(0.0).to_numpy() for side in ends)
    ax.errorbar(days, known["forecast"], yerr=[low, high], fmt="o", color=BLUE, elinewidth=1, label="forecast, 95%")
    over = known["realised"].notna().to_numpy()
    if over.any():
        at = [day for day, is_over in zip(days, over, strict=True) if is_over]
        ax.plot(at, known.loc[over, "realised"], "D", color=ORANGE, markersize=5, label="realised")
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    date_axis(ax, known["as_of"], MOST_TICKS)
    ax.set_ylabel(f"net revenue, {currency}")
    ax.legend(frameon=False, loc="lower right")
    newest = known.iloc[-1]
    caption = (
        f"Net revenue of the customers known at each run, in its horizon, {currency}: as forecast, with the 95% "
        f"interval if it is known, and as realised if the horizon is over. The newest run forecast "
        f"{write(float(newest['forecast']), 'money')}"
    )
    said = f"{len(known)} runs, {int(bounded.sum())} with an interval, {int(over.sum())} whose horizon is over"
    return render(fig, "runs-totals", caption, f"Points over the dates of runs: {said}")


def quality(runs: pd.DataFrame) -> Chart | Table:
    """The backtest metrics of each run, and the number of columns that had drifted."""
    shown = {name: about for name, about in MEASURES.items() if runs[name].notna().any()}
    if not shown:
        return NO_RUNS
    fig, axes = panels(len(shown), 2)
    days = _days(runs)
    for ax, (name, (title, is_share)) in zip(axes, shown.items(), strict=True):
        ax.plot(days, runs[name], "o-", color=BLUE, markersize=3.5, linewidth=1.5)
        ax.set_title(title, fontsize=9.5)
        ax.tick_params(labelsize=8)
        if is_share:
            ax.yaxis.set_major_formatter(lambda value, _: f"{value:.1%}")
        if name == "bias":
            ax.axhline(0, color=GREY, linewidth=1)
        date_axis(ax, runs["as_of"], MOST_TICKS)
    caption = (
        "The backtest of each run, on customers and days that it had not learned from, and the number of columns that "
        "had drifted"
    )
    first, last = runs["as_of"].iloc[0], runs["as_of"].iloc[-1]
    return render(fig, "runs-quality", caption, f"Line charts of {len(runs)} runs, as of {first} to {last}", wide=True)


def _days(runs: pd.DataFrame) -> list[int]:
    return [date.fromisoformat(as_of).toordinal() for as_of in runs["as_of"]]
