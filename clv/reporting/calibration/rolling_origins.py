"""Report parts on the rolling origins: how the recipe did as of earlier dates."""

from datetime import date

import pandas as pd

from clv.evaluation.forecast_names import AVERAGE_SO_FAR, ENSEMBLE, SAME_AS_LAST_PERIOD
from clv.evaluation.rolling import spread
from clv.models.learners.registry import BTYD
from clv.reporting.kit.chart import GREY, Chart, Mark, date_axis, figure, name_lines, render
from clv.reporting.kit.names import TITLES
from clv.reporting.kit.table import Column, Format, Table, nothing, table, write
from clv.reporting.models.accuracy import COLOURS, DASHED

NO_ORIGINS = nothing(
    "There are no rolling origins, because the split is not by time, the history is too short for an earlier date, or "
    "time.rolling_origins is 0."
)
DRAWN = (ENSEMBLE, BTYD, SAME_AS_LAST_PERIOD, AVERAGE_SO_FAR)
MOST_TICKS = 7  # dates that fit below a chart
# Learners have the level of the ensemble, whose line would hide theirs; average so far is off by multiples.
LEVELS_DRAWN = (ENSEMBLE, SAME_AS_LAST_PERIOD)


def gini(rolling: pd.DataFrame) -> Chart | Table:
    """How well each forecast ranked customers, by origin."""
    if rolling.empty:
        return NO_ORIGINS
    over = _range(rolling, "gini", "ratio")
    return _lines(
        rolling, "gini", DRAWN, "normalised Gini", "ratio", f"The ranking as of earlier dates: Gini from {over}"
    )


def bias(rolling: pd.DataFrame) -> Chart | Table:
    """How far each total was off, by origin."""
    if rolling.empty:
        return NO_ORIGINS
    over = _range(rolling, "bias", "signed_share")
    return _lines(
        rolling,
        "bias",
        LEVELS_DRAWN,
        "total forecast against realised",
        "signed_share",
        f"The level as of earlier dates: the total forecast was off by {over}",
    )


def steadiness(rolling: pd.DataFrame, currency: str) -> Table:
    """Mean and spread of each forecast's metrics over the origins."""
    if rolling.empty:
        return NO_ORIGINS
    rows = spread(rolling)
    named = rows.assign(forecast=rows["forecast"].map(TITLES))
    columns = [Column("forecast", "forecast"), Column("origins", "origins", "count")]
    titles: dict[str, tuple[str, Format]] = {
        "gini": ("Gini", "ratio"),
        "bias": ("bias", "signed_share"),
        "mae": (f"MAE, {currency}", "money"),
        "coverage_95": ("95% cover", "share"),
    }
    for metric, (title, how) in titles.items():
        plain: Format = "share" if how == "signed_share" else how  # a standard deviation has no sign
        columns += [Column(f"{metric}_mean", title, how), Column(f"{metric}_sd", "± SD", plain)]
        columns += [Column(f"{metric}_min", "min", how), Column(f"{metric}_max", "max", how)]
    caption = (
        "The mean, standard deviation, minimum and maximum of each metric over the origins. If origins are closer "
        "together than the horizon is long, their horizons overlap, and metrics vary less than with separate horizons"
    )
    return table(named, columns, caption, highlight=TITLES[ENSEMBLE])


def _range(rolling: pd.DataFrame, metric: str, how: Format) -> str:
    values = rolling.loc[rolling["forecast"] == ENSEMBLE, metric]
    return f"{write(float(values.min()), how)} to {write(float(values.max()), how)}"


def _lines(
    rolling: pd.DataFrame, metric: str, names: tuple[str, ...], y_label: str, how: Format, caption: str
) -> Chart:
    """One line per forecast over the dates of the origins."""
    fig, ax = figure(height=3.0)
    parts, marks = [], []
    for name in names:
        rows = rolling[rolling["forecast"] == name]
        days = [date.fromisoformat(as_of).toordinal() for as_of in rows["as_of"]]
        ax.plot(days, rows[metric], "o--" if name in DASHED else "o-", color=COLOURS[name])
        marks.append(Mark(days[-1], float(rows[metric].iloc[-1]), TITLES[name], COLOURS[name]))
        parts.append(f"{TITLES[name]} {write(float(rows[metric].mean()), how)}")
    if how == "signed_share":
        ax.axhline(0, color=GREY, linewidth=1)
    origins = sorted(set(rolling["as_of"]))
    date_axis(ax, origins, MOST_TICKS)
    ax.set_xlabel("as of")
    ax.set_ylabel(y_label)
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:+.0%}" if how == "signed_share" else f"{round(v, 4):g}")
    name_lines(ax, marks, at=1.03)
    return render(
        fig, f"rolling-{metric}", caption, f"Line chart over {len(origins)} origins; means: {', '.join(parts)}"
    )
