"""Parts of the revenue report: tiers and cohorts, and what their customers will spend in the coming months."""

import pandas as pd

from clv.reporting.kit.chart import BLUE, GREEN, GREY, ORANGE, PINK, SKY, Chart, figure, render
from clv.reporting.kit.not_known import NO_RETURNS
from clv.reporting.kit.table import Column, Table, nothing, table, write

COLOURS = (BLUE, GREEN, ORANGE, SKY, PINK, GREY)
AFTER = (1, 3, 6, 12)  # months for which sums are shown
TITLES = {"tier": "tier", "cohort": "year of the first purchase"}


def group_lines(rows: pd.DataFrame, dimension: str, currency: str) -> Chart | Table:
    """One line per group: its revenue by month, for the largest groups."""
    shown = rows[~rows["suppressed"].astype("bool")]
    if shown.empty:
        return _nothing(rows)
    totals = shown.groupby(dimension, sort=False)["forecast"].sum().sort_values(ascending=False, kind="stable")
    drawn = totals.head(len(COLOURS))
    fig, ax = figure(height=3.0)
    for (name, _), colour in zip(drawn.items(), COLOURS, strict=False):
        theirs = shown[shown[dimension] == name]
        ax.plot(theirs["months_ahead"], theirs["forecast"], "o-", color=colour, markersize=4, label=str(name))
    ax.set_xticks(sorted(set(shown["months_ahead"])))
    ax.set_xlabel("months ahead")
    ax.set_ylim(bottom=0)
    ax.set_ylabel(f"net revenue, {currency}")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
    ax.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    said = ", ".join(f"{name} {write(float(total), 'money')}" for name, total in drawn.items())
    return render(
        fig,
        f"revenue-{dimension}",
        f"Net revenue by month of customers known today, by {TITLES[dimension]}. Sums of all months: {said} {currency}",
        f"Lines of revenue by month, one for each {TITLES[dimension]}: {said}",
    )


def group_sums(rows: pd.DataFrame, dimension: str, currency: str) -> Table:
    """The revenue of each group within several numbers of months, with the interval of the last sum."""
    if rows.empty:
        return _nothing(rows)
    last = rows.groupby(dimension, sort=False).tail(1).set_index(dimension)
    sums = {
        f"within_{n}": rows[rows["months_ahead"] == n].set_index(dimension)["cumulative"].reindex(last.index)
        for n in AFTER
    }
    shown = last.assign(**sums).reset_index()
    columns = [
        Column(dimension, TITLES[dimension]),
        Column("customers", "customers", "count"),
        *(Column(f"within_{n}", f"{n} month{'s' if n > 1 else ''}, {currency}", "money") for n in AFTER),
        Column("cumulative_lower_95", "95% from", "money"),
        Column("cumulative_upper_95", "to", "money"),
    ]
    return table(
        shown,
        columns,
        "Revenue of customers known today, from tomorrow to the end of the given number of whole months, with the 95% "
        "interval of the last sum. Small groups are not shown, nor are groups from which they could be computed",
    )


def _nothing(rows: pd.DataFrame) -> Table:
    if rows.empty:
        return nothing(f"The revenue of groups of customers is not shown, because {NO_RETURNS}.")
    return nothing("There are too few customers to show them by group.")
