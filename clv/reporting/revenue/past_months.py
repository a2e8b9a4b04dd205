"""Parts of the revenue report: past months as forecast and as realised, compared with simpler forecasts."""

from typing import Any

import numpy as np
import pandas as pd

from clv.evaluation.months_judged import ALL, FORECAST, KNOWN, LAST_MONTH, LAST_YEAR, NEW
from clv.reporting.kit.chart import BLUE, GREY, Chart, panels, render
from clv.reporting.kit.table import Column, Table, nothing, table, write

NOT_JUDGED_YET = nothing(
    "No past month was forecast at an earlier date, so it is not known how good such forecasts are."
)
KIND_TITLES = {KNOWN: "customers known then", NEW: "customers who came later", ALL: "all customers"}
ERRORS = (
    Column("reach", "which months"),
    Column("months", "months", "count"),
    Column("bias", "bias", "signed_share"),
    Column(FORECAST, "error", "share"),
    Column(LAST_MONTH, "as last month", "share"),
    Column(LAST_YEAR, "as a year before", "share"),
)
MOST_DATES, ACROSS = 9, 3  # small charts, and how many side by side
REACH_TITLES = {"horizon": "within the horizon", "beyond": "beyond it"}


def errors(metrics: dict[str, Any]) -> Table:
    """Weighted absolute errors by kind and reach."""
    rows = []
    for kind in KIND_TITLES:
        for reach in REACH_TITLES:
            found = metrics["judged"][kind][reach]
            if found is not None:
                rows.append(
                    {"kind": KIND_TITLES[kind], "reach": REACH_TITLES[reach], "months": found["months"]}
                    | {"bias": found["bias"]}
                    | {name: found["wape"].get(name, np.nan) for name in (FORECAST, LAST_MONTH, LAST_YEAR)}
                )
    if not rows:
        return NOT_JUDGED_YET
    columns = [Column("kind", "revenue of"), *ERRORS]
    return table(
        pd.DataFrame(rows),
        columns,
        "Months of 30 days that were forecast at earlier dates. The error is the sum of the absolute errors divided by "
        "the realised revenue (WAPE). Beside it is the error of forecasts that repeat the last 30 days, or the same "
        "days of the year before",
    )


def then_and_realised(past: pd.DataFrame, currency: str) -> Chart | Table:
    """The revenue forecast at each earlier date for the customers known then, with what they spent."""
    known = past[past["kind"] == KNOWN]
    if known.empty:
        return NOT_JUDGED_YET
    dates = list(dict.fromkeys(known["as_of"]))[-MOST_DATES:]
    fig, axes = panels(len(dates), ACROSS)
    for ax, as_of in zip(axes, dates, strict=True):
        rows = known[known["as_of"] == as_of]
        ax.plot(rows["months_ahead"], rows["realised"], "o-", color=GREY, markersize=3, linewidth=1.5, label="realised")
        ax.plot(rows["months_ahead"], rows[FORECAST], "o--", color=BLUE, markersize=3, linewidth=1.5, label="forecast")
        ax.set_title(as_of, fontsize=9.5)
        ax.set_xticks(range(2, int(rows["months_ahead"].max()) + 1, 2))
        ax.set_ylim(bottom=0)
        ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
        ax.tick_params(labelsize=8)
    axes[0].legend(frameon=False, fontsize=8)
    total = known[[FORECAST, "realised"]].sum()
    caption = (
        f"Net revenue by month of 30 days, {currency}, of the customers known at each date, as it was forecast then "
        f"and as it was realised. In total, {write(float(total[FORECAST]), 'money')} were forecast and "
        f"{write(float(total['realised']), 'money')} were realised"
    )
    return render(fig, "revenue-past", caption, f"Small charts for {len(dates)} dates. {caption}", wide=True)


def by_date(judged: pd.DataFrame) -> Table:
    """The errors at each date, for the customers known then."""
    rows = judged[(judged["kind"] == KNOWN) & (judged["as_of"] != "all")]
    if rows.empty:
        return NOT_JUDGED_YET
    reach = np.where(rows["is_extrapolated"].astype("bool"), REACH_TITLES["beyond"], REACH_TITLES["horizon"])
    own = rows.assign(reach=reach)[rows["forecast"] == FORECAST]
    wide = rows.assign(reach=reach).pivot_table("wape", ["as_of", "reach"], "forecast")
    shown = own[["as_of", "reach", "months", "bias"]].merge(wide.reset_index(), on=["as_of", "reach"])
    return table(
        shown.reindex(columns=["as_of", *(column.name for column in ERRORS)]),
        [Column("as_of", "as of"), *ERRORS],
        "The same by date, for the customers known then",
    )


def by_span(spans: pd.DataFrame, currency: str) -> Table:
    """The accuracy of each customer's value within several numbers of days, within the horizon and beyond."""
    if spans.empty:
        return NOT_JUDGED_YET
    reach = np.where(spans["is_extrapolated"].astype("bool"), REACH_TITLES["beyond"], REACH_TITLES["horizon"])
    columns = [
        Column("as_of", "as of"),
        Column("days", "days", "days"),
        Column("reach", "which days"),
        Column("forecast", f"forecast, {currency}", "money"),
        Column("realised", "realised", "money"),
        Column("bias", "bias", "signed_share"),
        Column("gini", "Gini", "ratio"),
        Column("decile_mape", "error by tenth", "share"),
    ]
    caption = (
        "The value of the customers known at a date within the given number of days, as it was forecast then, compared "
        "with what they spent: the total and its bias, how well customers were ranked (Gini), and how far the means of "
        "tenths were off"
    )
    return table(spans.assign(reach=reach), columns, caption)
