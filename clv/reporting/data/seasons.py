"""Parts of the data report: when customers buy, by month of the year, day of the week and hour of the day."""

import numpy as np
import pandas as pd

from clv.reporting.kit.chart import BLUE, GREEN, GREY, ORANGE, PINK, Chart, figure, render
from clv.reporting.kit.table import Table, nothing
from clv.reporting.models.composition import MONTHS

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NEARLY_A_YEAR = 350  # days of data from which a calendar year counts as whole
HOURS = 24
FEWEST_WEEKS = 4
FEWEST = 20  # mean orders per month, weekday or hour: fewer show mostly chance
COLOURS = (BLUE, ORANGE, GREEN, PINK)  # of years, the newest first


def by_month(sold: pd.DataFrame, first_day: str, last_day: str) -> Chart | Table:
    """Orders per day in each month, relative to the year's mean day; one line per whole calendar year.

    Takes data/described/months.csv.
    """
    index = monthly_index(sold, first_day, last_day)
    if len(index) < 2:
        return nothing(
            "The data has fewer than two whole calendar years with enough orders, so months that are busy every year "
            "cannot be distinguished from others."
        )
    fig, ax = figure(height=2.8)
    for year, colour in zip(sorted(index.index, reverse=True), COLOURS, strict=False):
        ax.plot(MONTHS, index.loc[year], "o-", color=colour, markersize=4, linewidth=1.5, label=str(year))
    ax.axhline(1, color=GREY, linewidth=1)
    ax.set_ylim(bottom=0)
    ax.set_ylabel("orders relative to an average day")
    ax.legend(frameon=False, ncols=4)
    mean = index.mean().to_numpy()
    best, least = int(mean.argmax()), int(mean.argmin())
    said = f"A day in {MONTHS[best]} has {mean[best]:.2f} times the orders of an average day"
    said += f", and a day in {MONTHS[least]} has {mean[least]:.2f} times"
    return render(
        fig,
        "by-month",
        f"{said}, on average over {len(index)} whole years. Growth within a year also makes later months higher",
        f"Lines of orders by month of the year, one for each of {len(index)} years. {said}",
    )


def monthly_index(sold: pd.DataFrame, first_day: str, last_day: str) -> pd.DataFrame:
    """Orders per day of each month (columns 1 to 12) over those of the year (rows: the newest whole years)."""
    days = pd.Series(pd.date_range(first_day, last_day))
    length = days.dt.year.value_counts()
    month = pd.to_datetime(sold["month"], format="%Y-%m")
    orders = sold.pivot_table(index=month.dt.year, columns=month.dt.month, values="orders", fill_value=0)
    in_year = orders.sum(axis="columns").reindex(length.index, fill_value=0)
    years = sorted(length[(length >= NEARLY_A_YEAR) & (in_year >= FEWEST * len(MONTHS))].index)[-len(COLOURS) :]
    whole = days[days.dt.year.isin(years)]
    if whole.empty:
        return pd.DataFrame()
    per_day = orders.loc[years] / pd.crosstab(whole.dt.year, whole.dt.month)
    per_year = in_year[years] / length[years]
    return per_day.reindex(columns=range(1, 13)).fillna(0.0).div(per_year, axis="index").dropna().round(4)


def by_weekday(clock: pd.DataFrame, first_day: str, last_day: str) -> Chart | Table:
    """Orders on an average Monday, Tuesday, and so on, from data/described/clock.csv."""
    orders = _orders(clock, "weekday")
    days = pd.Series(pd.date_range(first_day, last_day)).dt.day_of_week.value_counts().reindex(range(7), fill_value=0)
    if days.min() < FEWEST_WEEKS or orders.sum() < FEWEST * len(WEEKDAYS):
        return nothing("There are too few weeks or too few orders to compare days of the week.")
    mean = (orders / days).round(4)
    fig, ax = figure(height=2.4)
    ax.bar([name[:3] for name in WEEKDAYS], mean, color=[BLUE if v == mean.max() else GREY for v in mean], width=0.7)
    ax.set_ylabel("orders per day")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
    best, least = int(mean.to_numpy().argmax()), int(mean.to_numpy().argmin())
    said = f"{WEEKDAYS[best]} has the most orders, {mean[best]:,.1f} a day"
    said += f"; {WEEKDAYS[least]} has the fewest, {mean[least]:,.1f}"
    return render(fig, "by-weekday", said, f"Bar chart of orders by day of the week. {said}")


def by_hour(clock: pd.DataFrame) -> Chart | Table:
    """Share of orders by the hour in which they were placed, among orders whose date has a time of day.

    Takes data/described/clock.csv.
    """
    counts, orders = _orders(clock, "hour"), int(_orders(clock, "weekday").sum())
    timed = int(counts.sum())
    if not timed:
        return nothing("The dates of orders have no time of day, so hours are not shown.")
    if timed < FEWEST * HOURS:
        return nothing("There are too few orders to compare hours of the day.")
    share = (counts / timed).round(4)
    fig, ax = figure(height=2.4)
    ax.bar(np.arange(HOURS), share, color=[BLUE if v == share.max() else GREY for v in share], width=0.8)
    ax.set_xticks(range(0, HOURS, 3), [f"{hour:02d}:00" for hour in range(0, HOURS, 3)])
    ax.set_ylabel("share of orders")
    ax.yaxis.set_major_formatter(lambda v, _: f"{100 * v:g}%")
    best = int(share.to_numpy().argmax())
    said = f"The hour from {best:02d}:00 has the most orders, {share[best]:.1%}"
    if timed < orders:
        said += f" (of the {timed / orders:.0%} of orders that have a time of day)"
    return render(fig, "by-hour", said, f"Bar chart of orders by hour of the day. {said}")


def _orders(clock: pd.DataFrame, kind: str) -> pd.Series:
    return clock[clock["kind"] == kind].set_index("number")["orders"]
