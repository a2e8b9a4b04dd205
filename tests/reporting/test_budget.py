"""The budget page: what it shows in each case, after a round trip through its files."""

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from clv import storage
from clv.marketing.budget.groups import make_groups
from clv.marketing.budget.lifts import fit_lifts
from clv.marketing.tiers import HIGH
from clv.params import Params
from clv.reporting.budget import allocation as show
from clv.reporting.budget import curves, evidence
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.table import Table
from tests.conftest import ROOT
from tests.marketing.budgets import participants, today
from tests.marketing.decisions import ELASTIC, NO_TESTS, acquired, decide, everything


def written(found: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The results as the stage writes them and the notebook reads them."""
    storage.write_json(found["metrics"] | {"window_days": 60}, folder / "budget.json")
    read = {}
    for name, frame in found.items():
        if name != "metrics":
            storage.write_csv(frame, folder / f"{name}.csv")
            read[name] = storage.read_csv(folder / f"{name}.csv", text=["tier", "channel", "bound_by"])
    return read | {"metrics": storage.read_json(folder / "budget.json")}


def pieces(found: dict[str, Any]) -> list[Chart | Table]:
    """The page, piece by piece."""
    metrics, cells, tiers = found["metrics"], found["cells"], found["tiers"]
    return [
        show.headline(metrics, "EUR"),
        evidence.source(metrics),
        show.allocation(cells, "EUR"),
        show.next_money(metrics, "EUR"),
        show.cells_table(cells, "EUR"),
        curves.lifts(metrics, "EUR"),
        curves.response(found["response"], cells, "EUR"),
        curves.return_curve(found["return"], metrics["total"], "EUR"),
        show.regret(found["regret"], "EUR"),
        show.sensitivity(found["sensitivity"], "EUR"),
        show.cac(tiers, "EUR"),
        show.strategy(tiers),
        evidence.assumptions(metrics),
    ]


def html(found: dict[str, Any]) -> str:
    return "".join(piece._repr_html_() for piece in pieces(found))


@pytest.fixture
def case(project_params: Params, tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """The budget `total` of a shop with tests, with elasticities, or with neither."""
    source, total = request.param
    values = today()
    elastic = ELASTIC if source == "elasticities" else {}
    params = replace(project_params.budget, total=total, draws=100, elasticities=elastic, risk_aversion=0.0)
    groups = make_groups(participants(100, 1) if source == "tests" else NO_TESTS, {}, 100, 1)
    lifts = fit_lifts(groups, 1)
    return written(
        everything(decide(params, values, lifts, acquired(values)), values, acquired(values), (groups, lifts)), tmp_path
    )


@pytest.mark.parametrize("case", [("tests", 800.0)], indirect=True)
def test_the_page_says_where_the_next_thousand_goes_and_why(case: dict[str, Any]) -> None:
    first = case["metrics"]["next"]["cells"][0]
    text = show.next_money(case["metrics"], "EUR").html
    assert (
        f"The next 1,000 EUR would be split as follows: {first['amount']:,.0f} to {first['tier']} by {first['channel']}"
        in text
    )
    assert f"{first['marginal_return']:.2f}</td>" in text
    assert "would yield less than it costs" in text
    lift = next(c for c in case["metrics"]["curves"] if c["tier"] == HIGH)
    assert f'<td class="right">{lift["lift"]:.1%}</td>' in curves.lifts(case["metrics"], "EUR").html
    whole = html(case)
    assert "randomised tests" in whole
    assert "nan" not in whole
    assert re.search(r"95% interval of this margin, EUR</dt><dd>[\d.,]+ to [\d.,]+", whole)


@pytest.mark.parametrize("case", [("elasticities", 5000.0)], indirect=True)
def test_assumptions_are_not_sold_as_measurements(case: dict[str, Any]) -> None:
    """No text on a page with elasticities, or in its files, suggests that a test had shown the result."""
    notebook = (ROOT / "notebooks" / "06_budget.ipynb").read_text(encoding="utf-8")
    everything_said = (
        notebook
        + html(case)
        + json.dumps(case["metrics"])
        + "".join(frame.to_csv() for name, frame in case.items() if name != "metrics")
    )
    assert not re.search("incremental|uplift", everything_said, re.IGNORECASE)
    assert "is an assumption of this shop" in everything_said
    assert "95% interval of" not in everything_said
    assert case["cells"]["lower_95"].isna().all()
    assert case["regret"]["cvar"].isna().all()
    assert not re.search("cautious|too unsure|worst draws", html(case))
    assert case["metrics"]["expected_profit"] > 0


@pytest.mark.parametrize("case", [("none", 5000.0)], indirect=True)
def test_a_rule_promises_nothing(case: dict[str, Any]) -> None:
    whole = html(case)
    assert "no return is stated" in whole
    assert "expected margin" not in whole.split("If")[0].split("under other circumstances")[0]
    assert curves.response(case["response"], case["cells"], "EUR") == curves.UNKNOWN
    assert show.regret(case["regret"], "EUR") == curves.UNKNOWN


@pytest.mark.parametrize("case", [("none", 5000.0), ("none", 0.0)], indirect=True)
def test_a_rule_is_not_called_the_best(case: dict[str, Any]) -> None:
    said = html(case) + (ROOT / "notebooks" / "06_budget.ipynb").read_text(encoding="utf-8")
    assert not re.search(r"\boptim(um|al)\b|\bbest\b|cautious", re.sub("<svg.*?</svg>", "", said, flags=re.DOTALL))


@pytest.mark.parametrize("case", [("none", 5000.0)], indirect=True)
def test_several_things_left_out_are_one_list(case: dict[str, Any]) -> None:
    def said(*left_out: str) -> str:
        return evidence.source(case["metrics"] | {"left_out": list(left_out)}).html

    assert "Left out" not in said()
    assert "<p>Left out: the channel a.</p>" in said("the channel a")
    assert "<p>Left out:</p><ul><li>the channel a</li><li>&lt;b&gt;</li></ul>" in said("the channel a", "<b>")


@pytest.mark.parametrize("case", [("tests", 800.0)], indirect=True)
def test_words_of_the_curves_are_explained_where_they_stand(case: dict[str, Any]) -> None:
    for piece in (show.next_money(case["metrics"], "EUR"), show.cells_table(case["cells"], "EUR")):
        assert "of one more EUR there; 'Cautiously' is the same margin with more weight on bad cases" in unescape(
            piece.html
        )
    assert "mean profit of the worst draws, EUR</dt>" in show.headline(case["metrics"], "EUR").html
    assert "Each draw resamples the participants of the tests" in evidence.source(case["metrics"]).html
    assert "planned spending, EUR</dt><dd>800" in show.headline(case["metrics"], "EUR").html


@pytest.mark.parametrize("case", [("tests", 800.0), ("tests", 1e6)], indirect=True)
def test_what_is_not_spent_is_a_row_only_where_there_is_some(case: dict[str, Any]) -> None:
    assert (">not spent</td>" in show.cells_table(case["cells"], "EUR").html) == (case["metrics"]["not_spent"] > 0)


@pytest.mark.parametrize("case", [("tests", 1e6)], indirect=True)
def test_money_that_stays_is_shown(case: dict[str, Any]) -> None:
    left = case["metrics"]["not_spent"]
    assert left > 0
    chart = show.allocation(case["cells"], "EUR")
    assert f"not spent {left:,.0f}" in chart.alt
    assert "would stay unspent" in show.next_money(case["metrics"], "EUR").html


@pytest.mark.parametrize("case", [("tests", 800.0)], indirect=True)
def test_the_page_is_the_same_each_time(case: dict[str, Any]) -> None:
    assert html(case) == html(case)


@pytest.mark.parametrize("case", [("tests", 0.0), ("none", 0.0)], indirect=True)
def test_no_money_has_a_page(case: dict[str, Any]) -> None:
    assert "There is no money" in html(case)


def test_channels_keep_their_names(project_params: Params, tmp_path: Path) -> None:
    names = {"email": "None", "search": "10", "social": "NA"}
    values, params = today(), replace(project_params.budget, total=800.0, draws=100)
    outcomes = participants(100, 1)
    groups = make_groups(outcomes.assign(channel=outcomes["channel"].replace(names)), {}, 100, 1)
    lifts = fit_lifts(groups, 1)
    found = everything(decide(params, values, lifts), values, acquired(values), (groups, lifts))
    page = written(found, tmp_path)
    for piece in (show.cells_table(page["cells"], "EUR").html, curves.lifts(page["metrics"], "EUR").html):
        assert all(f">{name}</td>" in piece for name in names.values())
    chart = curves.response(page["response"], page["cells"], "EUR")
    assert isinstance(chart, Chart)
    assert "9 rising curves" in chart.alt


def test_a_cell_that_was_not_tested_has_no_panel(project_params: Params, tmp_path: Path) -> None:
    """Here two tiers did not take part in the test of a channel."""
    values, params = today(), replace(project_params.budget, total=800.0, draws=100)
    outcomes = participants(100, 1)
    groups = make_groups(outcomes[(outcomes["tier"] == HIGH) | (outcomes["channel"] != "social")], {}, 100, 1)
    lifts = fit_lifts(groups, 1)
    page = written(everything(decide(params, values, lifts), values, acquired(values), (groups, lifts)), tmp_path)
    assert len(page["response"][["tier", "channel"]].drop_duplicates()) == 7
    chart = curves.response(page["response"], page["cells"], "EUR")
    assert isinstance(chart, Chart)
    assert "7 rising curves" in chart.alt
    assert "High-CLV, social" in chart.svg
    assert "Low-CLV, social" not in chart.svg
    assert len(html(page)) > 1000
