"""Tiers judged by what customers spent afterwards."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clv.evaluation.metrics import evaluate
from clv.marketing.segments.hits import tier_hits
from clv.marketing.tiers import ELITE, HIGH, LOW
from tests.marketing.customers import SHARES

NO_METRICS = pd.DataFrame(columns=["customers"])


def window(n: int, noise: float) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    realised = np.where(rng.random(n) < 0.5, 0.0, rng.lognormal(3, 1, n))  # half of them tied at 0
    return pd.DataFrame({"predicted_clv": realised * np.exp(noise * rng.normal(size=n)), "realised": realised})


def test_the_top_tier_is_judged_as_evaluate_judges_it() -> None:
    test = window(1000, 1.5)
    rows = tier_hits(test, SHARES, 0.95, NO_METRICS, 1).set_index("tier")
    judged = evaluate(test["realised"].to_numpy(), test["predicted_clv"].to_numpy())
    assert rows.loc[HIGH, "precision"] == judged["precision_top_20"]
    assert rows.loc[ELITE, "precision"] == judged["precision_top_5"]
    assert rows.loc[HIGH, "value_share"] == pytest.approx(judged["value_top_20"])
    assert rows.loc[HIGH, "precision"] == rows.loc[HIGH, "recall"], "of equal shares"
    assert (rows["precision_lower"] < rows["precision"]).all()
    assert (rows["precision"] <= rows["precision_upper"]).all()


def test_a_perfect_forecast_hits_all_and_a_random_one_by_chance() -> None:
    perfect = tier_hits(window(1000, 0.0), SHARES, 0.95, NO_METRICS, 1).set_index("tier")
    assert perfect.loc[[HIGH, ELITE], "precision"].to_list() == [1.0, 1.0]
    assert perfect["value_share"].to_list() == pytest.approx(perfect["value_share_perfect"].to_list())
    shuffled = window(4000, 0.0).assign(predicted_clv=np.random.default_rng(2).random(4000))
    row = tier_hits(shuffled, SHARES, 0.999, NO_METRICS, 1).set_index("tier").loc[HIGH]
    assert row["precision_lower"] < row["by_chance"] < row["precision_upper"]


def test_thresholds_may_leave_a_tier_empty() -> None:
    test = window(200, 1.0).assign(predicted_clv=0.0)
    rows = tier_hits(test, replace(SHARES, by="thresholds"), 0.95, NO_METRICS, 1).set_index("tier")
    assert rows.loc[HIGH, "customers"] == 0
    assert np.isnan(rows.loc[HIGH, "precision"])
    assert rows.loc[LOW, "recall"] == 1.0


def test_what_can_be_known_stands_beside_it_where_evaluate_judged_that_share() -> None:
    metrics = pd.DataFrame(
        {"forecast": ["bayes", "bayes"], "metric": ["precision_top_20", "gini"], "value": [0.61, 0.8]}
    )
    rows = tier_hits(window(300, 1.0), SHARES, 0.95, metrics, 1).set_index("tier")
    assert rows["bayes"].dropna().to_dict() == {HIGH: 0.61}
    assert rows["latent_truth"].isna().all()


def test_without_a_backtest_nothing_is_judged() -> None:
    assert tier_hits(pd.DataFrame(columns=["predicted_clv", "realised"]), SHARES, 0.95, NO_METRICS, 1).empty


def test_small_tiers_are_not_judged_nor_what_would_give_them_away() -> None:
    rows = tier_hits(window(60, 1.0), SHARES, 0.95, NO_METRICS, 20).set_index("tier")
    assert (rows["customers"].isna() == [True, True, False, True]).all(), "12 of 60, the next smallest, and 3 of 60"
    assert rows.loc[[HIGH, ELITE]].isna().all(axis=None)
    assert rows.loc[LOW, "customers"] == 30
