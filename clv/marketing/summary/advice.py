"""Recommended actions, in sentences: each rule of a table has a condition on a summary, and a text for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from clv.marketing.budget.groups import ANY_CHANNEL
from clv.marketing.campaigns.channels import NONE_KNOWN

MOST = 6  # sentences; the rules are in order of importance
NAMED = 3  # channels of a tier
WHAT_FAILED = {
    "leak": "it is more accurate than is possible without information from the future",
    "baseline": "no test shows that it beats the best of the simpler forecasts, which the page Models lists",
    "bias": "its total was too far off",
    "coverage": "too few customers spent an amount inside their interval",
    "group_coverage": "in some group, too few customers spent an amount inside their interval",
    "coherence": "its numbers for one customer contradict each other",
    "rolling": "its ranking was much better at some earlier dates than at others",
    "drift": "the shop has changed since the forecast was tested",
}
WHY_FELL = {
    "overdue": "they have not ordered for more than twice their usual gap between orders",
    "no second order": "they have not placed a second order",
    "returns": "they send back more than before",
    "less often": "they buy less often",
    "smaller orders": "their orders have become smaller",
    "longer since the last order": "their last order is longer ago",
    "no single change": "no single change explains the fall",
}

MEASURES = {"purchased": "the share of customers who buy", "revenue": "revenue per customer"}

Numbers = Mapping[str, Any]


@dataclass(frozen=True)
class Advice:
    """One piece of advice: its condition, its text, and the report with the details."""

    name: str
    holds: Callable[[Numbers], Any]
    says: Callable[[Numbers], str]
    page: str


def actions(summary: Numbers) -> list[dict[str, str]]:
    """name, text and page of the first MOST rules that hold."""
    held = [rule for rule in RULES if rule.holds(summary)]
    return [{"name": rule.name, "text": rule.says(summary), "page": rule.page} for rule in held[:MOST]]


def not_known(summary: Numbers) -> list[str]:
    """What is not known of this shop, a sentence each."""
    return [f"It is not known {gap['says']}." for gap in summary["not_known"]]


def _knows_returns(s: Numbers) -> bool:
    return all(gap["name"] != "returns" for gap in s["not_known"])


def _is_beyond(s: Numbers) -> bool:
    """Whether a rule splits more than the forecast margin, and the response to spending is not known."""
    return bool(s["budget"]["warning"]) and s["budget"]["source"] == "none"


def _failed(s: Numbers) -> list[Numbers]:
    """The checks that fail, except for the one that has its own advice."""
    return [check for check in s["trust"]["failed"] if check["name"] in WHAT_FAILED]


def _unknown(s: Numbers) -> str:
    return (
        "Do not act on forecasts of single customers, and do not use them to spend money or to find similar customers. "
        f"{not_known(s)[0]}"
    )


def _hold(s: Numbers) -> str:
    return (
        f"Do not spend the budget by these shares yet: {s['budget']['warning']}, and no test shows that it does. Lower "
        "budget.total, or first test what spending yields."
    )


def _mend(s: Numbers) -> str:
    failed = _failed(s)
    said = "; ".join(WHAT_FAILED[check["name"]] for check in failed)
    return f"Look at the checks before you act on the forecast: {said}."


def _wait(s: Numbers) -> str:
    return (
        f"Treat the forecast as a first guess: no test has yet shown how good it is ({s['trust']['why']}). Test it "
        f"when the data cover {s['horizon_days']} more days."
    )


def _clean(s: Numbers) -> str:
    data = s["data"]
    return f"Check the data: {data['share']:.1%} of {data['rows']:,} rows could not be used."


def _spend(s: Numbers) -> str:
    budget, money = s["budget"], s["currency"]
    text = f"Spend {budget['spent']:,.0f} {money}: {_split(budget['split'], 'budget')}."
    if budget["expected_margin"] is None:
        return f"{text} This split follows fixed shares, because nothing shows yet what spending yields."
    profit = budget["expected_margin"] - budget["spent"]
    text += f" It should yield {budget['expected_margin']:,.0f} {money} of additional margin"
    if budget["lower_95"] is None:
        return f"{text}, {_profit(profit)}, if your assumptions hold."
    low, high = (budget[name] - budget["spent"] for name in ("lower_95", "upper_95"))
    bad = "; in bad cases it would yield less than it costs" if low < 0 <= profit else ""
    return (
        f"{text} within {budget['window_days']} days, {_profit(profit)}{bad} (95% interval of the profit {low:,.0f} to "
        f"{high:,.0f})."
    )


def _keep(s: Numbers) -> str:
    return (
        f"Keep {s['budget']['not_spent']:,.0f} {s['currency']} of the budget: further spending is not reliably "
        "profitable, or limits forbid it."
    )


def _win_back(s: Numbers) -> str:
    fell, money = s["at_risk"], s["currency"]
    text = (
        "Win back customers who fell to a lower tier or segment: the forecasts of "
        f"{_count(fell['customers'], 'customer')} are together {fell['lost_value']:,.0f} {money} lower than "
        f"{s['horizon_days']} days ago (the two forecasts may cover different seasons)"
    )
    main = fell["main"]
    if main is not None:
        text += f". {main['lost_value']:,.0f} of that comes from {_count(main['customers'], 'customer')}: "
        text += WHY_FELL[main["reason"]]
    if fell["paid"] is not None:
        tiers = " or ".join(fell["paid_tiers"])
        text += f". {fell['paid']:,} of all who fell are in {tiers} today, where the budget is spent: begin with them"
    if s["campaign"]["treated"] != 0:
        text += ". The next campaign has an offer for every customer whom it reaches, and its lists mark who fell"
    return f"{text}."


def _send(s: Numbers) -> str:
    plan = s["campaign"]
    known = {name: n for name, n in plan["channels"].items() if n and name != NONE_KNOWN}
    by = f" ({', '.join(f'{name} {n:,}' for name, n in known.items())})" if known else ""
    whom = "customers" if plan["treated"] is None else _count(plan["treated"], "customer")
    text = f"Send the next campaign to the {whom} on its lists{by}"
    if plan["holdout"] is None:
        text += (
            ", and leave the randomly drawn holdout alone: only a comparison with it shows what the campaign yielded"
        )
    elif plan["holdout"]:
        text += (
            f", and leave the {plan['holdout']:,} randomly drawn customers of the holdout alone: only a comparison "
            "with them shows what the campaign yielded"
        )
    return f"{text}. The campaign is separate from the budget: its lists cover every tier, for messages sent anyway."


def _upload(s: Numbers) -> str:
    lists = ", ".join(f"{tier} {n:,}" for tier, n in s["uploads"].items())
    return f"Upload the lists of customers to Meta and Google (rows: {lists})."


def _test(s: Numbers) -> str:
    test = s["next_test"]
    sought = f"a rise of {test['rise']:.0%} in {MEASURES[test['outcome']]}"
    if test["enough_customers"]:
        return (
            f"For the next test, plan {test['participants']:,} participants and {test['duration_days']:,} days: this "
            f"is enough to detect {sought}."
        )
    text = (
        f"Test something with a larger effect next: detecting {sought} takes {test['participants']:,} participants, "
        f"but only {test['customers']:,} of your {s['customers']:,} customers were already known "
        f"{test['window_days']} days ago"
    )
    if test["rise_8_weeks"] is None:
        return f"{text}."
    return f"{text}. Assigning customers for 8 weeks detects a rise of {test['rise_8_weeks']:.0%}."


def _more(s: Numbers) -> str:
    following = s["budget"]["next"]
    text = f"If you can spend more, split the next {following['amount']:,.0f} {s['currency']} as follows: "
    return (
        f"{text}{_split(following['split'], 'amount')}. It should yield {following['margin']:,.0f} {s['currency']} of "
        "additional margin."
    )


RULES: Sequence[Advice] = (
    Advice("unknown", lambda s: not _knows_returns(s), _unknown, "05_customers"),
    Advice("mend", _failed, _mend, "04_calibration"),
    Advice("wait", lambda s: not s["trust"]["customers"] and _knows_returns(s), _wait, "03_models"),
    Advice("clean", lambda s: s["data"]["many"], _clean, "01_data"),
    Advice("hold", lambda s: s["budget"]["split"] and _is_beyond(s), _hold, "06_budget"),
    Advice("spend", lambda s: s["budget"]["split"] and not _is_beyond(s), _spend, "06_budget"),
    Advice("keep", lambda s: s["budget"]["not_spent"] >= 1 and _knows_returns(s), _keep, "06_budget"),
    Advice("win back", lambda s: s["at_risk"], _win_back, "05_customers"),
    Advice("send", lambda s: s["campaign"]["treated"] != 0, _send, "06_budget"),
    Advice("upload", lambda s: s["uploads"], _upload, "06_budget"),
    Advice("test", lambda s: s["next_test"] and s["next_test"]["finished"], _test, "06_budget"),
    Advice("more", lambda s: s["budget"]["not_spent"] < 1 and s["budget"]["next"]["margin"], _more, "06_budget"),
)


def _split(cells: Sequence[Numbers], name: str) -> str:
    """How much each tier gets, the most first, with its channels in that order where there are any."""
    by_tier = sorted(cells, key=lambda cell: cell["tier"])
    parts = []
    for tier, members in groupby(by_tier, key=lambda cell: cell["tier"]):
        rows = list(members)
        channels = [row["channel"] for row in rows if row["channel"] != ANY_CHANNEL]
        through = f" through {_and(channels)}" if channels else ""
        parts.append((sum(row[name] for row in rows), f"on {tier}{through}"))
    return ", ".join(f"{money:,.0f} {where}" for money, where in sorted(parts, key=lambda part: -part[0]))


def _and(names: Sequence[str]) -> str:
    """A list in words, of at most NAMED."""
    if len(names) > NAMED:
        names = [*names[:NAMED], f"{len(names) - NAMED} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _profit(profit: float) -> str:
    return f"{abs(profit):,.0f} {'more' if profit >= 0 else 'less'} than it costs"


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"
