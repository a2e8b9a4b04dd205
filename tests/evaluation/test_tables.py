"""The tables behind the pictures, on examples small enough to count."""

import numpy as np
import pandas as pd
import pytest

from clv.evaluation.baselines import BASELINES
from clv.evaluation.chart_tables import coverage_table, decile_table, gain_curve, pit_table, residual_table
from clv.evaluation.distribution import Distribution, Placed
from clv.evaluation.judged import Judged

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
    ends = {90: Y * 0, 95: Y * 0, 99: Y * 0}, {90: Y * 0 + 89, 95: Y * 0 + 94, 99: Y * 0 + 98}
    table = coverage_table(Judged.of(Y - 1, Y[::-1], Placed.of(Y - 1, Distribution(np.zeros((1, 100)), *ends, Y * 0))))
    assert table["decile"].to_list() == list(range(1, 11))
    assert table["coverage_90"].mean() == pytest.approx(0.91), "values 90 to 98 are outside; -1 counts as 0: inside"
    assert (table["coverage_99"] == 1.0).all()
    assert (table["width_90"] == 89.0).all()
    assert table["coverage_90"].to_list()[9] == pytest.approx(0.1)
    assert table["coverage_90"].to_list()[0] == 1.0
    assert table["customers"].to_list() == [10] * 10


def test_fewer_customers_than_tenths() -> None:
    ends = {90: Y[:3] * 0, 95: Y[:3] * 0, 99: Y[:3] * 0}, {90: Y[:3], 95: Y[:3], 99: Y[:3]}
    placed = Placed.of(Y[:3], Distribution(np.zeros((1, 3)), *ends, Y[:3] * 0))
    table = coverage_table(Judged.of(Y[:3], Y[:3], placed))
    assert table["customers"].to_list() == [1, 1, 1]
    assert (table["coverage_90"] == 1).all()


def test_residuals_are_realised_less_forecast() -> None:
    table = residual_table(Y + np.tile(np.arange(10.0), 10), Y)
    assert table["decile"].to_list() == list(range(1, 11))
    assert table["mean"].to_list() == pytest.approx([4.5] * 10)
    assert table["q50"].to_list() == pytest.approx([4.5] * 10)
    assert (table["q05"] < table["q25"]).all()


def test_the_pit_histogram_is_one_where_even() -> None:
    table = pit_table((np.arange(2000) + 0.5) / 2000)
    assert table["density"].to_list() == pytest.approx([1.0] * 20)
    assert table["pit"].iloc[0] == 0.025
    assert pit_table(np.zeros(50))["density"].to_list() == [20.0] + [0.0] * 19


def test_baselines_are_never_negative() -> None:
    features = pd.DataFrame({"net_revenue_last_horizon": [-5.0, 10.0], "net_revenue_per_day": [-1.0, 0.5]})
    got = {name: baseline(features, 30).tolist() for name, baseline in BASELINES.items()}
    assert got == {"same_as_last_period": [0.0, 10.0], "average_so_far": [0.0, 15.0]}
