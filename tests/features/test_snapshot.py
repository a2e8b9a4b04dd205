"""Snapshots see nothing after the cutoff, depend on nothing but their customers' own past, and match the dictionary."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from clv.features.block import Block, Clean
from clv.features.columns import CUSTOMER, TARGET, TARGET_ORDERS
from clv.features.dictionary import data_dictionary, feature_list
from clv.features.feature_table import FEATURES, FITTED
from clv.features.snapshot import available_features, make_snapshot, make_snapshots, schema, snapshot_of
from clv.features.sources import SOURCES, first_windows, source_means

CUTOFF = date(2024, 3, 31)
LAST_DAY = date(2024, 11, 30)
HORIZON = 120
COLUMNS = {
    f"{table}.{name}"
    for table, names in {
        "transactions": "customer_id order_ts amount_minor order_id product_id category quantity unit_price_minor "
        "discount_minor is_eco",
        "customers": "customer_id channel campaign acquisition_cost_minor country age_band email_consent",
        "touches": "customer_id touch_ts kind opened clicked",
    }.items()
    for name in names.split()
}


def snapshot_bytes(clean: Clean, cutoff: date = CUTOFF) -> bytes:
    features = make_snapshot(clean, cutoff, LAST_DAY, HORIZON).drop(columns=[TARGET, TARGET_ORDERS])
    return features.to_parquet(index=False)


def after(frame: pd.DataFrame, time: str) -> pd.Series:
    return frame[time] >= pd.Timestamp(CUTOFF) + pd.Timedelta(days=1)


def scrambled(clean: Clean) -> Clean:
    """Every event after the cutoff, with the values of other events in every column except the time, and new labels."""
    rng = np.random.default_rng(0)
    tables = []
    for table, time in ((clean.transactions, "order_ts"), (clean.touches, "touch_ts")):
        changed, future = table.copy(), after(table, time).to_numpy()
        for name in changed.columns.drop(time):
            changed.loc[future, name] = changed.loc[future, name].to_numpy()[rng.permutation(future.sum())]
        tables.append(changed)
    later = np.flatnonzero(after(tables[0], "order_ts"))
    tables[0].loc[later[:500], "category"] = "a category of the future"
    tables[0].loc[later[:500], "amount_minor"] *= 1000
    return Clean(tables[0], clean.customers, tables[1])


def deleted(clean: Clean) -> Clean:
    lines, touches = clean.transactions, clean.touches
    return Clean(lines[~after(lines, "order_ts")], clean.customers, touches[~after(touches, "touch_ts")])


def shuffled(clean: Clean) -> Clean:
    return Clean(
        *(frame.sample(frac=1, random_state=1) for frame in (clean.transactions, clean.customers, clean.touches))
    )


@pytest.mark.parametrize("change", [scrambled, deleted, shuffled])
def test_the_bytes_of_features_do_not_depend_on_the_future_or_on_row_order(
    clean_shop: Clean, change: Callable[[Clean], Clean]
) -> None:
    changed = change(clean_shop)
    assert snapshot_bytes(changed) == snapshot_bytes(clean_shop)
    if change is not shuffled:
        assert after(clean_shop.transactions, "order_ts").sum() > 500
        target = make_snapshot(clean_shop, CUTOFF, LAST_DAY, HORIZON)[TARGET]
        assert not make_snapshot(changed, CUTOFF, LAST_DAY, HORIZON)[TARGET].equals(target), (
            "the change changed nothing"
        )
        assert snapshot_bytes(changed, LAST_DAY) != snapshot_bytes(clean_shop, LAST_DAY), "the change changed nothing"


def only(clean: Clean, customers: list[str]) -> Clean:
    return Clean(
        *(frame[frame[CUSTOMER].isin(customers)] for frame in (clean.transactions, clean.customers, clean.touches))
    )


def test_every_feature_of_a_customer_alone_is_that_of_the_batch(clean_shop: Clean) -> None:
    """Neither other customers nor other cutoffs matter. A new feature is covered without further tests."""
    cutoffs = [CUTOFF - timedelta(days=90), CUTOFF, LAST_DAY]
    whole = make_snapshots(clean_shop, cutoffs, LAST_DAY, HORIZON)
    means = source_means([first_windows(Block.of_frames(clean_shop))], cutoffs)
    features, _ = available_features(COLUMNS)
    compared = 0
    for customers in (["C0000007"], ["C0000100"], ["C0000003", "C0000400", "C0000950", "C0001400"]):
        block = Block.of_frames(only(deleted(clean_shop), customers))
        alone = snapshot_of(block, CUTOFF, LAST_DAY, HORIZON, features, means[CUTOFF]).to_pandas()
        batch = whole[CUTOFF][whole[CUTOFF][CUSTOMER].isin(customers)].reset_index(drop=True)
        names = [CUSTOMER, *(feature.name for feature in FEATURES)]
        pd.testing.assert_frame_equal(alone[names], batch[names], check_exact=True)
        compared += len(alone)
    assert compared >= 4


def test_one_row_per_customer_who_had_bought(clean_shop: Clean) -> None:
    snapshot = make_snapshot(clean_shop, CUTOFF, LAST_DAY, HORIZON)
    lines = clean_shop.transactions
    before = lines[~after(lines, "order_ts") & (lines["amount_minor"] > 0)]
    assert snapshot[CUSTOMER].to_list() == sorted(before["customer_id"].unique())


def test_the_target_is_the_net_revenue_of_the_window(clean_shop: Clean) -> None:
    snapshot = make_snapshot(clean_shop, CUTOFF, LAST_DAY, HORIZON).set_index(CUSTOMER)
    lines = clean_shop.transactions
    day = lines["order_ts"].dt.date
    window = lines[
        (day > CUTOFF) & (day <= CUTOFF + timedelta(days=HORIZON)) & lines["customer_id"].isin(snapshot.index)
    ]
    revenue = window.groupby("customer_id")["amount_minor"].sum() / 100
    pd.testing.assert_series_equal(
        snapshot[TARGET], revenue.reindex(snapshot.index, fill_value=0.0), check_names=False, check_index_type=False
    )
    assert (snapshot[TARGET] == 0).any()
    per_day = window[window["amount_minor"] > 0].assign(day=day).drop_duplicates(["customer_id", "day"])
    assert snapshot[TARGET_ORDERS].sum() == len(per_day)


def test_a_window_that_is_not_over_has_no_target(clean_shop: Clean) -> None:
    snapshot = make_snapshot(clean_shop, LAST_DAY, LAST_DAY, HORIZON)
    assert snapshot[[TARGET, TARGET_ORDERS]].isna().all().all()


def test_a_cutoff_before_everything_gives_no_rows(clean_shop: Clean) -> None:
    snapshot = make_snapshot(clean_shop, date(2020, 1, 1), LAST_DAY, HORIZON)
    assert len(snapshot) == 0
    assert list(snapshot.columns) == schema(FEATURES).names


def test_missing_columns_switch_their_features_off_and_say_so(clean_shop: Clean) -> None:
    bare = Clean(
        clean_shop.transactions[["customer_id", "order_ts", "amount_minor"]],
        clean_shop.customers[["customer_id"]].head(0),
        clean_shop.touches[["customer_id", "touch_ts"]].head(0),
    )
    present, absent = available_features(f"transactions.{name}" for name in bare.transactions.columns)
    assert {feature.name for feature in absent} == {feature.name for feature in FEATURES if feature.needs}
    snapshot = make_snapshot(bare, CUTOFF, LAST_DAY, HORIZON)
    names = [feature.name for feature in present]
    assert list(snapshot.columns) == [CUSTOMER, *names, TARGET, TARGET_ORDERS]
    whole = make_snapshot(clean_shop, CUTOFF, LAST_DAY, HORIZON)
    pd.testing.assert_frame_equal(snapshot[names], whole[names], check_exact=True)
    assert "- `categories` needs `transactions.category`" in data_dictionary(present, absent)
    rows = feature_list(present, absent, dict.fromkeys(names, 5), 10).set_index("feature")
    assert rows.loc["tenure_days", "known_share"] == 0.5
    assert rows.loc["channel_category_quality", "needs"] == "customers.channel transactions.category"
    assert list(rows.index) == [*names, *(f.name for f in FITTED), *(f.name for f in absent)]
    assert rows.loc["acquisition_cost", "needs"] == "customers.acquisition_cost", "as the input calls it"
    assert rows["status"].value_counts().to_dict() == {
        "present": len(present),
        "fitted": len(FITTED),
        "absent": len(absent),
    }


def test_needs_are_columns_of_clean_tables() -> None:
    assert {name for feature in FEATURES for name in feature.needs} <= COLUMNS


def test_each_missing_column_alone_is_borne(clean_shop: Clean) -> None:
    """No feature reads a column that is not among its `needs`."""
    tables = {"transactions": clean_shop.transactions, "customers": clean_shop.customers, "touches": clean_shop.touches}
    required = {"customer_id", "order_ts", "amount_minor", "touch_ts"}
    for table, frame in tables.items():
        for column in set(frame.columns) - required:
            without = Clean(**(tables | {table: frame.drop(columns=column)}))
            snapshot = make_snapshot(without, CUTOFF, LAST_DAY, HORIZON)
            gone = {feature.name for feature in FEATURES if f"{table}.{column}" in feature.needs}
            assert set(schema(FEATURES).names) - set(snapshot.columns) == gone, column


def test_the_dictionary_has_one_row_per_column(clean_shop: Clean) -> None:
    present, absent = available_features(COLUMNS)
    assert absent == []
    lines = [line.split("|") for line in data_dictionary(present, absent).splitlines() if line.startswith("| `")]
    described = {row[1].strip().strip("`"): row[2].strip() for row in lines}
    snapshot = make_snapshot(clean_shop, CUTOFF, LAST_DAY, HORIZON)
    fitted = [feature.name for feature in FITTED]
    assert list(described) == [*snapshot.columns.drop(CUSTOMER), *fitted]
    for name, unit in described.items():
        if name in snapshot:
            assert (unit == "text") == (snapshot[name].dtype == "str"), name
    for unit, low, high in (("share", 0, 1), ("flag", 0, 1), ("count", -np.inf, np.inf)):
        values = snapshot[[name for name, of in described.items() if of == unit and name in snapshot]]
        assert values.min().min() >= low, unit
        assert values.max().max() <= high, unit
        if unit in ("flag", "count"):
            assert (values.dropna() % 1 == 0).all().all(), unit


def test_sources_are_judged_by_windows_that_are_over(clean_shop: Clean) -> None:
    windows = first_windows(Block.of_frames(clean_shop))
    assert set(windows["source"]) == set(SOURCES)
    means = source_means([windows], [date(2023, 1, 31), CUTOFF])
    assert means[date(2023, 1, 31)] == {}, "nobody's first 90 days are over within a month"
    assert set(means[CUTOFF]["channel"]) == set(clean_shop.customers["channel"])
    halves = [windows.iloc[::2], windows.iloc[1::2]]
    assert source_means(halves, [CUTOFF])[CUTOFF] == means[CUTOFF], "blocks add up"


def test_a_label_of_others_leaves_no_trace(clean_shop: Clean, tmp_path: Path) -> None:
    """Parquet would keep the whole dictionary of a text column, with the labels of rows that are not in the table."""
    later = clean_shop.transactions.head(1).assign(category="a label of the future", order_ts=pd.Timestamp(LAST_DAY))
    lines = pd.concat([clean_shop.transactions, later])
    block = Block.of_frames(Clean(lines, clean_shop.customers, clean_shop.touches))
    features, _ = available_features(COLUMNS)
    table = snapshot_of(block, date(2023, 1, 10), LAST_DAY, HORIZON, features, {})
    assert 0 < table.num_rows < 60
    here = set(table["preferred_category"].to_pylist()) | set(table["first_category"].to_pylist())
    pq.write_table(table, tmp_path / "plain", compression="none")
    content = (tmp_path / "plain").read_bytes()
    assert all(label.encode() in content for label in here)
    assert b"a label of the future" not in content
