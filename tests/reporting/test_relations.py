"""Which features go with the value that customers then brought."""

import numpy as np
import pandas as pd

from clv.features.columns import TARGET
from clv.features.dictionary import feature_list
from clv.features.feature_table import FEATURES
from clv.reporting.features import relations as show
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.table import Table

N = 200
VALUE = np.arange(N, dtype=float)
NAMES = ("tenure_days", "recency_days", "gap_mean_days", "orders_90d", "preferred_category")
LISTED = feature_list([f for f in FEATURES if f.name in NAMES], [], dict.fromkeys(NAMES, N), N)
CUSTOMERS = pd.DataFrame(
    {
        "tenure_days": (VALUE * 7) % N,
        "recency_days": N - VALUE,
        "orders_90d": np.where(VALUE < 120, 0, VALUE // 20),
        "gap_mean_days": np.where(VALUE < show.FEWEST - 1, VALUE, np.nan),
        "preferred_category": "a",
        TARGET: VALUE,
    }
)
RELATED = show.relations(CUSTOMERS, LISTED)


def test_the_strongest_relations_come_first_with_their_sign() -> None:
    found = RELATED
    assert found["feature"].to_list() == ["recency_days", "orders_90d", "tenure_days"], "no text, nothing of too few"
    assert found["rho"].iloc[0] == -1.0
    assert found["group"].iloc[1] == "windows"
    chart = show.strongest(found)
    assert isinstance(chart, Chart)
    assert "recency_days goes with it most, -1.00" in chart.caption
    assert "orange" in chart.caption
    assert "Days since the last purchase" in show.meanings(found, []).html


def test_leaders_are_one_of_each_group_and_known_of_half() -> None:
    found = RELATED
    assert show.leaders(found, LISTED) == ["recency_days", "orders_90d"]
    assert show.leaders(found.assign(known_share=[0.4, 1.0, 1.0]), LISTED) == ["orders_90d", "tenure_days"]
    assert show.leaders(pd.DataFrame(), LISTED) == ["tenure_days", "gap_mean_days", "orders_90d"]


def test_groups_of_customers_rise_with_the_feature_and_keep_equal_values_together() -> None:
    rows = show.by_quantile(CUSTOMERS["orders_90d"], CUSTOMERS[TARGET], 1)
    assert rows["label"].to_list() == ["0", "6", "7", "8", "9"]
    assert rows["customers"].to_list() == [120, 20, 20, 20, 20]
    assert rows["mean"].to_list() == [59.5, 129.5, 149.5, 169.5, 189.5]
    even = show.by_quantile(CUSTOMERS["recency_days"], CUSTOMERS[TARGET], 1)
    assert even["customers"].to_list() == [40] * show.GROUPS
    assert even["label"].iloc[1] == "41–80"
    part = show.by_quantile(CUSTOMERS["gap_mean_days"], CUSTOMERS[TARGET], 1)
    assert part["customers"].sum() == show.FEWEST - 1


def test_charts_are_the_same_each_time_and_say_what_they_show() -> None:
    names = ["recency_days", "orders_90d", "gap_mean_days"]
    made = [
        (show.value_by(CUSTOMERS, RELATED, names, "EUR", 1), show.spread(CUSTOMERS, names, LISTED)) for _ in range(2)
    ]
    assert made[0] == made[1]
    values, spread = made[0]
    assert isinstance(values, Chart)
    assert "By recency_days it goes from 180 to 20" in values.caption
    assert "orders_90d 0" in spread.caption


def test_without_a_window_that_is_over_nothing_is_known_but_how_features_are_spread() -> None:
    today = CUSTOMERS.assign(**{TARGET: np.nan})
    found = show.relations(today, LISTED)
    assert found.empty
    parts = [show.strongest(found), show.meanings(found, []), show.value_by(today, found, ["tenure_days"], "EUR", 1)]
    assert parts == [show.UNLABELLED] * 3
    assert isinstance(show.spread(today, show.leaders(found, LISTED), LISTED), Chart)


def test_the_meanings_are_those_of_all_pictures() -> None:
    long = pd.concat([RELATED.assign(feature=[f"f{i}_{n}" for n in range(len(RELATED))]) for i in range(6)])
    shown = show.meanings(long.reset_index(drop=True), ["f5_2"]).html
    assert shown.count("<tr>") == 1 + show.SHOWN + 1
    assert "f5_2" in shown
    assert "f5_1" not in shown


def test_of_too_few_customers_no_relation_is_claimed() -> None:
    assert show.relations(CUSTOMERS.head(show.FEWEST - 1), LISTED).empty


def test_groups_of_few_customers_are_not_shown() -> None:
    values, spent = pd.Series([0.0] * 30 + [3.0]), pd.Series([1.0] * 30 + [9876.54])
    assert show.by_quantile(values, spent, 2)["mean"].to_list() == [1.0]
    few = show.value_by(pd.DataFrame({"orders_90d": values, TARGET: spent}), RELATED, ["orders_90d"], "EUR", 2)
    assert isinstance(few, Table)
    assert "too few customers" in few.html
