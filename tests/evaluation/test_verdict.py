"""Each check on tables made to pass and to fail it."""

from typing import get_args

import numpy as np
import pandas as pd
import pytest

from clv.errors import InputError
from clv.evaluation.judgement import Judgement
from clv.evaluation.params import CheckName, VerdictLimits
from clv.evaluation.recalibration import Factor
from clv.evaluation.verdict import Check, stop_on, verdict, without_backtest
from clv.models.btyd.basis import Basis

NOBODY_RETURNS = Basis(customers=900, repeat_buyers=0, history_days=640, residual_within=0.0).gaps(90)
LIMITS = VerdictLimits(share_of_ceiling=1.03, bias=0.05, coverage=0.02, group_coverage=0.05, rolling_gini=0.05)
METRICS = {"bias": -0.01, "coverage_90": 0.91, "coverage_95": 0.94, "coverage_99": 0.99}
WINS = pd.DataFrame(
    {
        "metric": ["gini", "mae", "rmse", "spearman"],
        "shown": ["better", "nothing", "nothing", "worse"],
        "difference": [0.01, 0.0, 0.0, -0.1],
    }
)
CEILING = pd.DataFrame(
    {
        "ceiling": ["latent_truth", "bayes", "bayes"],
        "metric": ["gini", "gini", "r2"],
        "share": [0.9, 1.01, 1.05],
        "lower": [1.5, 1.0, 1.02],
    }
)
SLICES = pd.DataFrame(
    {"by": "channel", "group": ["a", "b", "c"], "customers": [100, 5000, 20], "coverage_95": [0.89, 0.93, np.nan]}
)
ROLLING = pd.DataFrame({"forecast": ["ensemble", "btyd"] * 3, "gini": [0.78, 0.1, 0.80, 0.5, 0.79, 0.9]})
DRIFT = pd.DataFrame(
    {"column": ["forecast", "target", "a"], "status": ["watch", "stable", "drifted"], "psi_equal_tenure": 0.1}
)
FORECASTS = pd.DataFrame(
    {
        "p_purchase": [0.2, 0.5],
        "p_alive": [0.2, 0.9],
        "expected_orders": [0.2, 1.5],
        "predicted_clv": [0.0, 40.0],
        "residual_value": [0.0, 90.0],
    }
)
TABLES = {
    "forecasts": FORECASTS,
    "wins": WINS,
    "ceiling": CEILING,
    "slices": SLICES,
    "rolling": ROLLING,
    "drift": DRIFT,
}
NOTHING = pd.DataFrame()
LEVEL = Factor(1.01, 0.98, 1.04)


def judged(
    metrics: dict[str, float] = METRICS, factor: Factor = LEVEL, **tables: pd.DataFrame
) -> dict[CheckName, Check]:
    """The checks by name, where `tables` replace the tables above."""
    given = {**TABLES, **tables}
    values = pd.DataFrame({"forecast": "ensemble", "metric": list(metrics), "value": list(metrics.values())})
    unread = dict.fromkeys(("fairness", "columns", "gain", "deciles", "residuals", "coverage", "pit"), NOTHING)
    judgement = Judgement(
        metrics=values, wins=given["wins"], ceiling=given["ceiling"], slices=given["slices"], **unread
    )
    return verdict(judgement, given["forecasts"], given["rolling"], given["drift"], factor, LIMITS)


def test_each_check_has_its_name() -> None:
    assert [*judged(), *without_backtest(NOBODY_RETURNS)] == list(get_args(CheckName))


def test_without_a_backtest_it_fails_only_where_it_is_not_known_who_comes_back() -> None:
    assert without_backtest(Basis(900, 300, 640, 0.2).gaps(90)) == {}
    checks = without_backtest(NOBODY_RETURNS)
    assert checks["evidence"].status == "fail"
    with pytest.raises(InputError, match="evidence: it is not known who comes back: of 900 customers nobody"):
        stop_on(checks, ["evidence"])
    stop_on(checks, ["leak"])


def test_a_sound_forecast_passes_every_check() -> None:
    assert {check.status for check in judged().values()} == {"pass"}


def test_nothing_to_judge_by_passes_nothing() -> None:
    checks = judged({}, **dict.fromkeys(TABLES, NOTHING))
    assert {check.status for check in checks.values()} == {"not judged"}
    assert all(check.message for check in checks.values())


