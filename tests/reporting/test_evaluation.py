"""What the model report and the model card show of an evaluation, after a round trip through CSV."""

import io
from dataclasses import asdict, replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from clv.evaluation.judgement import HEADLINE, Judgement, judge
from clv.evaluation.metrics import BY_NAME
from clv.evaluation.params import CheckName
from clv.evaluation.verdict import Check
from clv.features.timeline import Plan, Recipe, Rows
from clv.models.calibration.intervals import LEVELS
from clv.params import Params
from clv.reporting.customers.gain_reader import gain_reader
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.names import TITLES
from clv.reporting.kit.table import NOT_JUDGED, Table
from clv.reporting.model_card.card import Card, Findings
from clv.reporting.models import accuracy
from tests.evaluation.holdouts import holdout

N = 1200
NOTHING = pd.DataFrame(columns=["customers"])
CHECKS: dict[CheckName, Check] = {
    "leak": Check(None, 1.03, "not judged", "no truth"),
    "bias": Check(0.2, 0.05, "fail", "off | by +20%"),
}


@pytest.fixture(scope="module")
def judgement(project_params: Params) -> Judgement:
    """A small evaluation with a baseline and a ceiling, in which `<b>` is a channel."""
    rng = np.random.default_rng(0)
    mean = rng.lognormal(3, 1, N)
    y = np.where(rng.random(N) < 0.4, mean / 0.4 * rng.gamma(2, 0.5, N), 0.0)
    ends = {f"lower_{level}": mean * 0 for level in LEVELS} | {f"upper_{level}": mean * 6 for level in LEVELS}
    chances = {"p_purchase": 0.4, "p_alive": 0.5, "expected_orders": 0.6}
    predictions = pd.DataFrame({"predicted_clv": mean, **chances, "residual_value": mean, **ends})
    groups = {"channel": np.where(np.arange(N) % 3, "<b>", "a|b")}
    params = replace(project_params.evaluate, resamples=100)
    names = ("btyd", "btyd_no_season", "same_as_last_period", "average_so_far")
    others = {name: mean * rng.lognormal(0, 1, N) for name in names}
    case = holdout(y, predictions, np.outer([0.0, 0.0, 3.0], mean), {**others, "bayes": mean}, groups)
    return judge(case, list(others), ["bayes"], params, 1, 1, 1)


def read_back(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as evaluate writes it and a notebook reads it."""
    return pd.read_csv(io.StringIO(frame.round(6).to_csv(index=False)))


def test_every_table_and_picture_is_made(judgement: Judgement) -> None:
    metrics = read_back(judgement.metrics)
    tables = {
        "comparison": accuracy.comparison(metrics, "EUR"),
        "ensemble": accuracy.ensemble(metrics, "EUR", 0.95),
        "wins": accuracy.wins(read_back(judgement.wins), "EUR"),
        "ceiling": accuracy.ceiling(read_back(judgement.ceiling)),
        "verdict": accuracy.verdict([{"name": name} | asdict(check) for name, check in CHECKS.items()]),
    }
    assert all(table.html.count("<tr") > 2 for table in tables.values())
    assert TITLES["ensemble"] in tables["comparison"].html
    assert all(metric.title in tables["ensemble"].html for metric in BY_NAME.values())
    assert "off | by +20%" in tables["verdict"].html
    charts = [
        accuracy.gain(read_back(judgement.gain)),
        accuracy.deciles(read_back(judgement.deciles), "EUR"),
        accuracy.residuals(read_back(judgement.residuals), "EUR"),
        accuracy.coverage(read_back(judgement.coverage)),
        accuracy.pit(read_back(judgement.pit)),
    ]
    assert all(isinstance(chart, Chart) and len(chart.alt) > 20 for chart in charts)


def test_without_a_backtest_each_says_so() -> None:
    shown = [
        gain_reader(NOTHING),
        accuracy.comparison(NOTHING, "EUR"),
        accuracy.ensemble(NOTHING, "EUR", 0.95),
        accuracy.wins(NOTHING, "EUR"),
        accuracy.verdict([]),
        accuracy.pit(NOTHING),
    ]
    assert shown == [NOT_JUDGED] * len(shown)
    tenths = [accuracy.deciles(NOTHING, "EUR"), accuracy.residuals(NOTHING, "EUR"), accuracy.coverage(NOTHING)]
    assert tenths == [accuracy.NO_TENTHS] * len(tenths)
    assert "no backtest" in accuracy.gain(NOTHING).svg
    unknown = accuracy.ceiling(NOTHING)
    assert isinstance(unknown, Table)
    assert "synthetic shops only" in unknown.html


def test_the_card_says_what_was_measured(judgement: Judgement, project_params: Params) -> None:
    recipe = Recipe(date(2024, 6, 1), (), None, Rows(date(2024, 6, 1)))
    card = Card(
        plan=Plan("temporal", "it fits", 90, date(2023, 1, 1), date(2024, 8, 30), recipe, recipe),
        source="the synthetic shop default",
        currency="EUR",
        data={
            "customers": 5000,
            "purchase_days": 20000,
            "first_day": "2023-01-01",
            "last_day": "2024-08-30",
            "net_revenue": 123456.0,
            "rejected_bad_share": 0.001,
        },
        weights={"btyd": 0.25, "xgboost": 0.75, "ridge": 0.0},
        versions={"numpy": "2.0", "lightgbm": "4.0"},
        params=project_params.evaluate,
        findings=Findings(N, judgement, CHECKS, "Nothing to do."),
    )
    text = card.to_markdown()
    assert "90 days after 2024-06-01" in text
    assert "XGBoost 75%, Buy till you die 25%" in text
    assert "5,000 customers with 20,000 purchase days" in text
    assert all(f"| {BY_NAME[name].title} |" in text for name in HEADLINE)
    assert f"| {judgement.of_ensemble()['gini']:.3f} |" in text
    assert "| bias | fail | off \\| by +20% |" in text
    assert "| channel: a\\|b |" in text
    assert "lightgbm 4.0, numpy 2.0" in text
    assert text.index("## Data") < text.index("## Checks") < text.index("## Limits")
    assert "by resampling customers" in text
    few = replace(card, params=replace(card.params, drawn_customers=1000)).to_markdown()
    assert "by resampling 1,000 drawn customers" in few
    bare = replace(card, plan=replace(card.plan, backtest=None), findings=None).to_markdown()
    assert "nothing has yet shown how good" in bare
    assert "## Checks" not in bare
    assert "lightgbm 4.0, numpy 2.0" in bare
