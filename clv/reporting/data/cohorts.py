"""What the data report shows of cohorts: how many of the customers of a quarter, or month, come back."""

import numpy as np
import pandas as pd

from clv.reporting.kit.chart import Chart, render
from clv.reporting.kit.heat import heat_map
from clv.reporting.kit.table import Table, nothing

MOST = 16  # cohorts, and periods after the first
FEWEST = 20  # customers of a cohort: the share of fewer is luck
PERIODS = {"Q": "quarter", "M": "month"}


def retention(rows: pd.DataFrame, last_day: str) -> Chart | Table:
    """Share of each cohort's customers who bought again, by quarters since the first purchase (months if short).

    Takes data/described/cohorts.csv; only quarters that were over by `last_day` are shown.
    """
    shares, sizes = returning(rows, last_day)
    period = PERIODS[rows["period"].iloc[0]] if len(rows) else "month"
    if shares.empty:
        return nothing(f"No {period} of at least {FEWEST} new customers is followed by one that is over.")
    texts = [["" if np.isnan(share) else f"{100 * share:.0f}%" for share in row] for row in shares.to_numpy()]
    most = max(float(np.nanmax(shares.to_numpy())), 0.01)
    names = [f"{_named(cohort)}  {sizes[cohort]:,}" for cohort in shares.index]
    fig, ax = heat_map(shares.to_numpy() / most, texts, names, [str(n) for n in shares.columns], 0.27)
    ax.xaxis.set_label_position("top")
    ax.set_xlabel(f"{period}s after that of the first purchase")
    said = ", ".join(_mean(shares, sizes, after, period) for after in _told(shares))
    caption = (
        f"How many of a {period}'s new customers bought again in each {period} after it: {said}. Beside each {period}: "
        f"its new customers. The darker, the more; {period}s that are not over are empty. In the first {period} of the "
        "data, earlier customers count as new"
    )
    return render(fig, "retention", caption, f"Heat map of {len(shares)} cohorts by {period}s since: {said}", wide=True)


def returning(rows: pd.DataFrame, last_day: str) -> tuple[pd.DataFrame, pd.Series]:
    """Share of customers who bought, cohorts by periods since (1 onwards), and the customers of each cohort.

    Not over yet is missing. The newest MOST cohorts of at least FEWEST customers of which one later period is over.
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
    """The periods that the caption speaks of: the first, and the fourth if there is one."""
    return [n for n in (1, 4) if n in shares.columns and shares[n].notna().any()]


def _mean(shares: pd.DataFrame, sizes: pd.Series, after: int, period: str) -> str:
    known = shares[after].dropna()
    mean = np.average(known, weights=sizes[known.index])
    return f"{mean:.0%} {'one' if after == 1 else 'four'} {period}{'' if after == 1 else 's'} later"


def _named(cohort: pd.Period) -> str:
    return f"{cohort.year} Q{cohort.quarter}" if cohort.freqstr.startswith("Q") else str(cohort)


def _steps(start: pd.Period, end: pd.Period) -> int:
    return int(end.ordinal - start.ordinal)
