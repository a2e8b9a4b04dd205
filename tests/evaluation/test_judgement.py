"""The tables of an evaluation are consistent."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clv.evaluation.chart_tables import decile_table
from clv.evaluation.holdout import Holdout
from clv.evaluation.judgement import HEADLINE, Judgement, judge, unless_few_each
from clv.evaluation.metrics import DISTRIBUTION_METRICS, METRICS, evaluate
from clv.models.calibration.intervals import LEVELS
from clv.params import Params
from tests.evaluation.holdouts import holdout

N = 1500


@pytest.fixture(scope="module")
def truth() -> tuple[np.ndarray, np.ndarray]:
    """Expected values, and realised ones, most of which are 0."""
    rng = np.random.default_rng(0)
    mean = rng.lognormal(3, 1, N)
    return mean, np.where(rng.random(N) < 0.4, mean / 0.4 * rng.gamma(2, 0.5, N), 0.0)


@pytest.fixture(scope="module")
def case(truth: tuple[np.ndarray, np.ndarray]) -> tuple[Holdout, list[str]]:
    """A forecast somewhat worse than the expected values, and better than a noisy baseline."""
    mean, y = truth
    rng = np.random.default_rng(1)
    f = mean * rng.lognormal(0, 0.3, N)
    spread = np.sort(np.where(rng.random((99, 1)) < 0.6, 0, rng.gamma(2, 1.25, (99, 1))), axis=0) * f
    ends = {f"lower_{level}": f * 0 for level in LEVELS} | {f"upper_{level}": f * 6 for level in LEVELS}
    chances = {"p_purchase": 0.4, "p_alive": 0.5, "expected_orders": 0.6}
    predictions = pd.DataFrame({"predicted_clv": f, **chances, "residual_value": f, **ends})
    others = {"btyd": mean * rng.lognormal(0, 1, N), "same_as_last_period": mean * 0 + 1}
    groups = {"channel": np.where(np.arange(N) % 3, "a", "b")}
    return holdout(y, predictions, spread, {**others, "bayes": mean}, groups), list(others)


@pytest.fixture(scope="module")
def judgement(case: tuple[Holdout, list[str]], project_params: Params) -> Judgement:
    return judge(*case, ["bayes"], replace(project_params.evaluate, resamples=200), 1, 7, 2)


def test_every_forecast_has_every_metric_it_can_have(judgement: Judgement) -> None:
    counts = judgement.metrics.groupby("forecast", sort=False).size()
    assert counts.to_dict() == {
        "ensemble": len(METRICS) + len(DISTRIBUTION_METRICS),
        "btyd": len(METRICS),
        "same_as_last_period": len(METRICS),
        "bayes": len(METRICS),
    }
    known = judgement.metrics.dropna()
    assert (known["lower"] <= known["upper"]).all()


def test_the_headline_is_of_the_ensemble(judgement: Judgement, truth: tuple[np.ndarray, np.ndarray]) -> None:
    headline = judgement.headline()
    assert set(headline) == {*HEADLINE, "gini_of_ceiling", "r2_of_ceiling"}
    assert headline["gini"] == judgement.of_ensemble()["gini"]
    best = evaluate(truth[1], truth[0])
    assert headline["gini_of_ceiling"] == pytest.approx(headline["gini"] / best["gini"])
    assert headline["gini_of_ceiling"] < 1


def test_the_ceiling_has_intervals_around_the_share(judgement: Judgement) -> None:
    assert judgement.ceiling["metric"].to_list() == ["gini", "r2"]
    assert (judgement.ceiling["lower"] <= judgement.ceiling["share"]).all()
    assert (judgement.ceiling["share"] <= judgement.ceiling["upper"]).all()


def test_the_best_baseline_is_the_rival(judgement: Judgement) -> None:
    rows = judgement.wins.set_index("metric")
    assert rows.loc["gini", "baseline"] == "btyd"
    assert rows.loc["gini", "shown"] == "better"
    assert rows.loc["gini", "difference"] == pytest.approx(
        rows.loc["gini", "value"] - rows.loc["gini", "baseline_value"]
    )


def test_the_gain_curve_draws_the_ensemble_and_the_baselines(judgement: Judgement) -> None:
    assert list(judgement.gain) == ["customers_share", "ensemble", "btyd", "same_as_last_period", "perfect"]
    assert len(judgement.deciles) == len(judgement.residuals) == len(judgement.coverage) == 10
    assert judgement.pit["density"].mean() == pytest.approx(1)
    assert judgement.slices["customers"].to_list() == [150] * 10 + [1000, 500]
    assert set(judgement.fairness["by"]) == {"channel"}


def test_tenths_of_a_few_are_not_shown(truth: tuple[np.ndarray, np.ndarray]) -> None:
    table = decile_table(truth[1][:195], truth[0][:195])
    assert table["customers"].min() == 19
    assert unless_few_each(table, 20).empty
    assert list(unless_few_each(table, 20)) == list(table)
    assert unless_few_each(table, 19).equals(table)


def test_drawn_customers_say_how_sure_figures_of_all_are(
    case: tuple[Holdout, list[str]], judgement: Judgement, project_params: Params
) -> None:
    few = replace(project_params.evaluate, resamples=200, drawn_customers=1000)
    drawn, key = judge(*case, ["bayes"], few, 1, 7, 2), ["forecast", "metric"]
    for name, table in vars(judgement).items():
        if name not in ("metrics", "wins", "ceiling"):
            pd.testing.assert_frame_equal(table, getattr(drawn, name))
    for_all, by_some = judgement.metrics.set_index(key), drawn.metrics.set_index(key)
    assert by_some["value"].to_numpy() == pytest.approx(for_all["value"].to_numpy(), nan_ok=True)
    width = {
        name: table.loc["ensemble", "upper"] - table.loc["ensemble", "lower"]
        for name, table in (("all", for_all), ("some", by_some))
    }
    assert not width["some"].equals(width["all"])
    ratio = (width["some"] / width["all"])[["gini", "r2", "mae", "bias", "auc", "crps", "coverage_90"]]
    assert ratio.between(0.65, 1.45).all(), "1.22 is the root of 1500 / 1000"
