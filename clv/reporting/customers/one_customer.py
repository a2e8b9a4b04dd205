"""The card of one customer: the forecast, how sure it is, what it rests on, and what they did so far."""

from html import escape
from typing import Any

import pandas as pd

from clv.models.calibration.intervals import LEVELS
from clv.models.value_over_time import VALUE_DAYS, VALUES
from clv.reporting.kit.chart import BLUE, Chart, figure, render
from clv.reporting.kit.not_known import NO_RETURNS, NOT_KNOWN
from clv.reporting.kit.table import Format, Table, facts, note, nothing, write
from clv.reporting.models.what_drives import VALUE

CONFIDENCE = {  # as clv/models/forecaster.py sets it
    "high": "no wider than",
    "medium": "up to 2.5 times as wide as",
    "low": "more than 2.5 times as wide as",
}


def forecast(one: pd.Series, horizon_days: int, currency: str) -> Table:
    """Who the customer is, and what is expected of them. `one` is a row of data/customer_values."""
    named = f'<p class="who"><strong>{escape(one["customer_id"])}</strong> {escape(", ".join(_groups(one)))}</p>'
    expected = facts(
        [
            (f"forecast of {horizon_days} days, {currency}", _unless_guessed(one, "predicted_clv", "money")),
            ("still an active customer", _unless_guessed(one, "p_alive", "share")),
            ("risk of not buying", _unless_guessed(one, "churn_risk", "share")),
            ("orders expected", _unless_guessed(one, "expected_orders", "mean")),
            ("days to the next order, if active", _unless_guessed(one, "days_to_next_order", "days")),
            (f"all time to come, discounted, {currency}", _unless_guessed(one, "residual_value", "money")),
            *(_within(one, name, days, currency) for name, days in zip(VALUES, VALUE_DAYS, strict=True)),
        ]
    )
    return Table(named + expected.html)


def _within(one: pd.Series, name: str, days: int, currency: str) -> tuple[str, str]:
    """What comes within so many days, and that it is extrapolated where no label judges it."""
    guessed = one["not_known"].split()
    known = NOT_KNOWN if "predicted_clv" in guessed else write(one[name], "money")
    return f"within {days} days{', extrapolated' if name in guessed else ''}, {currency}", known


def interval(one: pd.Series, currency: str) -> Chart | Table:
    """How sure the forecast is: a bar per level, the forecast as a dot."""
    if pd.isna(one["upper_90"]):
        return nothing(f"The forecast of one customer has no interval, because {NO_RETURNS}.")
    fig, ax = figure(height=1.25)
    said = []
    for level, height in zip(sorted(LEVELS), (0.5, 0.3, 0.14), strict=True):
        lower, upper = one[f"lower_{level}"], one[f"upper_{level}"]
        ax.barh(0, upper - lower, left=lower, height=height, color=BLUE, alpha=0.35, linewidth=0)
        ax.annotate(f"{level}%", (upper, 0.28), ha="right", fontsize=9)
        said.append(f"{level}%: {_between(lower, upper)}")
    ax.plot([one["predicted_clv"]], [0], "o", color=BLUE, markersize=9)
    ax.set_ylim(-0.3, 0.5)
    ax.yaxis.set_visible(False)
    ax.spines["left"].set_visible(False)
    ax.grid(visible=True, axis="x")
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
    ax.set_xlabel(f"net revenue in the horizon, {currency}")
    return render(
        fig,
        "customer-interval",
        f"The forecast (dot) and its intervals, {currency}: {'; '.join(said)}. Confidence is {one['confidence']}: the "
        f"90% interval is {CONFIDENCE[one['confidence']]} the forecast, or the mean forecast where that is larger",
        f"Bar of the intervals of one forecast of {write(one['predicted_clv'], 'money')}: {', '.join(said)} {currency}",
    )


def history(one: pd.Series, currency: str) -> Table:
    """What the customer did so far."""
    return facts(
        [
            ("orders (days with a purchase)", write(one["frequency"] + 1, "count")),
            ("days since the first", write(one["tenure_days"], "days")),
            ("days since the last", write(one["recency_days"], "days")),
            (f"mean spend per order, {currency}", write(one["monetary_value"], "money")),
            *([("of it on eco products", write(one["eco_share"], "share"))] if "eco_share" in one.index else []),
        ]
    )


def reasons(one: pd.Series, rows: pd.DataFrame) -> Table:
    """What the forecast rests on, in sentences, the starting point first. `rows` are those of data/reasons.parquet."""
    own = rows[rows["customer_id"] == one["customer_id"]].sort_values("rank")
    own = own.sort_values("feature", key=lambda name: name != VALUE, kind="stable")
    if own.empty:
        return note(
            f"There are no reasons for {one['customer_id']}: the stage explain gives them for the customers with the "
            "highest forecasts (evaluate.explained_customers) where XGBoost or LightGBM take part in the forecast."
        )
    items = "".join(f"<li>{escape(text)}</li>" for text in own["text"])
    return Table(f"<ol>{items}</ol>")


def _unless_guessed(one: pd.Series, name: str, how: Format) -> str:
    """A value of the customer as text, unless what is seen of the customers does not tell it."""
    return NOT_KNOWN if name in one["not_known"].split() else write(one[name], how)


def _between(lower: float, upper: float) -> str:
    """An interval in words; its lower end is no news where that is 0."""
    most = write(upper, "money")
    return f"{write(lower, 'money')} to {most}" if lower > 0 else f"at most {most}"


def _groups(one: pd.Series) -> list[Any]:
    named = [f"tier {one['tier']}", f"segment {one['rfm_segment']}", f"cluster {one['cluster']}: {one['cluster_name']}"]
    if "eco_segment" in one.index:
        named.append(f"eco segment: {one['eco_segment']}")
    return ["Elite", *named] if one["elite"] else named
