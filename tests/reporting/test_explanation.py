"""The explanation report: what it shows of contributions, permutations and reasons, and where there are none."""

import pandas as pd
import pytest

from clv.reporting.kit.chart import Chart
from clv.reporting.kit.table import Table
from clv.reporting.models import what_drives

DESCRIBED = pd.DataFrame({"feature": ["btyd_value", "recency_days", "channel"], "unit": ["money", "days", "text"]})
CONTRIBUTIONS = pd.DataFrame(
    {
        "feature": ["btyd_value", "recency_days", "channel"],
        "group": ["btyd", "rfm", "acquisition"],
        "mean_contribution": [1.5, 0.2, 0.1],
    }
)
GROUPS = CONTRIBUTIONS[["group", "mean_contribution"]]
PERMUTED = pd.DataFrame(
    {
        "name": ["recency_days", "channel", "rfm"],
        "kind": ["feature", "feature", "group"],
        "mae_rise": [1.0, 2.0, 3.0],
        "gini_fall": [0.02, -0.001, 0.5],
    }
)
DEPENDENCE = pd.DataFrame(
    {
        "feature": ["recency_days", "recency_days", "channel", "channel"],
        "value": ["1", "20", "search", "mail & more"],
        "mean_forecast": [30.0, 10.0, 20.0, 25.0],
    }
)
REASONS = pd.DataFrame(
    {
        "customer_id": ["<b>", "<b>", "c2"],
        "rank": [1, 2, 1],
        "feature": ["channel", "recency_days", "channel"],
        "value": ["a", "b", "c"],
        "factor": [2.0, 0.5, 1.1],
        "text": ["first", "second", "third"],
    }
)


def test_the_value_is_said_and_the_others_are_drawn() -> None:
    chart = what_drives.features(CONTRIBUTIONS)
    assert isinstance(chart, Chart)
    assert "recency_days" in chart.svg
    assert "btyd_value" not in chart.svg
    assert "1.50" in chart.caption
    groups = what_drives.groups(GROUPS)
    assert isinstance(groups, Chart)
    assert all(group in groups.svg for group in GROUPS["group"])


def test_permutations_are_told_apart_by_kind_and_ranked_by_what_ranking_misses() -> None:
    features = what_drives.permutation(PERMUTED, "feature", "EUR").html
    assert features.index("recency_days") < features.index("channel")
    assert "rfm" not in features
    assert "-0.0010" in features
    groups = what_drives.permutation(PERMUTED, "group", "EUR").html
    assert "rfm" in groups
    assert "0.5000" in groups


def test_dependence_has_a_small_chart_per_feature() -> None:
    chart = what_drives.dependence(DEPENDENCE, DESCRIBED, "EUR")
    assert isinstance(chart, Chart)
    assert "recency_days 10 to 30, channel 20 to 25 EUR" in chart.alt
    assert "mail &amp; more" in chart.svg
    assert what_drives.dependence(DEPENDENCE, DESCRIBED, "EUR") == chart


def test_reasons_are_of_the_first_customers() -> None:
    html = what_drives.reasons(REASONS, 1).html
    assert "&lt;b&gt;" in html
    assert "second" in html
    assert "third" not in html


@pytest.mark.parametrize("rows", [CONTRIBUTIONS, GROUPS, PERMUTED, DEPENDENCE, REASONS], ids=lambda r: "-".join(r))
def test_what_is_not_there_is_said(rows: pd.DataFrame) -> None:
    nothing = rows.head(0)
    shown: list[Chart | Table] = []
    if "mean_contribution" in rows:
        shown = [what_drives.features(nothing), what_drives.groups(nothing)]
    elif "kind" in rows:
        shown = [what_drives.permutation(nothing, kind, "EUR") for kind in ("feature", "group")]
    elif "mean_forecast" in rows:
        shown = [what_drives.dependence(nothing, DESCRIBED, "EUR")]
    else:
        shown = [what_drives.reasons(nothing, 5)]
    assert all(isinstance(one, Table) and "There" in one.html for one in shown)
