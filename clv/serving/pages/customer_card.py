"""The card of one customer: what is expected, how certain that is, why, what to do, and the history so far."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.responses import RedirectResponse, Response

from clv.models.value_over_time import VALUE_DAYS, VALUES
from clv.reporting.kit.not_known import NOT_KNOWN
from clv.reporting.kit.table import Format, facts, write
from clv.serving import release_answers
from clv.serving.pages.addresses import customer_address, is_segment, visible
from clv.serving.pages.customer_list import HOME, nobody
from clv.serving.pages.look import PageFrame, show
from clv.serving.pages.purchases_by_month import by_year, purchases
from clv.serving.pages.small_pictures import MOST_BARS, bars, interval
from clv.serving.release import Release

CONFIDENCE = {
    "high": "the 90% interval is no wider than the forecast, or than the mean forecast where that is larger",
    "medium": "the 90% interval is up to 2.5 times as wide as the forecast, or as the mean forecast",
    "low": "the 90% interval is more than 2.5 times as wide as the forecast, or too little is known",
}
GUESSES = {
    "predicted_clv": "the forecast",
    "p_alive": "whether the customer is still active",
    "p_purchase": "whether the customer will buy",
    "churn_risk": "the risk of not buying",
    "expected_orders": "how many orders to expect",
    "days_to_next_order": "when the next order comes",
    "residual_value": "the value of all time to come",
    **{name: f"the value within {days} days" for name, days in zip(VALUES, VALUE_DAYS, strict=True)},
}


def find(release: Release, setting: PageFrame, asked: str) -> Response:
    """The card for an id as typed, or without surrounding blanks; else the list, with a note that nobody has the id."""
    for customer_id in (asked, asked.strip()):
        if release.customers.get(customer_id) is not None:
            if is_segment(customer_id):
                return RedirectResponse(customer_address(customer_id), 303)
            return card(release, setting, customer_id)
    return nobody(release, setting, asked)


def card(release: Release, setting: PageFrame, customer_id: str) -> Response:
    """The card of a customer; the list, with a note, if nobody has the id."""
    answer = release_answers.customer(release, customer_id)
    if answer is None:
        return nobody(release, setting, customer_id)
    one, plan = answer["customer"], answer["campaign"]
    months = purchases(release, customer_id)
    periods, period = (months, "month") if len(months) <= MOST_BARS else (by_year(months), "year")
    return show(
        "customer_card.html.j2",
        setting,
        f"Customer {visible(customer_id)}",
        HOME,
        one=one,
        id=customer_id,
        groups=_groups(one),
        expected=facts(expected(one, release.horizon_days, release.currency)).html,
        interval=interval(one, release.horizon_days, release.currency),
        confidence=CONFIDENCE.get(one["confidence"], ""),
        over_time=facts(over_time(one, release.currency)).html,
        reasons=[reason["text"] for reason in answer["reasons"]],
        plan=plan,
        offered=facts(_campaign(plan, release.currency)).html if plan else "",
        guesses=_guesses((one["not_known"] or "").split()),
        so_far=facts(so_far(one, release.currency)).html,
        history=bars([(month.name, month.spent) for month in periods], release.currency, period),
        periods=[month for month in reversed(periods) if month.orders or month.spent],
        period=period,
    )


def _guesses(names: Sequence[str]) -> list[str]:
    """What is not known about a customer, in the order of the card."""
    told = [text for name, text in GUESSES.items() if name in names]
    return [*told, *(name for name in names if name not in GUESSES)]


def expected(one: Mapping[str, Any], horizon_days: int, currency: str) -> Sequence[tuple[str, str]]:
    """What is expected of a customer within the horizon: (label, value)."""
    return [
        (f"forecast of {horizon_days} days, {currency}", _known(one, "predicted_clv", "money")),
        ("still an active customer", _known(one, "p_alive", "share")),
        (f"will buy within {horizon_days} days", _known(one, "p_purchase", "share")),
        ("orders expected", _known(one, "expected_orders", "mean")),
        ("days to the next order, if active", _known(one, "days_to_next_order", "days")),
    ]


def over_time(one: Mapping[str, Any], currency: str) -> Sequence[tuple[str, str]]:
    """What is expected of a customer over other spans of time: (label, value)."""
    spans = [
        (f"within {days} days, {currency}", _known(one, name, "money"))
        for name, days in zip(VALUES, VALUE_DAYS, strict=True)
    ]
    return [*spans, (f"all time to come, discounted, {currency}", _known(one, "residual_value", "money"))]


def so_far(one: Mapping[str, Any], currency: str) -> Sequence[tuple[str, str]]:
    """The history of a customer so far: (label, value)."""
    rows = [
        ("orders (days with a purchase)", write(one["frequency"] + 1, "count")),
        ("days since the first", write(one["tenure_days"], "days")),
        ("days since the last", write(one["recency_days"], "days")),
        (f"mean spend per order, {currency}", write(one["monetary_value"], "money")),
    ]
    return [*rows, ("of it on eco products", write(one["eco_share"], "share"))] if "eco_share" in one else rows


def _campaign(plan: Mapping[str, Any], currency: str) -> Sequence[tuple[str, str]]:
    hour = plan["send_hour"]
    return [
        ("offer", plan["offer"] or "none"),
        (f"expected cost of it, {currency}", write(plan["offer_cost"], "money")),
        ("channel", plan["channel"]),
        ("reacts to a touch", write(plan["response_rate"], "share")),
        ("best hour to send", "–" if hour is None else f"{hour}:00"),
        (f"margin at stake, {currency}", write(plan["value_at_stake"], "money")),
    ]


def _groups(one: Mapping[str, Any]) -> Sequence[tuple[str, str, Any]]:
    """The groups of a customer: (label, parameter of the list, its value)."""
    return [
        (f"tier {one['tier']}", "tier", one["tier"]),
        (f"segment {one['rfm_segment']}", "segment", one["rfm_segment"]),
        (f"cluster {one['cluster']}: {one['cluster_name']}", "cluster", one["cluster"]),
    ]


def _known(one: Mapping[str, Any], name: str, how: Format) -> str:
    """A value as text, unless it cannot be known from the data."""
    return NOT_KNOWN if name in (one["not_known"] or "").split() else write(one[name], how)
