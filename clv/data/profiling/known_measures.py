"""What rules measure on data that an earlier run knew: whether they still exist and are unchanged."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np

from clv.data.profiling.data_comparison import SURE, Comparison, Measured, chance_of_share
from clv.data.profiling.shop_profile import EPOCH
from clv.data.types import MINOR_PER_UNIT

LINES = "transactions"


def first_day(c: Comparison) -> Measured:
    """Days by which the beginning moved further than the end; a sliding window moves both equally."""
    first = c.now.profile.first_day
    text = f"the data begin on {first}, in the last run on {c.then.profile.first_day}"
    return Measured(c.begins_later - max(c.new_days, 0), text)


def last_day(c: Comparison) -> Measured:
    """Days by which the data end earlier than before."""
    now, then = c.now.profile.last_day, c.then.profile.last_day
    return Measured(-c.new_days, f"the newest order is of {now}, in the last run of {then}")


def days_ahead(c: Comparison) -> Measured:
    """Days from today to the newest order."""
    days = (c.now.profile.last_day - c.today).days
    return Measured(days, f"the newest order is of {c.now.profile.last_day}, and today is {c.today}")


def days_late(c: Comparison) -> Measured:
    """Days from the newest order to today."""
    days = (c.today - c.now.profile.last_day).days
    return Measured(days, f"the newest order is of {c.now.profile.last_day}, {days} days ago")


def history(column: str, what: str, unit: int) -> Callable[[Comparison], Measured | None]:
    """The relative change in the sum of a column over the days that both cover; `what` and `unit` are for the text."""

    def measure(c: Comparison) -> Measured | None:
        then, now = (float(c.known_days[f"{column}_{when}"].sum()) / unit for when in ("then", "now"))
        text = f"the days before {c.then.profile.last_day} have {now:,.0f} {what}, where they had {then:,.0f}"
        return Measured(abs(now / then - 1), text) if then > 0 else None

    return measure


def known_days(c: Comparison) -> Measured | None:
    """The day known before that changed most, as a share of its lines or its revenue, beyond what chance explains."""
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


def rejected(c: Comparison) -> Measured | None:
    """The share of rejected rows among those added since, beyond the earlier share.

    If old rows were dropped, it is the share among all rows.
    """
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
    text = f"{share:.1%} of {rows:,} rows are rejected, most by {worst}; before, {before:.1%} were"
    return Measured(max(share - before - SURE * chance_of_share(before, rows), 0.0), text)


def other_tables(c: Comparison) -> Measured | None:
    """The table, other than the order lines, that lost the largest share of its rows."""
    lost = {
        table: Measured(1 - now / then, f"{table} has {now:,} rows, where it had {then:,}")
        for table, then in c.then.raw_rows.items()
        if table != LINES and then > 0
        for now in [c.now.raw_rows.get(table, 0)]
    }
    return max(lost.values(), key=lambda measured: measured.value, default=None)
