"""What rules measure on new days, compared with the weeks before them, beyond what chance explains."""

import math
from collections.abc import Callable

from clv.data.profiling.data_comparison import SURE, Comparison, Measured, chance_of_share
from clv.data.profiling.shop_profile import MISSING, QUARTER, QUARTERS
from clv.data.types import MICROSECONDS_PER_DAY, MINOR_PER_UNIT

RARE = 0.0003  # the probability that a day ends so early: once in ten years of daily runs
TIMED = 0.5  # of the lines must have a time of day for a rule that uses it


def buyers(last: bool) -> Callable[[Comparison], Measured | None]:
    """The number of buyers over the usual number; 1 if chance explains the difference."""

    def measure(c: Comparison) -> Measured | None:
        found = c.buyers(last)
        if found.usual <= 0:
            return None
        which = str(c.now.profile.last_day) if last else f"the time after {c.then.profile.last_day}"
        text = f"{which} has {found.count:,.0f} buyers, where {found.usual:,.1f} are usual"
        return Measured(found.count / found.usual if (-found.z if last else found.z) > SURE else 1.0, text)

    return measure


def day_complete(c: Comparison) -> Measured | None:
    """The usual share of a day's lines up to the time of the newest one; 1 if chance explains it."""
    profile = c.now.profile
    quarters = profile.quarters.copy()
    quarters[0] = 0  # exactly midnight mostly means a date without a time
    if quarters.sum() < TIMED * profile.quarters.sum():
        return None
    at = profile.last % MICROSECONDS_PER_DAY // QUARTER
    share = float(quarters[: at + 1].sum() / quarters.sum())
    buyers = float(profile.days["customers"].iloc[-1])
    by_chance = c.chance_of_few(buyers) * share**buyers  # that so few bought, and all of them so early
    clock = f"{at * 24 // QUARTERS:02d}:{at * 15 % 60:02d}"
    text = f"the last order of {profile.last_day} came after {clock}, by when a day has {share:.0%} of its lines"
    return Measured(share if by_chance < RARE else 1.0, text)


def order_amount(c: Comparison) -> Measured | None:
    """The factor by which the typical purchase line is higher or lower than before."""
    if not c.fresh["purchases"].sum() or not c.before["purchases"].sum():
        return None
    change, sd = c.log_amount()
    sure = max(abs(change) - SURE * sd, 0.0)
    then, times = c.then.profile.last_day, math.exp(change)
    text = f"an order line after {then} is typically {times:,.2f} times what it was in the weeks before"
    return Measured(math.exp(sure), text)


def buyer_revenue(c: Comparison) -> Measured | None:
    """The factor by which revenue per buyer rose.

    It finds a part of the lines in another unit, which leaves the typical line unchanged.
    """
    if not c.fresh["customers"].sum() or not c.before["customers"].sum():
        return None
    before, now, sd = c.buyer_revenue()
    if before <= 0:
        return None
    spends, spent = (f"{minor / MINOR_PER_UNIT:,.0f}" for minor in (now, before))
    text = f"a buyer after {c.then.profile.last_day} spends {spends}, but spent {spent} before"
    return Measured(max(now - SURE * sd, before) / before, text)


def risen(column: str, of: str, what: str) -> Callable[[Comparison], Measured | None]:
    """The increase in the share of a column in another; `what` begins the text."""

    def measure(c: Comparison) -> Measured | None:
        if c.fresh.empty or c.before.empty:
            return None
        before, now, sd = c.share(column, of)
        return Measured(max(now - before - SURE * sd, 0.0), f"{now:.1%} of {what}, but {before:.1%} before")

    return measure


def missing(c: Comparison) -> Measured | None:
    """The column whose share of missing values rose most; a column that no longer exists counts as missing."""
    names = dict.fromkeys(str(name) for given in (c.then, c.now) for name in given.profile.days)
    asked = [name for name in names if name.startswith(MISSING)]
    found = [risen(name, "lines", f"lines have no {name.removeprefix(MISSING)}")(c) for name in asked]
    return max((measured for measured in found if measured), key=lambda measured: measured.value, default=None)


def new_categories(c: Comparison) -> Measured | None:
    """The column with the largest share of new rows whose text was never seen before."""
    earlier = c.then.profile.categories
    known = set(zip(earlier["column"], earlier["value"], strict=True))
    found = []
    for column, rows in c.now.profile.categories.groupby("column"):
        came = rows["rows"].sum() - earlier.loc[earlier["column"] == column, "rows"].sum()
        new = rows[[(column, value) not in known for value in rows["value"]]]
        if came > 0 and (earlier["column"] == column).any():
            share = min(float(new["rows"].sum() / came), 1.0)
            named = ", ".join(new.sort_values("rows", ascending=False)["value"].head(3))
            sure = max(share - SURE * chance_of_share(0.0, came), 0.0)
            found.append(Measured(sure, f"{share:.0%} of the new rows have a {column} never seen before: {named}"))
    return max(found, key=lambda measured: measured.value, default=None)


def new_customers(c: Comparison) -> Measured | None:
    """The change in the share of new customers among buyers."""
    if not c.before["customers"].sum():
        return None
    before, now, sd = c.share("new_customers", "customers")
    text = f"{now:.0%} of the customers of the new days are new, but {before:.0%} before"
    return Measured(max(abs(now - before) - SURE * sd, 0.0), text)
