"""The card of one customer: the forecast with its intervals, the reasons for it, and the purchases so far.

The script of the page (page.js) puts the values of another customer in place: what it changes is marked `data-field`.
"""

from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from clv.models.calibration.intervals import LEVELS
from clv.models.value_over_time import VALUE_DAYS, VALUES
from clv.reporting.kit.not_known import NO_RETURNS, NOT_KNOWN
from clv.reporting.kit.table import Format, Table, facts, nothing, write
from clv.reporting.models.what_drives import VALUE

CONFIDENCE = {  # as clv/models/forecaster.py sets it
    "high": "at most as wide as",
    "medium": "up to 2.5 times as wide as",
    "low": "more than 2.5 times as wide as",
}
NO_REASONS = (
    "Reasons are computed only for the customers with the highest forecasts (evaluate.explained_customers), and only "
    "if XGBoost or LightGBM is part of the forecast."
)
WHOLE = 100.0  # length of the axis on which intervals are drawn


@dataclass(frozen=True)
class Fact:
    """One number of the card; `field` names its place."""

    what: str
    value: str
    field: str


def forecast(one: pd.Series, fallen: pd.DataFrame, horizon_days: int, currency: str) -> Table:
    """The id of the customer, their groups and their forecasts.

    `one` is a row of data/described/customers.parquet, `fallen` are the rows of data/described/fallen.parquet.
    """
    named = (
        f'<p class="who" tabindex="-1"><strong data-field="customer_id">{escape(one["customer_id"])}</strong> '
        f'<span data-field="groups">{escape(groups(one))}</span></p>'
        f'<p data-field="fell">{escape(fell(one["customer_id"], fallen, currency))}</p>'
    )
    return Table(named + _shown(expected(one, horizon_days, currency)).html)


def expected(one: pd.Series, horizon_days: int, currency: str) -> list[Fact]:
    """The forecasts of a customer; those that the history cannot support are not shown."""
    return [
        Fact(f"forecast of {horizon_days} days, {currency}", _if_known(one, "predicted_clv", "money"), "forecast"),
        Fact("still an active customer", _if_known(one, "p_alive", "share"), "p_alive"),
        Fact("risk of not buying", _if_known(one, "churn_risk", "share"), "churn_risk"),
        Fact("orders expected", _if_known(one, "expected_orders", "mean"), "expected_orders"),
        Fact("days to the next order, if active", _if_known(one, "days_to_next_order", "days"), "days_to_next_order"),
        Fact(f"future value, discounted, {currency}", _if_known(one, "residual_value", "money"), "residual_value"),
        *(_within(one, name, days, currency) for name, days in zip(VALUES, VALUE_DAYS, strict=True)),
    ]


def _within(one: pd.Series, name: str, days: int, currency: str) -> Fact:
    """The value within so many days; it is extrapolated, for all customers alike, where no label judges it."""
    guessed = one["not_known"].split()
    known = NOT_KNOWN if "predicted_clv" in guessed else write(one[name], "money")
    return Fact(f"within {days} days{', extrapolated' if name in guessed else ''}, {currency}", known, name)


def interval(one: pd.Series, currency: str) -> Table:
    """The intervals of the forecast: a bar and a sentence per level, with the forecast as a line across the bars."""
    if pd.isna(one["upper_90"]):
        return nothing(f"The forecast of one customer has no interval, because {NO_RETURNS}.")
    at = forecast_at(one)
    rows = "".join(
        f'<tr><th scope="row">{level}%</th><td><svg viewBox="0 0 {WHOLE:g} 10" preserveAspectRatio="none" '
        f'aria-hidden="true"><rect data-bar="{level}" x="{begin}" y="1" width="{length}" height="8"/>'
        f'<path data-bar="forecast" d="M0 0V10" transform="translate({at})"/></svg></td>'
        f'<td data-field="interval_{level}">{escape(between(one, level))}</td></tr>'
        for level, (begin, length) in bars(one).items()
    )
    return Table(
        f'<table class="intervals"><caption><span>The forecast (line) with its intervals, {escape(currency)}. '
        f'<span data-field="confidence">{escape(confidence(one))}</span></span></caption><tbody>{rows}</tbody></table>'
    )


