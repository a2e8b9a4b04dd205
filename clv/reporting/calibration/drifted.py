"""Report parts on drift: which columns moved, what to do, and how far a recalibrated level improves coverage."""

import numpy as np
import pandas as pd

from clv.evaluation.drift import STATUS, is_news
from clv.reporting.kit.chart import BLUE, GREY, ORANGE, Chart, figure, render
from clv.reporting.kit.table import NOT_JUDGED, Column, Table, facts, note, table, write

WORST = 25
ROWS = {"all": "all customers", "top_decile": "the tenth with the highest forecasts"}


def recommendation(text: str | None) -> Table:
    """The advice that evaluate wrote (`clv.evaluation.drift.recommendation`)."""
    return note(text) if text else NOT_JUDGED


def counts(rows: pd.DataFrame) -> Table:
    """The number of columns that are stable, to watch and drifted, and how many drifted since the backtest."""
    if rows.empty:
        return NOT_JUDGED
    pairs = [(name, write(int((rows["status"] == name).sum()), "count")) for name in STATUS]
    news = write(int(is_news(rows).sum()), "count")
    return facts([("columns", write(len(rows), "count")), *pairs, ("drifted since the backtest", news)])


def drift(rows: pd.DataFrame) -> Table:
    """The columns that moved most."""
    if rows.empty:
        return NOT_JUDGED
    columns = [
        Column("column", "column"),
        Column("status", "status"),
        Column("status_before", "status of the test rows"),
        Column("psi_training_test", "PSI, training to test", "ratio"),
        Column("psi_training_current", "training to today", "ratio"),
        Column("psi_test_current", "test to today", "ratio"),
        Column("psi_equal_tenure", "at equal tenure", "ratio"),
        Column("ks_training_test", "KS, training to test", "ratio"),
        Column("ks_training_current", "training to today", "ratio"),
        Column("ks_test_current", "test to today", "ratio"),
        Column("ks_equal_tenure", "at equal tenure", "ratio"),
    ]
    caption = (
        "How far columns moved, the worst first, by the population stability index (PSI) and, for numbers, the "
        "Kolmogorov-Smirnov distance (KS). A column has drifted if today's customers differ from the training or the "
        "test rows, and still differ at equal tenure: a customer base that only grows older has not drifted. Drift is "
        "not new if the test rows had drifted too"
    )
    if len(rows) > WORST:
        caption += f". The table shows {WORST} of {len(rows)} columns"
    return table(rows.head(WORST), columns, caption)


def recalibration(rows: pd.DataFrame) -> Chart | Table:
    """Coverage on the test rows, as forecast and with the level of each half of the customers set by the other half."""
    if rows.empty:
        return NOT_JUDGED
    fig, ax = figure(height=3.0)
    at = np.arange(len(rows))
    for side, (name, colour, label) in enumerate(
        (("coverage", ORANGE, "as forecast"), ("recalibrated_coverage", BLUE, "level recalibrated"))
    ):
        ax.plot(at + 0.2 * side - 0.1, rows[name], "o", color=colour, markersize=8, label=label)
    ax.hlines(rows["level"] / 100, at - 0.35, at + 0.35, color=GREY, linestyle="--", linewidth=1, label="promised")
    which = rows["rows"].map({"all": "all", "top_decile": "top tenth"})
    ax.set_xticks(at, [f"{level}%\n{name}" for level, name in zip(rows["level"], which, strict=True)])
    ax.set_ylabel("share inside the interval")
    ax.yaxis.set_major_formatter(lambda v, _: f"{100 * v:.0f}%")
    fig.legend(frameon=False, loc="outside upper center", ncols=3)
    said = [
        f"{row.level}% intervals of {ROWS[str(row.rows)]} cover {row.coverage:.1%}, recalibrated "
        f"{row.recalibrated_coverage:.1%}"
        for row in rows.itertuples()
    ]
    return render(
        fig,
        "recalibration",
        "Coverage as forecast, and with the level of each half of the customers corrected by the errors of the other "
        "half",
        f"Chart of coverage: {'; '.join(said)}",
    )
