"""Tables of drift, slices and fairness as pages show them, after a round trip through CSV."""

import io
import re

import numpy as np
import pandas as pd
import pytest

from clv.evaluation.column_table import column_table
from clv.evaluation.drift import drift_table
from clv.evaluation.fairness import MEASURES, PERSONAL, fairness_table, largest_gaps
from clv.evaluation.params import DriftLimits
from clv.evaluation.recalibration import window_coverage
from clv.evaluation.slices import slice_table
from clv.reporting.calibration import by_column, by_group, drifted
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.table import NOT_JUDGED

LEVELS = (90, 95, 99)
NOTHING = pd.DataFrame(columns=["customers"])
RNG = np.random.default_rng(0)
N = 1000
FORECAST = RNG.gamma(0.5, 100, N)
Y = FORECAST * RNG.gamma(1.0, 1.0, N)
PREDICTIONS = pd.DataFrame({"predicted_clv": FORECAST}).assign(
    **{f"lower_{level}": 0.0 for level in LEVELS}, **{f"upper_{level}": FORECAST * level / 30 for level in LEVELS}
)
GROUPS = {
    "channel": np.where(np.arange(N) < 30, "<rare>", np.where(np.arange(N) % 2, "ads", "mail")),
    "lifecycle": np.full(N, "repeat"),
}


