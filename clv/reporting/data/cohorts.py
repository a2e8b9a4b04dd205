"""Parts of the data report: cohorts, and how many of a quarter's, or month's, new customers come back."""

import numpy as np
import pandas as pd

from clv.reporting.kit.chart import Chart, render
from clv.reporting.kit.heat import heat_map
from clv.reporting.kit.table import Table, nothing

MOST = 16  # cohorts, and periods after the first
FEWEST = 20  # customers of a cohort: a share of fewer is mostly chance
PERIODS = {"Q": "quarter", "M": "month"}


def retention(rows: pd.DataFrame, last_day: str) -> Chart | Table:
    """Share of each cohort's customers who bought again, by quarters since the first purchase (months if short).

    `rows` is data/described/cohorts.csv; only quarters that had ended by `last_day` are shown.
    """
    shares, sizes = returning(rows, last_day)
    period = PERIODS[rows["period"].iloc[0]] if len(rows) else "month"
    if shares.empty:
        return nothing(f"No {period} with at least {FEWEST} new customers is followed by a {period} that is over.")
    texts = [["" if np.isnan(share) else f"{100 * share:.0f}%" for share in row] for row in shares.to_numpy()]
    most = max(float(np.nanmax(shares.to_numpy())), 0.01)
    names = [f"{_named(cohort)}  {sizes[cohort]:,}" for cohort in shares.index]
    fig, ax = heat_map(shares.to_numpy() / most, texts, names, [str(n) for n in shares.columns], 0.27)
    ax.xaxis.set_label_position("top")
    ax.set_xlabel(f"{period}s after the {period} of the first purchase")
    said = ", ".join(_mean(shares, sizes, after, period) for after in _told(shares))
    caption = (
        f"The share of each {period}'s new customers who bought again in each later {period}: on average {said}. The "
        f"number beside each {period} counts its new customers. Darker cells are larger shares; {period}s that are not "
        f"over are empty. In the first {period} of the data, earlier customers count as new"
    )
    return render(
        fig,
        "retention",
        caption,
        f"Heat map of {len(shares)} cohorts by {period}s since the first purchase: {said}",
        wide=True,
    )


def returning(rows: pd.DataFrame, last_day: str) -> tuple[pd.DataFrame, pd.Series]:
    """Share of customers who bought, cohorts by periods since (from 1), and the size of each cohort.

    Periods that have not ended are missing. Returned are the newest MOST cohorts of at least FEWEST customers for which
    a later period has ended.
    """
    if rows.empty:
        return pd.DataFrame(), pd.Series(dtype="int64")
    freq = rows["period"].iloc[0]
    counts = rows.pivot_table(index="cohort", columns="after", values="customers", fill_value=0)
    counts.index = pd.PeriodIndex(counts.index, freq=freq)
    counts, sizes = counts.sort_index(), counts[0].astype("int64").sort_index()
    last_over = (pd.Timestamp(last_day) + pd.Timedelta(days=1)).to_period(freq) - 1
    cohorts = [c for c in sizes.index if sizes[c] >= FEWEST and c < last_over][-MOST:]
    if not cohorts:
        return pd.DataFrame(), sizes
    width = min(MOST, _steps(cohorts[0], last_over))
    shares = counts.loc[cohorts].reindex(columns=range(1, width + 1), fill_value=0)
    shares = shares.div(sizes[cohorts], axis="index").round(4)
    ended = np.array([[_steps(c, last_over) >= n for n in range(1, width + 1)] for c in cohorts])
    return shares.where(ended), sizes


def _told(shares: pd.DataFrame) -> list[int]:
    """The periods that the caption names: the first, and the fourth if there is one."""
    return [n for n in (1, 4) if n in shares.columns and shares[n].notna().any()]


def _mean(shares: pd.DataFrame, sizes: pd.Series, after: int, period: str) -> str:
    known = shares[after].dropna()
    mean = np.average(known, weights=sizes[known.index])
    return f"{mean:.0%} {'one' if after == 1 else 'four'} {period}{'' if after == 1 else 's'} later"


def _named(cohort: pd.Period) -> str:
    return f"{cohort.year} Q{cohort.quarter}" if cohort.freqstr.startswith("Q") else str(cohort)


def _steps(start: pd.Period, end: pd.Period) -> int:
    return int(end.ordinal - start.ordinal)
