"""A test monitored over time: the difference of revenue from day to day, with intervals that are always valid.

An interval that was made for a single look will, if checked every day, sooner or later exclude 0 by chance. The normal
mixture interval holds on all days at once. The sums behind it are a random walk in a time that is their variance;
revenue that is still coming in from the same participants makes the steps positively correlated rather than
independent, so that the walk crosses a boundary less often (Slepian's inequality), and the interval also holds while a
window is running.
Sources: Robbins (1970), "Statistical methods related to the law of the iterated logarithm", Annals of Mathematical
Statistics 41; Johari, Pekelis and Walsh (2017), "Peeking at A/B tests", KDD; Howard, Ramdas, McAuliffe and Sekhon
(2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics 49, section 3.
"""

import numpy as np
import pandas as pd
from scipy.special import lambertw
from scipy.stats import norm

from clv.data.types import MINOR_PER_UNIT
from clv.marketing.experiments.outcomes import DAY, events_of

COLUMNS = ("experiment", "arm", "day", "participants", "difference", "lower", "upper", "always_lower", "always_upper")
MOST_DAYS = 120  # of a test that are kept, evenly spread, including the last


def boundary(time: np.ndarray, best_at: np.ndarray, alpha: float) -> np.ndarray:
    """The boundary that a Brownian motion exceeds at any intrinsic time with a probability of at most alpha.

    `time` and `best_at` (where the boundary is narrowest) are variances above 0 and broadcast.
    """
    rho = best_at / (-lambertw(-(alpha**2) / np.e, -1).real - 1)
    return np.sqrt((time + rho) * np.log((time + rho) / (rho * alpha**2)))


def over_days(
    participants: pd.DataFrame, transactions: pd.DataFrame, window_days: int, confidence: float, least: int
) -> pd.DataFrame:
    """One row per test, arm other than the control, and day since the first assignment, from 0.

    `participants` is the table of outcomes, `transactions` the clean table, or its customer_id, order_ts and
    amount_minor. difference: net revenue per participant so far, minus the control's, money, of those assigned by the
    end of that day (`participants` of the arm); lower and upper are its interval for a single look at one arm,
    always_lower and always_upper that for looks on every day at every arm of the test (Bonferroni), both at
    `confidence`. Days on which an arm or the control has fewer than `least` participants (at least 2), or nobody has
    bought, are left out.
    """
    tables = [
        _of_test(str(name), test.reset_index(drop=True), transactions, window_days, 1 - confidence, max(least, 2))
        for name, test in participants.groupby("experiment")
        if test["is_control"].any()
    ]
    found = [table for table in tables if len(table)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(COLUMNS))


def _of_test(
    name: str, test: pd.DataFrame, transactions: pd.DataFrame, window_days: int, alpha: float, least: int
) -> pd.DataFrame:
    codes, arms = pd.factorize(test["arm"].where(~test["is_control"]), sort=True)
    arm = codes + 1  # the control is code 0, whatever its name
    counts, means, variances = _moments(test, arm, len(arms) + 1, transactions, window_days)
    tables = []
    for row, label in enumerate(arms, start=1):
        n, m = counts[row], counts[0]
        told = np.flatnonzero((np.minimum(n, m) >= least) & (variances[row] + variances[0] > 0))
        if not len(told):
            continue
        n, m = n[told], m[told]
        difference, variance = (means[row] - means[0])[told], variances[row][told] / n + variances[0][told] / m
        once = norm.ppf(1 - alpha / 2) * np.sqrt(variance)
        size = n * m / (n + m)
        time = size**2 * variance  # the interval is narrowest at the end of the test, where it matters most
        always = boundary(time, time[-1:], alpha / len(arms)) / size
        columns = (
            name,
            str(label),
            told,
            n.astype("int64"),
            difference,
            difference - once,
            difference + once,
            difference - always,
            difference + always,
        )
        table = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
        tables.append(table.iloc[_spread(len(table))])
    return pd.concat(tables) if tables else pd.DataFrame(columns=list(COLUMNS))


def _moments(
    test: pd.DataFrame, arm: np.ndarray, arms: int, transactions: pd.DataFrame, window_days: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Participants so far, and mean and variance of their revenue so far: (arms, days) each, money; 0 where unknown.

    A purchase of `a` after `c` adds (c + a)² - c² to the sum of squares, so one pass over the purchases is enough.
    """
    joined = ((test["assigned"] - test["assigned"].min()) // DAY).to_numpy()
    days = int(joined.max()) + window_days
    start = test["assigned"].min()
    meanwhile = (transactions["order_ts"] >= start) & (transactions["order_ts"] < start + days * DAY)
    events = events_of(test, transactions[meanwhile])
    inside = events[(events["age"] >= 0) & (events["age"] < window_days)]
    bought = inside.groupby(["row", "age"], as_index=False)["amount_minor"].sum()
    after = bought.groupby("row")["amount_minor"].cumsum().to_numpy() / MINOR_PER_UNIT
    amount = bought["amount_minor"].to_numpy() / MINOR_PER_UNIT
    who = bought["row"].to_numpy()
    cell = arm[who] * days + joined[who] + bought["age"].to_numpy()

    def so_far(where: np.ndarray, what: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(where, what, minlength=arms * days).reshape(arms, days).cumsum(axis=1).astype("float64")

    counts = so_far(arm * days + joined)
    sums, squares = so_far(cell, amount), so_far(cell, after**2 - (after - amount) ** 2)
    means = sums / np.maximum(counts, 1)
    variances = np.round((squares - sums * means) / np.maximum(counts - 1, 1), 9)
    return counts, means, np.maximum(variances, 0)


def _spread(n: int) -> np.ndarray:
    """At most MOST_DAYS positions of n rows, evenly spread, including the first and the last."""
    return np.arange(n) if n <= MOST_DAYS else np.round(np.linspace(0, n - 1, MOST_DAYS)).astype("int64")
