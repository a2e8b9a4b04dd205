"""Columns of the forecast by group: ratios counted by hand, errors against drawn ones, small groups hidden."""

import numpy as np
import pandas as pd
import pytest

from clv.evaluation.column_table import COLUMNS, buying_groups, column_table

EVERYONE = {"everyone": np.full(4, "all customers")}
ROWS = pd.DataFrame(
    {
        "expected_orders": [0.5, 1.5, 2.0, 0.0],
        "p_purchase": [0.4, 0.6, 0.8, 0.2],
        "p_alive": [1.0, 1.0, 1.0, 1.0],
        "predicted_clv": [10.0, 20.0, 30.0, 20.0],
    }
)


def of(table: pd.DataFrame, column: str, group: str = "all customers") -> pd.Series:
    """The row for a group and a column."""
    [row] = [row for _, row in table.iterrows() if (row["group"], row["column"]) == (group, column)]
    return row


def forecasts(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Value, orders and correct forecasts: Poisson orders, each worth the customer's own mean."""
    rate, spend = rng.gamma(0.5, 1.0, n), rng.lognormal(3, 0.5, n)
    orders = rng.poisson(rate).astype("float64")
    p = -np.expm1(-rate)
    predictions = {"expected_orders": rate, "p_purchase": p, "p_alive": np.ones(n), "predicted_clv": rate * spend}
    return orders * spend, orders, pd.DataFrame(predictions)


def test_groups_begin_and_end_where_they_are_said_to() -> None:
    snapshot = pd.DataFrame(
        {
            "frequency": [0.0, 1, 2, 4, 5, 8, 9, 40],
            "overdue_ratio": [np.nan, 0.0, 1.0, 1.01, 2.0, 2.01, 4.0, 4.01],
        }
    )
    groups = buying_groups(snapshot)
    assert groups["purchases"].tolist() == [
        "one purchase",
        "2 purchases",
        *["3 to 5 purchases"] * 2,
        *["6 to 9 purchases"] * 2,
        *["10 purchases and more"] * 2,
    ]
    assert groups["overdue"].tolist() == [
        "one purchase",
        *["up to 1 gap"] * 2,
        *["1 to 2 gaps"] * 2,
        *["2 to 4 gaps"] * 2,
        "over 4 gaps",
    ]
    assert set(groups["everyone"]) == {"all customers"}


def test_ratios_counted_by_hand() -> None:
    y, orders = np.array([0.0, 0, 60, 100]), np.array([0.0, 0, 3, 3])
    table = column_table(y, orders, ROWS, EVERYONE, 1)
    assert table["column"].to_list() == ["expected_orders", "p_purchase", "p_alive", "predicted_clv"]
    assert of(table, "expected_orders")[["forecast_mean", "realised_mean", "ratio"]].to_list() == [1.0, 1.5, 1.5]
    assert of(table, "p_purchase")["ratio"] == pytest.approx(1.0)
    assert of(table, "p_alive")["ratio"] == pytest.approx(0.5)
    assert of(table, "predicted_clv")["ratio"] == pytest.approx(2.0)
    seen = np.sqrt((np.array([-0.75, -2.25, 0, 3]) ** 2).sum()) / 4
    assert of(table, "expected_orders")["ratio_se"] == pytest.approx(seen), "by linearisation"


def test_an_error_is_never_surer_than_the_forecast_itself() -> None:
    none = np.zeros(4)
    table = column_table(none, none, ROWS, EVERYONE, 1)
    assert of(table, "expected_orders")["ratio_se"] == pytest.approx(1 / np.sqrt(4.0)), "four were expected"
    assert of(table, "p_purchase")["ratio_se"] == pytest.approx(np.sqrt(0.24 + 0.24 + 0.16 + 0.16) / 2)
    rare = pd.concat([ROWS.tail(1).assign(predicted_clv=1.0, p_purchase=0.005, expected_orders=0.005)] * 100)
    groups = {"everyone": np.full(100, "all customers")}
    table = column_table(np.zeros(100), np.zeros(100), rare, groups, 1)
    assert not table["beyond_noise"].any(), "half a purchase was to come, and none did"


def test_p_alive_is_bounded_from_below_alone() -> None:
    rng = np.random.default_rng(0)
    y, orders, predictions = forecasts(rng, 2000)
    groups = {"everyone": np.full(2000, "all customers")}
    assert not of(column_table(y, orders, predictions, groups, 1), "p_alive")["beyond_noise"]
    low = predictions.assign(p_alive=predictions["p_purchase"] * 0.7)
    assert of(column_table(y, orders, low, groups, 1), "p_alive")["beyond_noise"]


def test_noise_is_rarely_taken_for_an_error_and_an_error_is_found() -> None:
    rng = np.random.default_rng(1)
    groups = {"purchases": np.repeat(["one purchase", "2 purchases"], [300, 1200])}
    right, wrong = [], []
    for _ in range(200):
        y, orders, predictions = forecasts(rng, 1500)
        right.append(column_table(y, orders, predictions, groups, 1)["beyond_noise"])
        half = np.where(groups["purchases"] == "2 purchases", 0.5, 1.0)
        wrong.append(column_table(y, orders, predictions.mul(half, axis=0), groups, 1)["beyond_noise"])
    seen = pd.concat(right, axis=1).mean(axis=1).to_numpy().reshape(2, 4)
    assert (seen[:, [0, 1, 3]] > 0.01).all()
    assert (seen[:, [0, 1, 3]] < 0.09).all(), "one in twenty"
    found = pd.concat(wrong, axis=1).mean(axis=1).to_numpy().reshape(2, 4)
    assert (found[1, [0, 1, 3]] > 0.99).all()
    assert found[0].max() < 0.09, "the other group is as it was"


def test_small_groups_are_named_and_no_more() -> None:
    rng = np.random.default_rng(2)
    y, orders, predictions = forecasts(rng, 200)
    names = ["one purchase", "2 purchases", "3 to 5 purchases", "10 purchases and more"]
    purchases = np.repeat(names, [100, 60, 31, 9])
    table = column_table(y, orders, predictions, {"purchases": purchases}, 10)
    assert list(table) == list(COLUMNS)
    assert table["group"].drop_duplicates().to_list() == names, "in their own order"
    few = table[table["group"] == "10 purchases and more"]
    assert few[["customers", "forecast_mean", "realised_mean", "ratio", "ratio_se"]].isna().all(axis=None)
    assert not few["beyond_noise"].any()
    hidden = table.groupby("group")["customers"].first().isna()
    assert hidden.sum() >= 2, "the rest would give the only one away"


def test_who_bought_is_not_told_where_they_are_few() -> None:
    y = orders = np.array([1.0] * 3 + [0.0] * 97 + [1.0] * 50 + [0.0] * 50)
    predictions = pd.concat([ROWS.head(1)] * 200)
    table = column_table(y, orders, predictions, {"purchases": np.repeat(["one purchase", "2 purchases"], 100)}, 10)
    assert of(table, "p_purchase", "one purchase")["customers"] == 100
    assert table[table["group"] == "one purchase"]["ratio"].isna().all()


def test_what_one_split_hides_of_who_bought_once_the_other_does_not_show() -> None:
    rng = np.random.default_rng(3)
    y, orders, predictions = forecasts(rng, 300)
    purchases = np.repeat(["one purchase", "2 purchases", "3 to 5 purchases"], [100, 100, 100])
    overdue = np.repeat(["one purchase", "up to 1 gap", "over 4 gaps"], [100, 195, 5])
    alone = column_table(y, orders, predictions, {"purchases": purchases}, 10)
    assert alone["ratio"].notna().all()
    both = column_table(y, orders, predictions, {"purchases": purchases, "overdue": overdue}, 10)
    shown = both[both["ratio"].notna()].groupby("by")["group"].unique()
    assert "overdue" not in shown or "one purchase" not in shown["overdue"]
    assert shown["purchases"].tolist() == ["3 to 5 purchases"], "the rest of all would give one group away"


def test_a_forecast_of_nothing_has_no_ratio() -> None:
    table = column_table(np.ones(4), np.ones(4), ROWS * 0.0, EVERYONE, 1)
    assert table[["ratio", "ratio_se"]].isna().all(axis=None)
    assert not table["beyond_noise"].any()
