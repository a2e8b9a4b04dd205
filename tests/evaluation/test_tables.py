"""The tables behind the pictures, on examples small enough to count."""

import numpy as np
import pandas as pd
import pytest

from clv.evaluation.baselines import BASELINES
from clv.evaluation.tables import comparison, coverage_table, decile_table, gain_curve

Y = np.arange(100, dtype=float)


def test_the_gain_curve_starts_at_nothing_and_ends_at_everything() -> None:
    curve = gain_curve(Y, {"good": Y, "bad": -Y})
    assert curve.iloc[0].to_list() == [0.0, 0.0, 0.0, 0.0]
    assert curve.iloc[-1].to_list() == [1.0, 1.0, 1.0, 1.0]
    assert (curve["good"] == curve["perfect"]).all()
    assert curve["good"][10] == pytest.approx(Y[-10:].sum() / Y.sum())
    assert (curve["bad"] <= curve["good"]).all()


def test_deciles_hold_means_lift_and_buyers() -> None:
    table = decile_table(Y, Y + 1)
    assert table["decile"].to_list() == list(range(1, 11))
    assert (table["customers"] == 10).all()
    assert table["realised_mean"].to_list() == [94.5 - 10 * i for i in range(10)]
    assert (table["forecast_mean"] - table["realised_mean"] == 1).all()
    assert table["lift"].mean() == pytest.approx(1)
    assert table["buyer_share"].to_list() == [1.0] * 9 + [0.9]


def test_coverage_counts_who_is_inside() -> None:
    predictions = pd.DataFrame({"predicted_clv": Y[::-1], "lower_90": 0.0, "upper_90": 89.0})
    table = coverage_table(Y - 1, predictions, [90])
    assert table["decile"].to_list() == [*range(1, 11), "all"]
    overall = table.iloc[-1]
    assert overall["coverage_90"] == pytest.approx(0.91), "values 90 to 98 are outside; -1 counts as 0 and is inside"
    assert overall["width_90"] == 89.0
    assert table["coverage_90"].to_list()[9] == pytest.approx(0.1)
    assert table["customers"].to_list() == [10] * 10 + [100]


def test_the_comparison_has_a_row_per_forecast() -> None:
    table = comparison(Y, {"a": Y, "b": np.ones(100)})
    assert table["forecast"].to_list() == ["a", "b"]
    assert table["mae"][0] == 0


def test_baselines_are_never_negative() -> None:
    features = pd.DataFrame({"net_revenue_last_horizon": [-5.0, 10.0], "net_revenue_per_day": [-1.0, 0.5]})
    got = {name: baseline(features, 30).tolist() for name, baseline in BASELINES.items()}
    assert got == {"same_as_last_period": [0.0, 10.0], "average_so_far": [0.0, 15.0]}
