"""What the experiments report shows, after a round trip through CSV and JSON, and where there is nothing to show."""

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv import storage
from clv.marketing.experiments.analysis import COLUMNS, analyse
from clv.marketing.experiments.figures import summarise
from clv.marketing.experiments.planning import plan_next
from clv.marketing.experiments.sequential import COLUMNS as DAYS
from clv.marketing.experiments.sequential import over_days
from clv.params import Params
from clv.reporting.budget import finished_tests, next_test
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.table import ELSEWHERE, Table

BY_TESTS = {"mode": "optimal", "source": "tests"}
Shown = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[str, Any]]


def read_back(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as the stage writes it and a notebook reads it."""
    with TemporaryDirectory() as folder:
        storage.write_csv(frame, Path(folder) / "t.csv")
        return storage.read_csv(Path(folder) / "t.csv", text=["experiment", "arm"])


def shown_of(
    names: list[str], params: Params, control: bool = True, buying: float = 0.4, arms: tuple[str, str] = ("<b>", "c")
) -> Shown:
    """Tests with these names, each with a control and two arms, of which the first has an effect."""
    rng = np.random.default_rng(1)
    n = 300
    seen, lines = [], []
    for name in names:
        arm = np.arange(n) % 3
        ids = [f"{name}{i}" for i in range(n)]
        spent = np.where(rng.random(n) < buying, rng.gamma(2, 1000, n).astype("int64") + 4000 * (arm == 1), 0)
        lines.append(pd.DataFrame({"customer_id": ids, "order_ts": pd.Timestamp("2024-01-03"), "amount_minor": spent}))
        test = pd.DataFrame({"customer_id": ids, "arm": np.array(["control", *arms])[arm], "revenue": spent / 100})
        seen.append(
            test.assign(
                experiment=name,
                is_control=(arm == 0) & control,
                cost=np.where(arm == 0, 0.0, 2.0),
                assigned=pd.Timestamp("2024-01-01"),
                purchased=spent > 0,
                expected=rng.gamma(2, 10, n),
            )
        )
    participants = pd.concat(seen)
    table = analyse(participants, 0.95, 0.4, 20)
    days = over_days(participants, pd.concat(lines), 10, 0.95, 20)
    tests = summarise(participants, table, days, params.experiment, 0.4, 20)
    metrics = {
        "confidence": 0.95,
        "window_days": 10,
        "margin_rate": 0.4,
        "participants": len(participants),
        "still_open": 3,
        "tests": tests,
        "next": {"customers": 900, "customers_per_day": 200.0, "power": 0.8, "treated_share": 0.5},
    }
    following = plan_next(participants[["purchased", "revenue"]], {"revenue": 0.3}, params.experiment, 60)
    return read_back(table), read_back(days), read_back(following), json.loads(json.dumps(metrics))


def everything(shown: Shown) -> dict[str, Chart | Table]:
    rows, days, following, metrics = shown
    return {
        "headline": finished_tests.headline(metrics),
        "conclusions": finished_tests.conclusions(metrics),
        "differences": finished_tests.differences(rows, metrics, "EUR"),
        "decisions": finished_tests.decisions(rows, metrics, "EUR"),
        "returns": finished_tests.returns(rows, metrics, BY_TESTS, "EUR"),
        "purchases": finished_tests.purchases(rows, metrics),
        "watched": finished_tests.watched(days, metrics, "EUR"),
        "checks": finished_tests.checks(metrics),
        "sizes": next_test.sizes(following, metrics, "EUR"),
        "advice": next_test.advice(following, metrics),
    }


@pytest.mark.parametrize("names", [["winter"], ["winter", "spring"]])
def test_every_part_shows_the_tests(project_params: Params, names: list[str]) -> None:
    parts = everything(shown_of(names, project_params))
    for name in ("differences", "watched"):
        chart = parts[name]
        assert isinstance(chart, Chart)
        assert len(chart.alt) > 20
        assert all((f"{test}: c" in chart.svg) == (len(names) > 1) for test in names)
    html = {name: part._repr_html_() for name, part in parts.items()}
    for test in names:
        assert f"{test} (assigned on 2024-01-01): the winner is &lt;b&gt;" in html["conclusions"]
        assert html["decisions"].count(f"{test}: revenue per participant in 10 days less that of control") == 1
    assert html["decisions"].count("&lt;b&gt;") == len(names)
    assert "works" in html["decisions"]
    assert "not yet" in html["decisions"]
    assert html["checks"].count("equal, assumed") == len(names)
    assert "from day 2 (dashed)" in html["watched"]
    assert "more than the 900 customers who were known before the last 10 days. Look for" in html["advice"]


def test_the_returns_are_summed_over_the_arms(project_params: Params) -> None:
    rows, _, _, metrics = shown_of(["winter"], project_params)
    html = finished_tests.returns(rows, metrics, BY_TESTS, "EUR").html
    deciding = rows[(rows["outcome"] == "revenue") & rows["with_forecast"].astype("bool")]
    assert len(deciding) == 2
    margin = 0.4 * float((deciding["difference"] * deciding["participants"]).sum())
    assert "All arms together cost 400 EUR and yielded" in html
    assert f"an additional margin of {margin:,.0f}, a return of {margin / 400 - 1:+.1%}" in html
    assert "the budget goes to those who spend most" in html


@pytest.mark.parametrize("budget", [{"mode": "rule", "source": "tests"}, {"mode": "optimal", "source": "elasticities"}])
def test_only_a_budget_by_tests_is_reconciled_with_them(project_params: Params, budget: dict[str, str]) -> None:
    rows, _, _, metrics = shown_of(["winter"], project_params)
    assert "the budget goes to" not in finished_tests.returns(rows, metrics, budget, "EUR").html


def test_arms_come_in_natural_order(project_params: Params) -> None:
    shown = shown_of(["winter"], project_params, arms=("email-10", "email-5"))
    for name, part in everything(shown).items():
        html = part._repr_html_()
        if isinstance(part, Chart):
            html = part.alt if name == "differences" else part.svg[part.svg.index(">") :]
        if name in ("differences", "decisions", "returns", "purchases", "watched", "checks"):
            assert 0 < html.index("email-5") < html.index("email-10"), name


def test_one_rise_is_in_the_caption_and_several_are_a_column(project_params: Params) -> None:
    _, _, following, metrics = shown_of(["winter"], project_params)
    one = next_test.sizes(following, metrics, "EUR").html
    assert "detects a rise of 5% with a chance of 80%" in one
    assert ">rise</th>" not in one
    assert re.search(r">[\d.,]+ EUR</td>", one), "revenue without treatment has its unit"
    several = following.assign(rise=[0.05, 0.05, 0.1, 0.1][: len(following)])
    assert ">rise</th>" in next_test.sizes(several, metrics, "EUR").html
    assert all(re.findall(r"<th[^>]*>(.*?)</th>", one)), "every column has a heading"


@pytest.mark.parametrize("arms", [("None", "10"), ("", "nan")])
def test_arms_keep_their_names(project_params: Params, arms: tuple[str, str]) -> None:
    """A text file does not distinguish a number from a name like "10", or a missing value from an empty name."""
    parts = {name: part._repr_html_() for name, part in everything(shown_of(["7"], project_params, arms=arms)).items()}
    assert parts["decisions"].count(">works<") == 1
    assert all(f">{arm}</td>" in parts[name] for arm in arms for name in ("decisions", "returns", "purchases"))
    assert all((arm or "no name") in parts[name] for arm in arms for name in ("differences", "watched"))


def test_one_test_without_a_control_says_so(project_params: Params) -> None:
    shown = shown_of(["winter"], project_params, control=False)
    html = {name: part._repr_html_() for name, part in everything(shown).items()}
    assert "no control arm" in html["conclusions"]
    assert "cannot say" in html["decisions"]
    for name in ("differences", "returns", "purchases", "watched"):
        assert html[name] == finished_tests.NOT_COMPARED.html, name


def test_without_tests_that_is_said_once_and_the_plan_stands(project_params: Params) -> None:
    _, _, following, metrics = shown_of(["winter"], project_params)
    nothing = read_back(pd.DataFrame(columns=list(COLUMNS))), read_back(pd.DataFrame(columns=list(DAYS)))
    parts = everything((*nothing, following, {**metrics, "tests": {}}))
    assert parts["conclusions"] == finished_tests.NO_TESTS
    for name in ("differences", "decisions", "returns", "purchases", "watched", "checks"):
        assert parts[name] == ELSEWHERE, name
    assert "revenue per participant" in parts["sizes"]._repr_html_()


def test_nobody_who_buys_leaves_nothing_to_plan(project_params: Params) -> None:
    parts = everything(shown_of(["winter"], project_params, buying=0.0))
    assert "cannot be planned" in parts["advice"]._repr_html_()
    assert "all participants spent the same" in parts["decisions"]._repr_html_()


def test_sizes_that_are_not_said_have_a_page(project_params: Params) -> None:
    rows, days, following, metrics = shown_of(["winter"], project_params)
    test = metrics["tests"]["winter"]
    test |= {"sizes": dict.fromkeys(test["sizes"]), "p_sizes": None, "participants": None}
    unsaid = {**metrics, "participants": None, "still_open": None}
    few = rows.assign(participants=np.nan, control_participants=np.nan)
    html = {name: part._repr_html_() for name, part in everything((few, days, following, unsaid)).items()}
    assert "control not shown" in html["checks"]
    assert "are not shown" in html["checks"]
    assert "<dt>participants</dt><dd>–" in html["headline"]
    assert ">works<" in html["decisions"]
