"""Retention by cohort."""

import numpy as np
import pandas as pd

from clv.reporting.data.cohorts import FEWEST, MOST, retention, returning
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.table import NOTHING
from tests.reporting.orders import bought, cohorts

N = 40


def shop() -> pd.DataFrame:
    """40 new customers in January, of whom 20 come back in March and 10 in April; 40 new ones in March, 5 in May."""
    rows = [(f"a{i}", "2024-01-05") for i in range(N)] + [(f"a{i}", "2024-03-31 23:59") for i in range(20)]
    rows += [(f"a{i}", "2024-04-01") for i in range(10)] + [(f"a{i}", "2024-04-20") for i in range(10)]
    rows += [(f"b{i}", "2024-03-05") for i in range(N)] + [(f"c{i}", "2024-05-05") for i in range(5)]
    return bought(*rows)


def test_each_customer_counts_once_in_a_month_of_their_cohort() -> None:
    shares, sizes = returning(*cohorts(shop(), "2024-05-31"))
    assert shares.index.astype("str").to_list() == ["2024-01", "2024-03"]
    assert shares.columns.to_list() == [1, 2, 3, 4]
    np.testing.assert_array_equal(shares.iloc[0], [0.0, 0.5, 0.25, 0.0])
    np.testing.assert_array_equal(shares.iloc[1], [0.0, 0.0, np.nan, np.nan])
    assert sizes.to_list() == [N, N, 5]


def test_a_month_that_is_not_over_is_not_shown() -> None:
    shares, _ = returning(*cohorts(shop(), "2024-05-30"))
    assert shares.columns.to_list() == [1, 2, 3]
    assert shares.loc["2024-03"].notna().to_list() == [True, False, False]


def test_the_picture_is_bounded_and_says_what_is_seen() -> None:
    days = pd.date_range("2015-01-15", "2024-12-31", freq="MS").strftime("%Y-%m-%d")
    rows = [(f"{day}-{i}", day) for day in days for i in range(FEWEST)]
    shares, _ = returning(*cohorts(bought(*rows), "2024-12-31"))
    assert shares.shape == (MOST, MOST)
    chart = retention(*cohorts(shop(), "2024-05-31"))
    assert isinstance(chart, Chart)
    assert "0% one month later" in chart.caption
    assert chart == retention(*cohorts(shop(), "2024-05-31"))
    assert ">50%<" in chart.svg


def test_a_long_history_is_shown_by_quarter() -> None:
    rows = [(f"a{i}", "2022-02-01") for i in range(N)] + [(f"a{i}", "2022-04-01") for i in range(10)]
    rows += [("z", "2024-01-01")]
    chart = retention(*cohorts(bought(*rows), "2024-01-31"))
    assert isinstance(chart, Chart)
    assert "25% one quarter later, 0% four quarters later" in chart.caption


def test_few_customers_or_a_short_history_show_nothing() -> None:
    few = bought(*((f"a{i}", "2024-01-05") for i in range(FEWEST - 1)))
    assert retention(*cohorts(few, "2024-12-31"))._repr_html_().startswith(NOTHING)
    assert retention(*cohorts(shop(), "2024-02-15"))._repr_html_().startswith(NOTHING)
