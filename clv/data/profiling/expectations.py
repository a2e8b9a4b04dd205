"""What is expected of new data after those of the last good run, as rows of a table.

A rule is broken only if chance does not explain the difference: a shop with five orders a day often has two or ten.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from clv.data.profiling import known_measures, new_measures
from clv.data.profiling.data_comparison import Comparison, Measured
from clv.data.profiling.params import Action, ExpectParams
from clv.data.types import MINOR_PER_UNIT


@dataclass(frozen=True)
class Expectation:
    """A rule, named like its limit in `ExpectParams`, and what it expects, in the words of docs/operation.md.

    `measure` returns the value to check, None if the data do not allow it. `at_least`: the value must reach the limit;
    otherwise it must not exceed it. `of_new`: the rule needs new days.
    """

    name: str
    expects: str
    measure: Callable[[Comparison], Measured | None]
    at_least: bool = False
    of_new: bool = False


@dataclass(frozen=True)
class RuleFinding:
    """The result of a rule."""

    name: str
    action: Action
    broken: bool
    value: float
    text: str

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


EXPECTATIONS = (
    Expectation(
        "first_day",
        "the data begin where they began, or slide on by as many days as they go on",
        known_measures.first_day,
    ),
    Expectation("last_day", "the data do not end earlier than before", known_measures.last_day),
    Expectation("future", "no order is of a day to come", known_measures.days_ahead),
    Expectation("late", "the newest order is not older than some days", known_measures.days_late),
    Expectation(
        "history_lines", "lines of days known before do not come or go", known_measures.history("lines", "lines", 1)
    ),
    Expectation(
        "history_revenue",
        "nor does their net revenue change",
        known_measures.history("net_minor", "net revenue", MINOR_PER_UNIT),
    ),
    Expectation(
        "known_days", "nor any single one of these days: none is missing, none came twice", known_measures.known_days
    ),
    Expectation(
        "few_buyers",
        "the last day has most of the buyers usual on its weekday",
        new_measures.buyers(last=True),
        at_least=True,
        of_new=True,
    ),
    Expectation(
        "many_buyers", "the new days have not many times the usual buyers", new_measures.buyers(last=False), of_new=True
    ),
    Expectation(
        "day_complete",
        "the last day goes on until most of a day's lines have usually come",
        new_measures.day_complete,
        at_least=True,
        of_new=True,
    ),
    Expectation(
        "order_amount",
        "order lines are typically as high as before: no cents where units were",
        new_measures.order_amount,
    ),
    Expectation(
        "buyer_revenue",
        "nor does a buyer spend many times as much, as where some lines are in cents",
        new_measures.buyer_revenue,
    ),
    Expectation(
        "repeated",
        "no more lines repeat another of the same customer, time and amount: no day came twice",
        new_measures.risen("repeated", "lines", "lines repeat another"),
    ),
    Expectation(
        "rejected", "no larger share of the rows that came since is rejected by cleaning", known_measures.rejected
    ),
    Expectation("missing", "no more lines lack a value, and no column is gone", new_measures.missing),
    Expectation(
        "new_categories",
        "few new rows have a text that was never in their column",
        new_measures.new_categories,
        of_new=True,
    ),
    Expectation(
        "new_customers", "the share of new customers among buyers stays", new_measures.new_customers, of_new=True
    ),
    Expectation("other_tables", "customers, touches and experiments did not lose rows", known_measures.other_tables),
)


def examine(compared: Comparison, limits: ExpectParams) -> list[RuleFinding]:
    """The results of all rules that have something to check, in order."""
    found = []
    for rule in EXPECTATIONS:
        measured = rule.measure(compared) if compared.new_days > 0 or not rule.of_new else None
        if measured is not None:
            given = getattr(limits, rule.name)
            broken = measured.value < given.limit if rule.at_least else measured.value > given.limit
            found.append(RuleFinding(rule.name, given.action, broken, measured.value, measured.text))
    return found


def stopping(findings: Collection[RuleFinding], accepted: Collection[str] = ()) -> list[RuleFinding]:
    """The findings that stop a run: those that are broken and not accepted by name."""
    return [found for found in findings if found.broken and found.action == "stop" and found.name not in accepted]
