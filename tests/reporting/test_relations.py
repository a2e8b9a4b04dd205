"""Which features are correlated with the value that customers had afterwards."""

import numpy as np
import pandas as pd

from clv.features.columns import TARGET
from clv.features.dictionary import feature_list
from clv.features.feature_table import FEATURES
from clv.marketing.description import related_features
from clv.marketing.description.feature_spread import GROUPS, by_quantile, spread
from clv.marketing.description.related_features import FEWEST, leaders, relations
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
        "gap_mean_days": np.where(VALUE < FEWEST - 1, VALUE, np.nan),
        "preferred_category": "a",
        TARGET: VALUE,
    }
)
RELATED = relations(CUSTOMERS, LISTED)


def groups(*names: str, least: int = 1, customers: pd.DataFrame = CUSTOMERS) -> pd.DataFrame:
    """Groups of customers by these features, as in value_by_feature.csv."""
    target = customers[TARGET].to_numpy(float)
    found = [by_quantile(customers[name].to_numpy(float), target, least).assign(feature=name) for name in names]
    return pd.concat(found)


def spreads(*names: str) -> pd.DataFrame:
    """Histograms of these features, as in spread.csv."""
    found = {name: spread(CUSTOMERS[name].to_numpy(float)) for name in names}
    return pd.concat([bins.assign(feature=name, median=median) for name, (bins, median) in found.items()])


def test_the_strongest_relations_come_first_with_their_sign() -> None:
    found = RELATED
    assert found["feature"].to_list() == ["recency_days", "orders_90d", "tenure_days"], "no text, nothing of too few"
    assert found["rho"].iloc[0] == -1.0
    assert found["group"].iloc[1] == "windows"
    chart = show.strongest(found, N, N)
    assert isinstance(chart, Chart)
    assert "recency_days is the strongest, -1.00" in chart.caption
    assert "orange" in chart.caption
    assert "Days since the last purchase" in show.meanings(found, []).html


def test_correlations_are_of_ranks() -> None:
    rng = np.random.default_rng(1)
    customers = CUSTOMERS.assign(orders_90d=rng.poisson(2, N), **{TARGET: rng.exponential(size=N).round(1)})
    rho = relations(customers, LISTED).set_index("feature")["rho"]
    for name in ("orders_90d", "tenure_days"):
        assert rho[name] == round(customers[name].corr(customers[TARGET], method="spearman"), 3)


def test_leaders_are_one_of_each_group_and_known_of_half() -> None:
    found = RELATED
    assert leaders(found, LISTED) == ["recency_days", "orders_90d"]
    assert leaders(found.assign(known_share=[0.4, 1.0, 1.0]), LISTED) == ["orders_90d", "tenure_days"]
    assert leaders(pd.DataFrame(), LISTED) == ["tenure_days", "gap_mean_days", "orders_90d"]


def test_groups_of_customers_rise_with_the_feature_and_keep_equal_values_together() -> None:
    rows = groups("orders_90d")
    assert rows["low"].to_list() == rows["high"].to_list() == [0, 6, 7, 8, 9]
    assert rows["customers"].to_list() == [120, 20, 20, 20, 20]
    assert rows["mean"].to_list() == [59.5, 129.5, 149.5, 169.5, 189.5]
    even = groups("recency_days")
    assert even["customers"].to_list() == [40] * GROUPS
    assert (even["low"].iloc[1], even["high"].iloc[1]) == (41, 80)
    assert groups("gap_mean_days")["customers"].sum() == FEWEST - 1


def test_charts_are_the_same_each_time_and_say_what_they_show() -> None:
    names = ["recency_days", "orders_90d", "gap_mean_days"]
    made = [(show.value_by(RELATED, groups(*names), "EUR"), show.spread(spreads(*names), LISTED)) for _ in range(2)]
    assert made[0] == made[1]
    values, chart = made[0]
    assert isinstance(values, Chart)
    assert "By recency_days, the mean goes from 180 to 20" in values.caption
    assert ">41–80<" in values.svg
    assert "orders_90d 0" in chart.caption


def test_without_a_window_that_is_over_nothing_is_known_but_how_features_are_spread() -> None:
    today = CUSTOMERS.assign(**{TARGET: np.nan})
    found = relations(today, LISTED)
    assert found.empty
    parts = [show.strongest(found, N, N), show.meanings(found, []), show.value_by(found, groups("tenure_days"), "EUR")]
    assert parts == [show.UNLABELLED] * 3
    assert leaders(found, LISTED)


def test_the_meanings_are_those_of_all_pictures() -> None:
    long = pd.concat([RELATED.assign(feature=[f"f{i}_{n}" for n in range(len(RELATED))]) for i in range(6)])
    shown = show.meanings(long.reset_index(drop=True), ["f5_2"]).html
    assert shown.count("<tr>") == 1 + show.SHOWN + 1
    assert "f5_2" in shown
    assert "f5_1" not in shown


def test_of_too_few_customers_no_relation_is_claimed() -> None:
    assert relations(CUSTOMERS.head(FEWEST - 1), LISTED).empty
    assert set(related_features.RELATIONS) <= set(relations(CUSTOMERS.head(FEWEST - 1), LISTED))


def test_groups_of_few_customers_are_not_shown() -> None:
    customers = pd.DataFrame({"orders_90d": [0.0] * 30 + [3.0], TARGET: [1.0] * 30 + [9876.54]})
    means = groups("orders_90d", least=2, customers=customers)
    assert means["mean"].to_list() == [1.0]
    few = show.value_by(RELATED, means, "EUR")
    assert isinstance(few, Table)
    assert "too few customers" in few.html