def test_the_leak_alarm_rings_beyond_the_interval_only() -> None:
    assert judged()["leak"].status == "pass", "1.05 is above 1.03, but its interval begins at 1.02"
    leaked = CEILING.assign(lower=[0.9, 1.0, 1.031])
    check = judged(ceiling=leaked)["leak"]
    assert check.status == "fail"
    assert check.value == 1.05
    assert "R²" in check.message
    truth_alone = CEILING.assign(lower=[2.0, 1.0, 1.0])
    assert judged(ceiling=truth_alone)["leak"].status == "pass", "the Bayes forecast is the ceiling"


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        (["better", "better", "better"], "pass"),
        (["better", "nothing", "nothing"], "pass"),
        (["better", "worse", "nothing"], "fail"),
        (["nothing", "nothing", "nothing"], "fail"),
    ],
)
def test_a_baseline_must_be_beaten_beyond_chance(shown: list[str], status: str) -> None:
    assert judged(wins=WINS.assign(shown=[*shown, "nothing"]))["baseline"].status == status


@pytest.mark.parametrize(("bias", "status"), [(0.05, "pass"), (-0.051, "fail"), (0.06, "fail")])
def test_the_total_may_be_off_either_way_by_the_limit(bias: float, status: str) -> None:
    check = judged(METRICS | {"bias": bias})["bias"]
    assert (check.status, check.value, check.threshold) == (status, bias, 0.05)


def test_the_worst_level_tells_the_coverage() -> None:
    check = judged(METRICS | {"coverage_99": 0.969})["coverage"]
    assert check.status == "fail"
    assert check.value == pytest.approx(-0.021)
    assert "99%" in check.message
    assert judged(METRICS | {"coverage_90": 1.0})["coverage"].status == "pass", "too wide is no broken promise"


def test_a_group_fails_only_where_its_size_can_tell() -> None:
    check = judged()["group_coverage"]
    assert check.status == "pass", "89 of 100 is six points short, less than three standard errors"
    assert check.value == pytest.approx(-0.06)
    assert "channel is a" in check.message
    assert judged(slices=SLICES.assign(customers=[1000, 5000, 20]))["group_coverage"].status == "fail"
    large = judged(slices=SLICES.assign(coverage_95=[0.89, 0.895, np.nan]))["group_coverage"]
    assert large.status == "fail"
    assert "channel is b" in large.message, "a is further off, but may be so by chance"
    assert large.value == pytest.approx(-0.055)


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("p_alive", 0.49, "p_alive is below p_purchase in 1 of 2 rows"),
        ("expected_orders", 0.49, "expected_orders is below p_purchase in 1 of 2 rows"),
        ("residual_value", 39.99, "residual_value is below predicted_clv in 1 of 2 rows"),
    ],
)
def test_one_row_that_contradicts_itself_fails(column: str, value: float, says: str) -> None:
    rows = FORECASTS.assign(**{column: [FORECASTS[column][0], value]})
    check = judged(forecasts=rows)["coherence"]
    assert (check.value, check.status, check.message) == (1.0, "fail", says)


def test_the_spread_is_that_of_the_ensemble() -> None:
    assert judged()["rolling"].value == pytest.approx(0.01)
    assert judged(rolling=ROLLING.assign(gini=[0.6, 0, 0.8, 0, 0.7, 0]))["rolling"].status == "fail"
    assert judged(rolling=ROLLING.head(2))["rolling"].status == "not judged"
    without = ROLLING.assign(gini=[np.nan, 0, 0.8, 0, np.nan, 0])
    assert judged(rolling=without)["rolling"].status == "not judged", "one date alone has no spread"


def test_features_may_drift_but_not_what_is_spent() -> None:
    assert judged()["drift"].message == "neither forecast nor target nor level drifted; of 1 features 1 did"
    check = judged(drift=DRIFT.assign(status=["drifted", "drifted", "stable"]))["drift"]
    assert check.status == "fail"
    assert "forecast, target drifted" in check.message
    jumped = judged(factor=Factor(1.4, 1.3, 1.5))["drift"]
    assert jumped.status == "fail"
    assert "the level by a factor of 1.40 (1.30 to 1.50)" in jumped.message
    assert judged(factor=Factor(1.04, 1.01, 1.07))["drift"].status == "pass", "totals are off by so much in any window"
    assert judged(drift=DRIFT.assign(psi_equal_tenure=np.nan))["drift"].status == "not judged"


def test_named_checks_stop_the_pipeline_and_others_do_not() -> None:
    checks = judged(METRICS | {"bias": 0.2})
    stop_on(checks, ["leak", "coverage"])
    with pytest.raises(InputError, match=r"bias: the total forecast differs from the realised total by \+20"):
        stop_on(checks, ["leak", "bias"])
    stop_on({"leak": Check(None, None, "not judged", "no truth")}, ["leak"])
