"""What new data should look like after those of the last good run, as rows of a table: what each expects and measures.

A rule is broken only where chance does not explain it: a shop with five orders a day often has two, or ten.
"""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import numpy as np

from clv.data.profiling.data_comparison import Comparison, chance_of_share
from clv.data.profiling.params import Action, ExpectParams
from clv.data.profiling.shop_profile import EPOCH, MISSING, QUARTER, QUARTERS
from clv.data.types import MICROSECONDS_PER_DAY, MINOR_PER_UNIT

SURE = 3  # standard deviations beyond which it is not chance
RARE = 0.0003  # the chance that a day ends so early: once in ten years of nights
LINES = "transactions"
TIMED = 0.5  # of the lines must have a time of day for a rule that looks at it

RuleName = Literal[
    "first_day",
    "last_day",
    "future",
    "late",
    "history_lines",
    "history_revenue",
    "known_days",
    "few_buyers",
    "many_buyers",
    "day_complete",
    "order_amount",
    "buyer_revenue",
    "repeated",
    "rejected",
    "missing",
    "new_categories",
    "new_customers",
    "other_tables",
]


@dataclass(frozen=True)
class Measured:
    """What a rule looks at, as far as it is no chance, which the limit bounds, and what that is in words."""

    value: float
    text: str


@dataclass(frozen=True)
class Expectation:
    """A rule. `measure` gives what it looks at, None where the data say nothing about it.

    `at_least`: the value must reach the limit, and not stay below it. `of_new`: it needs new days.
    """

    name: RuleName
    expects: str
    measure: Callable[[Comparison], Measured | None]
    at_least: bool = False
    of_new: bool = True


@dataclass(frozen=True)
class RuleFinding:
    """What a rule found."""

    name: RuleName
    action: Action
    broken: bool
    value: float
    limit: float
    text: str

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


def examine(compared: Comparison, limits: ExpectParams) -> list[RuleFinding]:
    """What each rule finds, in their order, those that have something to look at."""
    found = []
    for rule in EXPECTATIONS:
        measured = rule.measure(compared) if compared.new_days > 0 or not rule.of_new else None
        if measured is not None:
            given = getattr(limits, rule.name)
            broken = measured.value < given.limit if rule.at_least else measured.value > given.limit
            found.append(RuleFinding(rule.name, given.action, broken, measured.value, given.limit, measured.text))
    return found


def stopping(findings: Collection[RuleFinding], accepted: Collection[str] = ()) -> list[RuleFinding]:
    """Those that stop a run: broken, and not accepted by name."""
    return [found for found in findings if found.broken and found.action == "stop" and found.name not in accepted]


def _first_day(c: Comparison) -> Measured:
    """A window that slides begins as many days later as it ends."""
    first = c.now.profile.first_day
    text = f"the data begin on {first}, before it was {c.then.profile.first_day}"
    return Measured(c.begins_later - max(c.new_days, 0), text)


def _last_day(c: Comparison) -> Measured:
    return Measured(-c.new_days, f"the newest order is of {c.now.profile.last_day}, before it was {_then(c)}")


def _ahead(c: Comparison) -> Measured:
    days = (c.now.profile.last_day - c.today).days
    return Measured(days, f"the newest order is of {c.now.profile.last_day}, and today is {c.today}")


def _late(c: Comparison) -> Measured:
    days = (c.today - c.now.profile.last_day).days
    return Measured(days, f"the newest order is of {c.now.profile.last_day}, {days} days ago")


def _history(column: str, what: str, unit: int) -> Callable[[Comparison], Measured | None]:
    def measure(c: Comparison) -> Measured | None:
        then, now = (float(c.known_days[f"{column}_{when}"].sum()) / unit for when in ("then", "now"))
        text = f"the days before {_then(c)} have {now:,.0f} {what}, where they had {then:,.0f}"
        return Measured(abs(now / then - 1), text) if then > 0 else None

    return measure


