"""A level that is off is corrected: by hand, and in shops whose spend jumps as the backtest's window begins."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.forecasts import backtest, cleaned
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.evaluation.bootstrap import Bootstrapped
from clv.evaluation.judged import Judged
from clv.evaluation.metrics import evaluate
from clv.evaluation.recalibration import Factor, factor_of, inside_predicted, recalibrated, window_coverage
from clv.features.columns import CUSTOMER, TARGET
from clv.models.calibration.intervals import LEVELS
from clv.models.samples import fold_of
from clv.params import Params

HORIZON = 120
AS_OF = date(2024, 8, 2)  # the date of the backtest of the small shop


def predictions(forecast: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {"predicted_clv": forecast, "lower_90": forecast / 2, "upper_90": forecast * 2, "p_purchase": 0.5, "why": "a"}
    )


def factor_with_interval(y: np.ndarray, f: np.ndarray, resamples: int) -> Factor:
    return Factor.of_bias(Bootstrapped.of({"ensemble": Judged.of(y, f)}, resamples, 0, 1).table(0.95))


def test_the_factor_is_realised_over_forecast() -> None:
    assert factor_of(np.array([10.0, 0, 20]), np.array([5.0, 5, 10])) == 1.5
    assert factor_of(np.array([10.0, -20]), np.array([5.0, 5])) == 1, "more was returned than bought"
    assert factor_of(np.zeros(0), np.zeros(0)) == 1


def test_the_interval_of_the_factor_is_the_binomial_one() -> None:
    """400 customers are forecast 1 each; 120 spend 4. The factor is 1.2, its standard error 4 sqrt(.3 * .7 / 400)."""
    y = np.repeat([4.0, 0.0], [120, 280])
    found = factor_with_interval(y, np.ones(400), 4000)
    error = 4 * np.sqrt(0.3 * 0.7 / 400)
    assert found.value == pytest.approx(1.2)
    assert found.low == pytest.approx(1.2 - 1.96 * error, abs=0.02)
    assert found.high == pytest.approx(1.2 + 1.96 * error, abs=0.02)


def test_a_level_is_off_where_it_surely_is_and_by_more_than_any_window() -> None:
    assert Factor(1.4, 1.3, 1.5).off(0.05)
    assert Factor(0.7, 0.6, 0.8).off(0.05)
    assert not Factor(1.4, 0.9, 1.9).off(0.05), "not surely"
    assert not Factor(1.04, 1.01, 1.07).off(0.05), "not far"
    assert not Factor(float("nan"), float("nan"), float("nan")).off(0.05)


def test_money_is_multiplied_and_nothing_else() -> None:
    made = recalibrated(predictions(np.array([1.0, 3.33])), 1.5)
    assert made["predicted_clv"].to_list() == [1.5, 5.0]
    assert made["lower_90"].to_list() == [0.75, 2.5]
    assert made["upper_90"].to_list() == [3.0, 9.99]
    assert made["p_purchase"].to_list() == [0.5, 0.5]
    assert made["why"].to_list() == ["a", "a"]


@given(st.floats(0.1, 10))
def test_a_factor_leaves_the_ranking_and_mends_the_bias(factor: float) -> None:
    forecast = np.arange(1.0, 201) * 100
    made = recalibrated(predictions(forecast), factor)["predicted_clv"].to_numpy()
    before, after = evaluate(forecast * factor, forecast), evaluate(forecast * factor, made)
    assert after["gini"] == pytest.approx(before["gini"])
    assert after["bias"] == pytest.approx(0, abs=1e-4)


def test_each_half_is_mended_by_the_other() -> None:
    """Half 0 spent three times its forecast, half 1 just its forecast; each half gets the factor of the other."""
    forecast = np.full(40, 10.0)
    fold = np.arange(40) % 2
    y = np.where(fold == 0, 30.0, 10.0)
    table = window_coverage(y, predictions(forecast), [90], fold)
    assert table["rows"].to_list() == ["all", "top_decile"]
    assert table["customers"].to_list() == [40, 4]
    assert table["coverage"][0] == 0.5, "30 is outside of 5 to 20"
    assert table["recalibrated_coverage"][0] == 0, "30 of 5 to 20, and 10 of 15 to 60"


def test_returns_count_as_nothing_and_bounds_belong() -> None:
    made = pd.DataFrame({"lower_90": [0.0, 5, 5], "upper_90": [1.0, 9, 9]})
    assert inside_predicted(np.array([-3.0, 9, 4.99]), made, 90).tolist() == [True, True, False]


def small_backtest(world: SyntheticParams, jump: date, project: Params, seed: int) -> tuple[np.ndarray, pd.Series]:
    """A shop of 3,000 customers whose spend jumps by 40%: the factor's interval, and 95% coverage in the top decile."""
    shop = replace(world.default, n_customers=3000)
    drift = replace(world, world="drift", default=shop, drift=replace(world.drift, date=jump))
    params = replace(
        project,
        time=replace(project.time, horizon_days=HORIZON),
        train=replace(
            project.train, learners=("btyd", "lightgbm"), lightgbm=replace(project.train.lightgbm, n_rounds=60)
        ),
    )
    plan, test, model = backtest(params, cleaned(params, make_world(drift, seed, HORIZON).tables))
    assert plan.backtest is not None
    assert plan.backtest.as_of == AS_OF
    y, found = test[TARGET].to_numpy(), model.predict(test)
    fold = fold_of(test[CUSTOMER].to_numpy(str), 2, "recalibration")
    table = window_coverage(y, found, LEVELS, fold).set_index(["rows", "level"])
    factor = factor_with_interval(y, found["predicted_clv"].to_numpy(), 200)
    return np.array([factor.low, factor.high]), table.loc[("top_decile", 95)]


def test_recalibration_brings_the_coverage_of_the_top_decile_back(
    small_world: SyntheticParams, project_params: Params
) -> None:
    """The jump comes the day after the cutoff of the model, so neither its level nor its intervals know of it."""
    shops = [small_backtest(small_world, date(2024, 8, 3), project_params, seed) for seed in (1, 3)]
    assert all(interval[0] > 1.15 for interval, _ in shops)
    before, after = (np.mean([row[name] for _, row in shops]) for name in ("coverage", "recalibrated_coverage"))
    assert before < 0.92, "of 95"
    assert after > 0.93


def test_a_jump_long_ago_is_in_the_level_already(small_world: SyntheticParams, project_params: Params) -> None:
    """The jump is sixteen months ago. One a year ago could be a season, of which a short history has only one."""
    interval, row = small_backtest(small_world, date(2023, 4, 1), project_params, 1)
    never, _ = small_backtest(small_world, date(2026, 1, 1), project_params, 1)
    assert np.log(interval) == pytest.approx(np.log(never), abs=0.06)
    assert row["coverage"] > 0.93
    assert row["recalibrated_coverage"] > 0.93