def read_back(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as evaluate writes it and a notebook reads it."""
    return pd.read_csv(io.StringIO(frame.round(6).to_csv(index=False)))


def cells(html: str) -> list[list[str]]:
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in html.split("<tr>")[1:] if "<td" in row]


@pytest.fixture(scope="module")
def moved() -> pd.DataFrame:
    names = [f"column_{i:02d}" for i in range(30)]
    test = pd.DataFrame(RNG.normal(size=(800, 30)), columns=names).assign(target=1.0, channel="ads")
    current = pd.DataFrame(RNG.normal(size=(900, 30)), columns=names).assign(target=np.nan, channel="mail")
    limits = DriftLimits(psi_watch=0.1, psi_drifted=0.25, ks_watch=0.1, ks_drifted=0.2)
    return read_back(drift_table({"test": test, "current": current.assign(column_07=5.0)}, limits))


def test_without_a_backtest_pages_say_so() -> None:
    assert drifted.drift(NOTHING) == drifted.counts(NOTHING) == drifted.recalibration(NOTHING) == NOT_JUDGED
    assert drifted.recommendation(None) == drifted.recommendation("") == by_group.slices(NOTHING, "EUR") == NOT_JUDGED
    assert "no backtest" in by_group.fairness(NOTHING).html
    assert by_group.largest_gaps(NOTHING) == by_group.fairness(NOTHING)
    assert by_column.ratios(NOTHING) == by_column.means(NOTHING, "EUR") == NOT_JUDGED


def test_columns_that_are_off_are_named_by_group() -> None:
    orders = np.repeat([0.0, 1.0, 2.0, 0.0], [200, 300, 300, 5])
    columns = {"expected_orders": 1.5, "p_purchase": 2 / 3, "p_alive": 0.9, "predicted_clv": 15.0}
    groups = {
        "purchases": np.repeat(
            ["one purchase", "2 purchases", "3 to 5 purchases", "10 purchases and more"], [200, 300, 300, 5]
        )
    }
    predictions = pd.DataFrame(columns, index=range(len(orders)))
    rows = read_back(column_table(orders * 15, orders, predictions, groups, 10))
    html = by_column.ratios(rows).html
    by, group, customers, *ratios, off = cells(html)[1]
    assert (by, group, customers) == ("purchases so far", "2 purchases", "300")
    assert ratios == ["0.667", "1.500", "1.111", "1.000"]
    assert off == "orders, P(purchase), P(alive)"
    assert cells(html)[3] == ["purchases so far", "10 purchases and more", *["–"] * 5, ""]
    assert "Groups with too few customers or buyers are shown without figures (2 here)" in html
    parts = by_column.means(rows, "EUR").html.split("<table>")
    assert len(parts) == 5
    assert cells(parts[4])[1] == ["purchases so far", "2 purchases", "300", "15.00", "15.00", "1.000", "0.041", "no"]
    assert "forecast, EUR" in parts[4]


def test_the_worst_columns_are_shown(moved: pd.DataFrame) -> None:
    found = drifted.drift(moved).html
    rows = cells(found)
    assert len(rows) == drifted.WORST < len(moved)
    assert f"{drifted.WORST} of 32 columns" in found
    assert {rows[0][0], rows[1][0]} == {"channel", "column_07"}
    channel = next(row for row in rows if row[0] == "channel")
    assert channel[1:4] == ["drifted", "–", "–"], "without training rows there is no before"
    assert channel[9] == "–", "no distance of text"
    assert "nan" not in found


def test_the_counts_are_of_the_whole_table(moved: pd.DataFrame) -> None:
    values = re.findall(r"<dd>(.*?)</dd>", drifted.counts(moved).html)
    known = moved["status"].value_counts()
    assert values == ["32", *(str(known.get(name, 0)) for name in ("stable", "watch", "drifted")), "2"]


def test_the_recommendation_is_escaped() -> None:
    assert drifted.recommendation("a < b").html == "<p>a &lt; b</p>"


def test_recalibration_tells_both_coverages() -> None:
    rows = read_back(window_coverage(Y * 1.5, PREDICTIONS, LEVELS, np.arange(N) % 2))
    chart = drifted.recalibration(rows)
    assert isinstance(chart, Chart)
    assert chart == drifted.recalibration(rows)
    top = rows[(rows["rows"] == "top_decile") & (rows["level"] == 95)].iloc[0]
    assert f"cover {top['coverage']:.1%}, recalibrated {top['recalibrated_coverage']:.1%}" in chart.alt
    assert top["recalibrated_coverage"] > top["coverage"]


def test_slices_have_a_table_for_each_dimension_that_tells_customers_apart() -> None:
    rows = read_back(slice_table(Y, PREDICTIONS, GROUPS, LEVELS, 100, 1))
    html = by_group.slices(rows, "EUR").html
    assert re.findall("<caption><span>(.*?)</span></caption>", html) == [
        "By channel. Groups with too few customers are shown without figures: 1 here"
    ], "all are at one stage of life, which is no slice"
    assert cells(html)[0] == ["&lt;rare&gt;", "30", *["–"] * 9]
    assert f"{FORECAST[GROUPS['channel'] == 'ads'].sum():,.0f}" in html


def test_fairness_names_what_is_more_than_noise() -> None:
    worse = Y * np.where(GROUPS["channel"] == "ads", 3.0, 1.0)
    rows = read_back(fairness_table(worse, PREDICTIONS, GROUPS, 100, 1))
    shown = cells(by_group.fairness(rows).html)
    assert [row[:2] for row in shown] == [["channel", "ads"], ["channel", "mail"]]
    assert "bias" in shown[0][-1]
    gaps = read_back(largest_gaps(fairness_table(worse, PREDICTIONS, GROUPS, 100, 1)))
    said = {row[1]: row for row in cells(by_group.largest_gaps(gaps).html)}
    assert said["bias"][2:4] == ["mail", "ads"]
    assert said["bias"][-1] == "yes"


def test_noise_is_called_nothing() -> None:
    groups = {"country": np.array(["AT", "DE"])[np.arange(N) % 2]}
    rows = read_back(fairness_table(np.zeros(N), PREDICTIONS, groups, 100, 1))
    shown = cells(by_group.fairness(rows.assign(beyond_noise=False)).html)
    assert [row[-1] for row in shown] == ["nothing", "nothing"]
    assert [row[6:8] for row in shown] == [["–", "–"]] * 2, "nothing realised, no error and no bias over it"


def test_every_dimension_and_measure_has_a_title() -> None:
    assert set(by_group.MEASURES) == set(MEASURES)
    assert set(PERSONAL) <= set(by_group.BY)