def _known_days(c: Comparison) -> Measured | None:
    """The day known before that changed most, as a share of its lines, or of revenue, beyond what chance does."""
    days = c.known_days
    if days.empty:
        return None
    lines = days[["lines_then", "lines_now"]].max(axis=1).to_numpy("float64")
    chance = SURE * np.sqrt(np.maximum(lines, 1.0))
    line = float(days["net_minor_then"].abs().sum() / max(days["lines_then"].sum(), 1.0))
    found = []
    for column, what, unit, noise in (
        ("lines", "lines", 1, chance),
        ("net_minor", "net revenue", MINOR_PER_UNIT, chance * line),
    ):
        then, now = (days[f"{column}_{when}"].to_numpy("float64") for when in ("then", "now"))
        beyond = np.maximum(np.abs(now - then) - noise, 0.0) / np.maximum(np.abs(then), noise)
        at = int(np.argmax(beyond))
        day = EPOCH + timedelta(days=int(days.index[at]))
        text = f"{day} has {now[at] / unit:,.0f} {what}, where it had {then[at] / unit:,.0f}"
        found.append(Measured(float(beyond[at]), text))
    return max(found, key=lambda measured: measured.value)


def _buyers(last: bool) -> Callable[[Comparison], Measured | None]:
    """How many times the usual buyers there are, 1 where chance explains the difference."""

    def measure(c: Comparison) -> Measured | None:
        found = c.buyers(last)
        if found.usual <= 0:
            return None
        which = str(c.now.profile.last_day) if last else f"the time after {_then(c)}"
        text = f"{which} has {found.count:,.0f} buyers, where {found.usual:,.1f} are usual"
        return Measured(found.count / found.usual if (-found.z if last else found.z) > SURE else 1.0, text)

    return measure


def _day_complete(c: Comparison) -> Measured | None:
    profile = c.now.profile
    quarters = profile.quarters.copy()
    quarters[0] = 0  # midnight sharp is mostly a date without a time
    if quarters.sum() < TIMED * profile.quarters.sum():
        return None
    at = profile.last % MICROSECONDS_PER_DAY // QUARTER
    share = float(quarters[: at + 1].sum() / quarters.sum())
    buyers = float(profile.days["customers"].iloc[-1])
    by_chance = c.chance_of_few(buyers) * share**buyers  # that few came, and all of them so early
    clock = f"{at * 24 // QUARTERS:02d}:{at * 15 % 60:02d}"
    text = f"the last order of {profile.last_day} came after {clock}, by when a day has {share:.0%} of its lines"
    return Measured(share if by_chance < RARE else 1.0, text)


def _order_amount(c: Comparison) -> Measured | None:
    if not c.fresh["purchases"].sum() or not c.before["purchases"].sum():
        return None
    change, sd = c.log_amount()
    sure = max(abs(change) - SURE * sd, 0.0)
    text = f"an order line after {_then(c)} is typically {math.exp(change):,.2f} times what it was in the weeks before"
    return Measured(math.exp(sure), text)


def _buyer_revenue(c: Comparison) -> Measured | None:
    """Of a part of the lines in another unit, which leaves the typical line as it was."""
    if not c.fresh["customers"].sum() or not c.before["customers"].sum():
        return None
    before, now, sd = c.buyer_revenue()
    if before <= 0:
        return None
    text = f"a buyer after {_then(c)} brings {now / MINOR_PER_UNIT:,.0f}, before it was {before / MINOR_PER_UNIT:,.0f}"
    return Measured(max(now - SURE * sd, before) / before, text)


def _risen(column: str, of: str, what: str) -> Callable[[Comparison], Measured | None]:
    def measure(c: Comparison) -> Measured | None:
        if c.fresh.empty or c.before.empty:
            return None
        before, now, sd = c.share(column, of)
        return Measured(max(now - before - SURE * sd, 0.0), f"{now:.1%} of {what}, before it was {before:.1%}")

    return measure


def _missing(c: Comparison) -> Measured | None:
    """The column of which most more is missing than before, a column that is gone among them."""
    names = dict.fromkeys(str(name) for given in (c.then, c.now) for name in given.profile.days)
    asked = [name for name in names if name.startswith(MISSING)]
    found = [_risen(name, "lines", f"lines have no {name.removeprefix(MISSING)}")(c) for name in asked]
    return max((measured for measured in found if measured), key=lambda measured: measured.value, default=None)


