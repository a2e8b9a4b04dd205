"""The page on revenue: what it shows, and what it leaves out with a reason."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv.evaluation import spans_judged
from clv.evaluation.months_interval import Uncertainty
from clv.evaluation.months_judged import COLUMNS, KINDS, KNOWN, NEW, judged
from clv.evaluation.rolling import together
from clv.marketing.revenue.figures import revenue_figures
from clv.marketing.revenue.groups_by_month import groups_by_month
from clv.marketing.tiers import TIERS
from clv.models.btyd.basis import Gap
from clv.reporting.front import pictures
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.table import NOTHING, Table
from clv.reporting.revenue import group_months, months_ahead, past_months
from tests.marketing.customers import customers
from tests.marketing.test_revenue import DOUBT, PLAN, SPANS, months_of, of_customers
from tests.models.test_value_over_time import HORIZON

VALUES = customers(300).assign(tenure_days=400)
NOBODY_KNOWN = ["forecast", "lower_95", "upper_95", "cumulative", "cumulative_lower_95", "cumulative_upper_95"]


def past() -> pd.DataFrame:
    rows = [
        ("2023-08-14", kind, month, "2023-08-15", "2023-09-13", month > 6, 100.0 + month, 90.0, 80.0, np.nan)
        for kind in KINDS
        for month in range(1, 13)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def figures(months: pd.DataFrame, months_past: pd.DataFrame, gaps: Sequence[Gap] = ()) -> dict[str, Any]:
    return revenue_figures(months, judged(months_past), {KNOWN: DOUBT, NEW: Uncertainty(None, 0.0)}, PLAN, gaps)


def unknown(months: pd.DataFrame) -> pd.DataFrame:
    """The months of known customers are missing where it is unknown which customers come back."""
    return months.assign(**{name: months[name].where(months["kind"] == NEW) for name in NOBODY_KNOWN})


def said(shown: Chart | Table) -> str:
    return shown.caption if isinstance(shown, Chart) else shown.html


def test_the_months_are_drawn_and_listed() -> None:
    months = months_of(VALUES)
    numbers = figures(months, past())
    total = f"{months[months['kind'] == KNOWN]['cumulative'].iloc[-1]:,.0f}"
    assert total in months_ahead.headline(numbers, "EUR").html
    for shown in (months_ahead.by_month, months_ahead.cumulative):
        chart = shown(months, HORIZON, "EUR")
        assert isinstance(chart, Chart)
        assert "From 2025-02 on (grey), the forecast is extrapolated" in chart.caption
        assert shown(months, HORIZON, "EUR") == chart
    html = months_ahead.month_table(months, "EUR").html
    assert html.count("<tr") == 1 + len(SPANS)
    assert html.count('<td class="left">extrapolated</td>') == 7


def test_where_nobody_is_known_to_return_sections_say_why() -> None:
    months = unknown(months_of(VALUES))
    assert "not known" in months_ahead.headline(figures(months, past()), "EUR").html
    for shown in (months_ahead.by_month(months, HORIZON, "EUR"), months_ahead.cumulative(months, HORIZON, "EUR")):
        assert said(shown).startswith(NOTHING)
        assert "it is not known who comes back" in said(shown)
    groups = groups_by_month(VALUES, of_customers(VALUES), VALUES["tier"], (), DOUBT, PLAN, SPANS, 20)
    for shown in (group_months.group_lines(groups, "tier", "EUR"), group_months.group_sums(groups, "tier", "EUR")):
        assert said(shown).startswith(NOTHING)
    picture = pictures.revenue(pd.DataFrame({"known": [np.nan], "new": [1.0]}), "EUR")
    assert "not known who comes back" in picture.alt


def test_where_no_month_was_judged_the_section_says_why() -> None:
    none = together([], COLUMNS)
    numbers = figures(months_of(VALUES), none)
    for shown in (
        past_months.errors(numbers),
        past_months.then_and_realised(none, "EUR"),
        past_months.by_date(judged(none)),
        past_months.by_span(together([], spans_judged.COLUMNS), "EUR"),
    ):
        assert said(shown).startswith(NOTHING)


def test_past_months_are_shown_beside_simpler_forecasts() -> None:
    html = past_months.errors(figures(months_of(VALUES), past())).html
    assert html.count("<tr") == 1 + 6
    assert "customers known then" in html
    chart = past_months.then_and_realised(past(), "EUR")
    assert isinstance(chart, Chart)
    assert "1,080 were forecast and 1,278 were realised" in chart.caption
    assert past_months.by_date(judged(past())).html.count("<tr") == 1 + 2


def test_longer_spans_are_marked_beyond_the_horizon() -> None:
    rows = [("2023-08-14", days, days > 180, 900, 10.0, 11.0, -0.1, 0.7, 0.5, 1.0, 0.1) for days in (90, 180, 360)]
    html = past_months.by_span(pd.DataFrame(rows, columns=list(spans_judged.COLUMNS)), "EUR").html
    assert html.count("within the horizon") == 2
    assert html.count("beyond it") == 1


def test_small_groups_are_not_drawn() -> None:
    groups = groups_by_month(VALUES, of_customers(VALUES), VALUES["tier"], TIERS, DOUBT, PLAN, SPANS, 1000)
    assert groups["suppressed"].all()
    assert said(group_months.group_lines(groups, "tier", "EUR")).startswith(NOTHING)
    shown = group_months.group_sums(groups, "tier", "EUR").html
    assert not any(f"{n:,}" in shown for n in VALUES["tier"].value_counts())


@pytest.mark.parametrize("new", [True, False])
def test_customers_to_come_are_said_to_be_an_extrapolation(new: bool) -> None:
    months = months_of(VALUES)
    if not new:
        months.loc[months["kind"] == NEW, "forecast"] = np.nan
    assert months_ahead.to_come(months).html.startswith(NOTHING) is not new
    assert not new or "extrapolation" in months_ahead.to_come(months).html


def test_the_picture_holds_both() -> None:
    picture = pictures.revenue(pd.DataFrame({"known": [10.0, 5.0], "new": [1.0, 2.0]}), "EUR")
    assert "15 from customers known today, 3 from customers still to come" in picture.alt
    assert picture.shapes.count("<rect") == 4
