"""The rows of the rolling origins and their spread, on examples small enough to count, and their report."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from clv.evaluation.metrics import evaluate
from clv.evaluation.rolling import COLUMNS, ENSEMBLE, by_origin, judged, spread, together
from clv.reporting.calibration import rolling_origins as report
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.table import Table

Y = np.array([-5.0, 0.0, 10.0, 40.0, 25.0])
OTHERS = {
    "btyd": np.array([1.0, 2.0, 12.0, 30.0, 20.0]),
    "same_as_last_period": np.array([0.0, 20.0, 0.0, 50.0, 10.0]),
    "average_so_far": np.array([3.0, 1.0, 2.0, 5.0, 4.0]),
}


def predictions(upper: float) -> pd.DataFrame:
    """Forecasts with intervals from 0 to `upper`; those of 99% reach to twice that."""
    columns = {"predicted_clv": np.array([1.0, 1.0, 11.0, 35.0, 22.0])}
    for level in (90, 95, 99):
        columns |= {f"lower_{level}": np.zeros(5), f"upper_{level}": np.full(5, upper * (2 if level == 99 else 1))}
    return pd.DataFrame(columns)


@pytest.fixture
def rolling() -> pd.DataFrame:
    newer = judged(date(2024, 4, 1), Y, predictions(20.0), OTHERS)
    older = judged(date(2024, 1, 1), Y, predictions(10.0), {**OTHERS, "btyd": 2 * OTHERS["btyd"]})
    return together([newer, together([]), older])


def test_one_row_per_origin_and_forecast_the_oldest_first(rolling: pd.DataFrame) -> None:
    assert tuple(rolling.columns) == COLUMNS
    assert rolling["as_of"].to_list() == ["2024-01-01"] * 4 + ["2024-04-01"] * 4
    assert rolling["forecast"].to_list() == [ENSEMBLE, *OTHERS] * 2
    assert (rolling["customers"] == 5).all()
    last = rolling.iloc[-3]
    for name, value in evaluate(Y, OTHERS["btyd"]).items():
        assert last[name] == pytest.approx(value, nan_ok=True), name


def test_coverage_is_that_of_the_ensemble_and_starts_at_zero(rolling: pd.DataFrame) -> None:
    covered = rolling[rolling["forecast"] == ENSEMBLE]
    assert covered["coverage_95"].to_list() == [0.6, 0.6], "who cost 5 counts as 0, the bound itself as inside"
    assert covered["coverage_99"].to_list() == [0.6, 1.0]
    others = rolling[rolling["forecast"] != ENSEMBLE]
    assert others[["coverage_90", "coverage_95", "coverage_99"]].isna().all().all()


def test_the_spread_is_that_of_a_sample_of_origins(rolling: pd.DataFrame) -> None:
    rows = spread(rolling).set_index("forecast")
    assert list(rows.index) == [ENSEMBLE, *OTHERS]
    assert (rows["origins"] == 2).all()
    biases = [OTHERS["btyd"].sum() * factor / Y.sum() - 1 for factor in (2, 1)]
    btyd = rows.loc["btyd"]
    assert btyd["bias_mean"] == pytest.approx(np.mean(biases))
    assert btyd["bias_sd"] == pytest.approx(abs(biases[0] - biases[1]) / np.sqrt(2))
    assert (btyd["bias_min"], btyd["bias_max"]) == pytest.approx((biases[1], biases[0]))
    assert btyd["gini_sd"] == 0, "twice the forecast ranks alike"
    assert np.isnan(btyd["coverage_95_mean"])
    assert rows.loc[ENSEMBLE, "coverage_95_mean"] == pytest.approx(0.6)


def test_a_single_origin_has_no_standard_deviation(rolling: pd.DataFrame) -> None:
    rows = spread(rolling[rolling["as_of"] == "2024-04-01"])
    assert rows["gini_sd"].isna().all()
    assert rows["gini_mean"].equals(rows["gini_min"])


def test_without_origins_there_are_columns_and_no_rows() -> None:
    nothing = together([])
    assert tuple(nothing.columns) == COLUMNS
    assert nothing.empty
    assert spread(nothing).empty


def test_what_cannot_be_judged_is_not_a_number() -> None:
    rows = judged(date(2024, 1, 1), np.zeros(5), predictions(20.0), OTHERS)
    assert rows["gini"].isna().all()
    assert spread(rows)["gini_mean"].isna().all()


def test_the_report_shows_lines_and_spread_or_says_that_there_are_none(rolling: pd.DataFrame) -> None:
    drawn = report.gini(rolling)
    assert isinstance(drawn, Chart)
    assert "Line chart over 2 origins" in drawn.alt
    assert report.gini(rolling) == drawn
    assert isinstance(report.bias(rolling), Chart)
    html = report.steadiness(rolling, "EUR").html
    assert "Ensemble" in html
    assert html.count("<tr") == 1 + 4
    for shown in (report.gini(together([])), report.bias(together([])), report.steadiness(together([]), "EUR")):
        assert isinstance(shown, Table)
        assert "no rolling origins" in shown.html


def test_the_plot_has_a_row_per_origin_and_a_column_per_forecast(rolling: pd.DataFrame) -> None:
    table = by_origin(rolling, date(2024, 7, 1))
    assert list(table) == ["days_before", ENSEMBLE, *OTHERS]
    assert table["days_before"].to_list() == [-182, -91]
    gini = rolling.set_index(["as_of", "forecast"])["gini"]
    assert table["average_so_far"][1] == gini["2024-04-01", "average_so_far"]
    assert list(by_origin(together([]), date(2024, 7, 1))) == ["days_before"]