def _new_customers(c: Comparison) -> Measured | None:
    if not c.before["customers"].sum():
        return None
    before, now, sd = c.share("new_customers", "customers")
    text = f"{now:.0%} of the customers of the new days are new, before it was {before:.0%}"
    return Measured(max(abs(now - before) - SURE * sd, 0.0), text)


def _rejected(c: Comparison) -> Measured | None:
    """Of the rows that came since, those rejected, beyond the share of those before; of all where old rows went."""
    then, now = c.then.raw_rows[LINES], c.now.raw_rows[LINES]
    came = now - then
    slides = c.begins_later > 0
    if came <= 0 and not slides:
        return None
    more = {rule: n - (0 if slides else c.then.rejected.get(rule, 0)) for rule, n in c.now.rejected.items()}
    rows = now if slides else came
    before = sum(c.then.rejected.values()) / max(then, 1)
    share = min(max(sum(more.values()) / max(rows, 1), 0.0), 1.0)
    worst = max(more, key=lambda rule: more[rule], default="")
    text = f"{share:.1%} of {rows:,} rows are rejected, most by {worst}; before it was {before:.1%}"
    return Measured(max(share - before - SURE * chance_of_share(before, rows), 0.0), text)


def _new_categories(c: Comparison) -> Measured | None:
    """The column of which most new rows have a text that was never there before."""
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


def _other_tables(c: Comparison) -> Measured | None:
    """The table beside the order lines that lost most of its rows."""
    lost = {
        table: Measured(1 - now / then, f"{table} has {now:,} rows, where it had {then:,}")
        for table, then in c.then.raw_rows.items()
        if table != LINES and then > 0
        for now in [c.now.raw_rows.get(table, 0)]
    }
    return max(lost.values(), key=lambda measured: measured.value, default=None)


def _then(c: Comparison) -> str:
    return str(c.then.profile.last_day)


EXPECTATIONS = (
    Expectation("first_day", "the data begin where they began, or slide on, by days", _first_day, of_new=False),
    Expectation("last_day", "the data do not end earlier than before, by days", _last_day, of_new=False),
    Expectation("future", "no order is of a day to come, by days", _ahead, of_new=False),
    Expectation("late", "the newest order is not older, in days", _late, of_new=False),
    Expectation(
        "history_lines",
        "lines of days known before do not come or go, as a share",
        _history("lines", "lines", 1),
        of_new=False,
    ),
    Expectation(
        "history_revenue",
        "net revenue of days known before stays, as a share",
        _history("net_minor", "net revenue", MINOR_PER_UNIT),
        of_new=False,
    ),
    Expectation("known_days", "no single day known before changed, as a share", _known_days, of_new=False),
    Expectation("few_buyers", "the last day has so many of the usual buyers", _buyers(last=True), at_least=True),
    Expectation("many_buyers", "the new days have at most so many times the usual buyers", _buyers(last=False)),
    Expectation(
        "day_complete", "the last day goes on until so much of a day's lines came", _day_complete, at_least=True
    ),
    Expectation(
        "order_amount", "order lines are at most so many times as high, or as low", _order_amount, of_new=False
    ),
    Expectation("buyer_revenue", "a buyer brings at most so many times as much", _buyer_revenue, of_new=False),
    Expectation(
        "repeated",
        "no more lines repeat another of the customer",
        _risen("repeated", "lines", "lines repeat another"),
        of_new=False,
    ),
    Expectation("rejected", "no larger share of the rows that came since is rejected", _rejected, of_new=False),
    Expectation("missing", "no more lines lack a column", _missing, of_new=False),
    Expectation("new_categories", "no more of the new rows have a text never seen in their column", _new_categories),
    Expectation("new_customers", "the share of new customers stays, up or down", _new_customers),
    Expectation("other_tables", "no other table lost rows, as a share", _other_tables, of_new=False),
)
