"""Parts of the revenue report: the coming months, for customers known today and for those still to come."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clv.evaluation.months_judged import ALL, KNOWN, NEW
from clv.reporting.kit.chart import BLUE, GREY, INK, ORANGE, SKY, Chart, figure, render
from clv.reporting.kit.not_known import NO_RETURNS, NOT_KNOWN
from clv.reporting.kit.table import Column, Table, facts, note, nothing, table, write

NO_MONTHS = nothing(f"The coming months are not shown, because {NO_RETURNS}.")


def headline(metrics: dict[str, Any], currency: str) -> Table:
    """The sums over all coming months."""
    known, new = metrics["next_months"][KNOWN], metrics["next_months"][NEW]
    total, low, high = (known[name] for name in ("cumulative", "cumulative_lower_95", "cumulative_upper_95"))
    pairs = [
        (
            f"revenue of today's customers until {known['until']}, {currency}",
            NOT_KNOWN if total is None else write(total, "money"),
        ),
        (
            "revenue of customers still to come, extrapolated",
            NOT_KNOWN if new["cumulative"] is None else write(new["cumulative"], "money"),
        ),
    ]
    if low is not None:
        pairs.insert(1, ("95% interval, today's customers", f"{write(low, 'money')} to {write(high, 'money')}"))
    return facts(pairs)


def by_month(months: pd.DataFrame, horizon_days: int, currency: str) -> Chart | Table:
    """Bars of the coming months with the interval of known customers, and the revenue of a year before."""
    known, new, everyone = (months[months["kind"] == kind] for kind in (KNOWN, NEW, ALL))
    if known["forecast"].isna().all():
        return NO_MONTHS
    fig, ax = figure(height=3.6)
    at, forecast = np.arange(len(known)), known["forecast"].to_numpy()
    ax.bar(at, forecast, color=BLUE, width=0.7, label="of customers known today")
    if new["forecast"].notna().all():
        ax.bar(
            at,
            new["forecast"],
            bottom=forecast,
            color=SKY,
            width=0.7,
            label="of customers still to come (extrapolated)",
        )
    if known["lower_95"].notna().all():
        ends = np.abs(known[["lower_95", "upper_95"]].to_numpy().T - forecast)
        ax.errorbar(at, forecast, yerr=ends, fmt="none", ecolor=INK, elinewidth=1.2, capsize=3, label="95% interval")
    before = everyone["year_before"].to_numpy()
    if np.isfinite(before).any():
        ax.plot(at, before, "o", color=ORANGE, markersize=6, label="of all customers, a year before")
    _dress(ax, known, horizon_days, currency)
    ax.legend(frameon=False, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    best = known.iloc[int(np.argmax(forecast))]
    caption = (
        f"Net revenue by month, {currency}. Customers known today spend most in {best['month']}, "
        f"{write(float(best['forecast']), 'money')}. {_beyond(known, horizon_days)}"
    )
    said = ", ".join(f"{row.month} {write(row.forecast, 'money')}" for row in known.itertuples())
    return render(fig, "revenue-months", caption, f"Bars of revenue by month of customers known today: {said}")


def cumulative(months: pd.DataFrame, horizon_days: int, currency: str) -> Chart | Table:
    """Cumulative revenue by the end of each month, of known customers with its interval, and with customers to come."""
    known, everyone = (months[months["kind"] == kind] for kind in (KNOWN, ALL))
    if known["cumulative"].isna().all():
        return NO_MONTHS
    fig, ax = figure(height=3.2)
    at = np.arange(len(known))
    ax.plot(at, known["cumulative"], "o-", color=BLUE, markersize=4, label="customers known today")
    if known["cumulative_lower_95"].notna().all():
        ax.fill_between(
            at,
            known["cumulative_lower_95"],
            known["cumulative_upper_95"],
            color=BLUE,
            alpha=0.2,
            linewidth=0,
            label="95%",
        )
    if everyone["cumulative"].notna().all():
        ax.plot(
            at,
            everyone["cumulative"],
            "o--",
            color=SKY,
            markersize=4,
            label="with customers still to come (extrapolated)",
        )
    before = everyone["year_before"]
    if before.notna().all():
        ax.plot(at, before.cumsum(), ":", color=ORANGE, label="all customers, a year before")
    _dress(ax, known, horizon_days, currency)
    ax.legend(frameon=False, loc="upper left")
    last = known.iloc[-1]
    caption = (
        f"Net revenue from today until the end of each month, {currency}. Customers known today are forecast to spend "
        f"{write(float(last['cumulative']), 'money')} until {last['last_day']}. {_beyond(known, horizon_days)}"
    )
    return render(fig, "revenue-cumulative", caption, f"Lines of cumulative revenue. {caption}")


def month_table(months: pd.DataFrame, currency: str) -> Table:
    """The months in numbers."""
    known, new, everyone = (months[months["kind"] == kind].reset_index(drop=True) for kind in (KNOWN, NEW, ALL))
    if known["forecast"].isna().all() and new["forecast"].isna().all():
        return NO_MONTHS
    rows = known.assign(
        new=new["forecast"],
        all=everyone["forecast"],
        all_before=everyone["year_before"],
        judged=np.where(known["is_extrapolated"].astype("bool"), "extrapolated", ""),
    )
    columns = [
        Column("month", "month"),
        Column("forecast", f"known today, {currency}", "money"),
        Column("lower_95", "95% from", "money"),
        Column("upper_95", "to", "money"),
        Column("year_before", "a year before, of those known then", "money"),
        Column("new", "still to come", "money"),
        Column("all", "both", "money"),
        Column("all_before", "both, a year before", "money"),
        Column("judged", "forecast of known"),
    ]
    return table(
        rows, columns, "Net revenue by month. The revenue of customers still to come is an extrapolation in every month"
    )


def to_come(months: pd.DataFrame) -> Table:
    """The assumptions behind the line of customers to come."""
    if months.loc[months["kind"] == NEW, "forecast"].isna().all():
        return nothing(
            "Customers still to come are not shown, because too few customers have been observed for 30 days."
        )
    return note(
        "The revenue of customers still to come is an extrapolation. It assumes that as many customers come as on the "
        "same days of the year before, changed by about half of the growth of the last quarter over the same quarter a "
        "year before. If the history is shorter than two years, as many come every day as in the last quarter. Each is "
        "assumed to spend what customers of the last year spent on their first day and in each 30 days after it. "
        "Nothing is known of these customers, and what is spent to win them changes their number and their spending."
    )


def _beyond(known: pd.DataFrame, horizon_days: int) -> str:
    """Which months are extrapolated, as a sentence without its full stop."""
    beyond = known[known["is_extrapolated"].astype("bool")]
    if beyond.empty:
        return f"All months are within the {horizon_days} days that backtests can check"
    first = beyond["month"].iloc[0]
    return (
        f"From {first} on (grey), the forecast is extrapolated beyond the {horizon_days} days that backtests can check"
    )


def _dress(ax: Axes, known: pd.DataFrame, horizon_days: int, currency: str) -> None:
    """Label the axes with months and money, and shade the months that are extrapolated."""
    years = [month[:4] if month.endswith("-01") or not i else "" for i, month in enumerate(known["month"])]
    names = [f"{month[5:]}\n{year}" for month, year in zip(known["month"], years, strict=True)]
    ax.set_xticks(np.arange(len(known)), names)
    ax.set_ylim(bottom=0)
    ax.set_ylabel(f"net revenue, {currency}")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
    beyond = np.flatnonzero(known["is_extrapolated"].astype("bool"))
    ax.set_xlim(-0.6, len(known) - 0.4)
    if len(beyond):
        ax.axvspan(beyond[0] - 0.5, len(known) - 0.4, color=GREY, alpha=0.12, linewidth=0)