def bars(one: pd.Series) -> dict[int, tuple[float, float]]:
    """Where the interval of each level begins and how long it is, of an axis of `WHOLE` that holds them all."""
    low, high = _axis(one)
    scale = WHOLE / (high - low)
    ends = {level: (one[f"lower_{level}"], one[f"upper_{level}"]) for level in sorted(LEVELS)}
    return {level: (round((a - low) * scale, 1), round((b - a) * scale, 1)) for level, (a, b) in ends.items()}


def forecast_at(one: pd.Series) -> float:
    """Where the forecast is on the same axis."""
    low, high = _axis(one)
    return round((one["predicted_clv"] - low) * WHOLE / (high - low), 1)


def _axis(one: pd.Series) -> tuple[float, float]:
    """The ends of the axis, money: 0 is on it."""
    values = [one["predicted_clv"], *(one[f"{end}_{level}"] for end in ("lower", "upper") for level in LEVELS)]
    low, high = min(0.0, *values), max(0.0, *values)
    return low, high if high > low else low + 1


def between(one: pd.Series, level: int) -> str:
    """An interval in words; its lower end is left out where it is 0."""
    lower, upper = (write(one[f"{end}_{level}"], "money") for end in ("lower", "upper"))
    return f"{lower} to {upper}" if one[f"lower_{level}"] > 0 else f"at most {upper}"


def confidence(one: pd.Series) -> str:
    """The class of confidence, with its rule."""
    return (
        f"Confidence is {one['confidence']}: the 90% interval is {CONFIDENCE[one['confidence']]} the forecast, or as "
        "the mean forecast of all customers if that is larger"
    )


def history(one: pd.Series, currency: str) -> Table:
    """The purchases of the customer so far."""
    return _shown(so_far(one, currency))


def so_far(one: pd.Series, currency: str) -> list[Fact]:
    """How often, how long ago and for how much the customer bought."""
    bought = [
        Fact("orders (days with a purchase)", write(one["frequency"] + 1, "count"), "orders"),
        Fact("days since the first", write(one["tenure_days"], "days"), "tenure_days"),
        Fact("days since the last", write(one["recency_days"], "days"), "recency_days"),
        Fact(f"mean spend per order, {currency}", write(one["monetary_value"], "money"), "monetary_value"),
    ]
    if "eco_share" in one.index:
        bought.append(Fact("of it on eco products", write(one["eco_share"], "share"), "eco_share"))
    return bought


def reasons(one: pd.Series, rows: pd.DataFrame) -> Table:
    """The reasons for the forecast, as a list, or why there are none. `rows` are those of data/reasons.parquet."""
    texts = why(rows[rows["customer_id"] == one["customer_id"]])
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    note = f'<p class="no-reasons"{" hidden" if texts else ""}>{NO_REASONS}</p>'
    return Table(f'<ol data-field="reasons">{items}</ol>{note}')


def fell(customer_id: str, fallen: pd.DataFrame, currency: str) -> str:
    """How far the customer fell, and why, for those of `fallen`; otherwise nothing."""
    own = fallen[fallen["customer_id"] == customer_id]
    if own.empty:
        return ""
    row = own.iloc[0]
    then, now = (write(float(row[name]), "money") for name in ("predicted_then", "predicted_now"))
    return (
        f"Fell from {row['from']} to {row['to']}: the forecast went from {then} to {now} {currency}; {row['reason']}."
    )


def why(own: pd.DataFrame) -> list[str]:
    """The reasons of a customer, whose rows are `own`, the starting point first."""
    own = own.sort_values("rank").sort_values("feature", key=lambda name: name != VALUE, kind="stable")
    return [str(text) for text in own["text"]]


def groups(one: pd.Series) -> str:
    """The groups of the customer: tier, segment, cluster."""
    named: list[Any] = [f"tier {one['tier']}", f"segment {one['rfm_segment']}"]
    named.append(f"cluster {one['cluster']}: {one['cluster_name']}")
    if "eco_segment" in one.index:
        named.append(f"eco segment: {one['eco_segment']}")
    return ", ".join(["Elite", *named] if one["elite"] else named)


def _shown(found: list[Fact]) -> Table:
    return facts([(fact.what, fact.value) for fact in found], [fact.field for fact in found])


def _if_known(one: pd.Series, name: str, how: Format) -> str:
    """A value of the customer as text, unless the history of the customers cannot support it."""
    return NOT_KNOWN if name in one["not_known"].split() else write(one[name], how)
