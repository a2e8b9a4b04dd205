"""What pages show about all customers is exact, and the same however customers are divided into blocks."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from clv.data.blocks import block_of
from clv.marketing.description import sales_tables
from clv.marketing.description.feature_spread import by_quantile, spread
from clv.marketing.description.shown_customers import forecast_bins, forecast_figures
from clv.marketing.description.sold import MOST_DAYS, Sold, sold, together
from clv.marketing.description.tally import Tally


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """Lines of 200 customers in random order, some of them returns, some at midnight."""
    rng = np.random.default_rng(3)
    n = 3000
    seconds = rng.integers(0, 3 * 365 * 86_400, n) * (rng.random(n) < 0.9) + 86_400 * rng.integers(0, 900, n)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in rng.integers(0, 200, n)],
            "order_ts": pd.Timestamp("2021-03-05") + pd.to_timedelta(seconds, unit="s"),
            "amount_minor": rng.integers(-500, 5000, n),
        }
    )


@pytest.mark.parametrize("n_blocks", [1, 5, 40])
def test_blocks_make_no_difference(lines: pd.DataFrame, n_blocks: int) -> None:
    block = block_of(pd.Index(lines["customer_id"]), n_blocks)
    found = together([sold(lines[block == i]) for i in range(n_blocks)])
    for field in fields(Sold):
        whole = getattr(sold(lines), field.name)
        part = getattr(found, field.name)
        np.testing.assert_array_equal(part.numbers, whole.numbers, field.name)
        np.testing.assert_array_equal(part.counts, whole.counts, field.name)


def test_counts_are_those_of_orders_one_by_one(lines: pd.DataFrame) -> None:
    bought = lines[lines["amount_minor"] > 0].assign(day=lines["order_ts"].dt.normalize())
    orders = bought.groupby(["customer_id", "day"]).agg(first=("order_ts", "min"), value=("amount_minor", "sum"))
    orders = orders.reset_index()
    found = sold(lines)
    assert found.values.total == len(orders)
    assert found.values.quantile(0.3) == pytest.approx(np.quantile(orders["value"], 0.3))
    gaps = orders.groupby("customer_id")["day"].diff().dropna().dt.days
    assert (found.gaps.numbers @ found.gaps.counts, found.gaps.total) == (gaps.sum(), len(gaps))
    days = orders.groupby("customer_id").size().clip(upper=MOST_DAYS).value_counts()
    assert dict(zip(found.days.numbers, found.days.counts, strict=True)) == days.to_dict()
    spent = lines.groupby("customer_id")["amount_minor"].sum()
    assert found.spent.sum_of_highest(17) == spent.nlargest(17).sum()
    timed = orders["first"] > orders["day"]
    clock = sales_tables.by_clock(found).set_index(["kind", "number"])["orders"]
    assert clock["hour"].to_list() == np.bincount(orders["first"][timed].dt.hour, minlength=24).tolist()
    assert clock["weekday"].to_list() == np.bincount(orders["day"].dt.day_of_week, minlength=7).tolist()


def test_months_count_each_customer_once_and_leave_out_no_month(lines: pd.DataFrame) -> None:
    quiet = lines[lines["order_ts"].dt.strftime("%Y-%m") != "2022-07"]
    found = sales_tables.by_month(sold(quiet)).set_index("month")
    assert found.loc["2022-07"].to_list() == [0, 0, 0, 0]
    bought = quiet[quiet["amount_minor"] > 0]
    month = bought["order_ts"].dt.strftime("%Y-%m")
    customers = bought.groupby(month)["customer_id"].nunique()
    assert (found["new_customers"] + found["returning_customers"])[customers.index].to_list() == customers.to_list()
    assert found["new_customers"].sum() == bought["customer_id"].nunique()
    net = quiet.groupby(quiet["order_ts"].dt.strftime("%Y-%m"))["amount_minor"].sum() / 100
    assert found["net_revenue"][net.index].to_list() == pytest.approx(net.to_list())


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.9, 0.99, 1.0])
def test_a_quantile_of_a_tally_is_that_of_every_number(share: float) -> None:
    numbers = np.random.default_rng(1).poisson(3, 101)
    assert Tally.of(numbers).quantile(share) == pytest.approx(np.quantile(numbers, share), abs=1e-12)


def test_groups_by_a_feature_do_not_depend_on_the_order_of_customers() -> None:
    rng = np.random.default_rng(2)
    values, target = rng.poisson(4, 5000).astype(float), rng.exponential(80, 5000).round(2)
    order = rng.permutation(5000)
    pd.testing.assert_frame_equal(by_quantile(values, target, 1), by_quantile(values[order], target[order], 1))
    means = pd.Series(target).groupby(pd.cut(values, [-1, *by_quantile(values, target, 1)["high"]])).mean()
    assert by_quantile(values, target, 1)["mean"].to_list() == means.round(2).to_list()


def test_a_histogram_of_a_feature_leaves_out_its_ends_and_the_unknown() -> None:
    values = np.concatenate([np.arange(1000) % 10, [10_000, np.nan]]).astype(float)
    bins, median = spread(values)
    assert bins["count"].to_list() == [100] * 10
    assert median == 5.0


def test_forecasts_are_added_up_in_one_order() -> None:
    forecasts = np.random.default_rng(4).exponential(1e7, 20_001)
    found = forecast_figures(forecasts, forecasts / 1e9, are_known=True)
    assert found == forecast_figures(forecasts[::-1], forecasts[::-1] / 1e9, are_known=True)
    assert found["top_fifth_share"] == pytest.approx(np.sort(forecasts)[-4000:].sum() / forecasts.sum())
    assert forecast_bins(forecasts)[1].sum() == len(forecasts)
