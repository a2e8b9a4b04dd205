"""Features see nothing after the cutoff, agree with a slow and obvious computation, and match the dictionary."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from clv.features.columns import CUSTOMER, TARGET, TARGET_ORDERS
from clv.features.dictionary import data_dictionary
from clv.features.history import Clean
from clv.features.snapshot import available_features, make_snapshot
from clv.features.table import FEATURES

CUTOFF = date(2024, 3, 31)
LAST_DAY = date(2024, 11, 30)
HORIZON = 120


def snapshot_bytes(clean: Clean) -> bytes:
    features = make_snapshot(clean, CUTOFF, LAST_DAY, HORIZON).drop(columns=[TARGET, TARGET_ORDERS])
    return features.to_parquet(index=False)


def after(frame: pd.DataFrame, time: str) -> pd.Series:
    return frame[time] >= pd.Timestamp(CUTOFF) + pd.Timedelta(days=1)


def scrambled(clean: Clean) -> Clean:
    """Every event after the cutoff with another customer, amount and product."""
    rng = np.random.default_rng(0)
    lines, touches = clean.transactions.copy(), clean.touches.copy()
    future = after(lines, "order_ts").to_numpy()
    for name in ("customer_id", "amount_minor", "category", "is_eco", "discount_minor"):
        lines.loc[future, name] = rng.permutation(lines.loc[future, name].to_numpy())
    future = after(touches, "touch_ts").to_numpy()
    touches.loc[future, "customer_id"] = rng.permutation(touches.loc[future, "customer_id"].to_numpy())
    return Clean(lines, clean.customers, touches)


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


def obvious(clean: Clean, customer: str) -> dict[str, float | str]:
    """The features of one customer, computed from that customer's rows alone, the slow way."""
    at = pd.Timestamp(CUTOFF)
    lines = clean.transactions[(clean.transactions["customer_id"] == customer) & ~after(clean.transactions, "order_ts")]
    touches = clean.touches[(clean.touches["customer_id"] == customer) & ~after(clean.touches, "touch_ts")]
    profile = clean.customers.set_index("customer_id").loc[customer]
    bought = lines[lines["amount_minor"] > 0]
    by_day = bought.groupby(bought["order_ts"].dt.normalize())["amount_minor"].sum() / 100
    days = by_day.index
    gaps = np.diff(days).astype("timedelta64[D]").astype(float)
    line_age = (at - lines["order_ts"].dt.normalize()).dt.days
    day_age = (at - days).days
    recent = touches[(at - touches["touch_ts"].dt.normalize()).dt.days < 90]

    def spend(newest: int, oldest: float) -> float:
        return float(lines["amount_minor"][(line_age >= newest) & (line_age < oldest)].sum() / 100)

    def orders(newest: int, oldest: int) -> float:
        return float(((day_age >= newest) & (day_age < oldest)).sum())

    mean_gap = gaps.mean() if len(gaps) else np.nan
    tenure, recency, net = float(day_age.max()), float(day_age.min()), spend(0, np.inf)
    gross = by_day.sum()
    expected: dict[str, float | str] = {
        "tenure_days": tenure,
        "recency_days": recency,
        "frequency": len(days) - 1.0,
        "monetary_value": float(by_day.mean()),
        "net_revenue": net,
        "net_revenue_per_day": net / (tenure + 1),
        "net_revenue_last_horizon": spend(0, HORIZON),
        "first_order_value": float(by_day.iloc[0]),
        "gap_mean_days": float(mean_gap),
        "gap_sd_days": float(gaps.std()) if len(gaps) > 1 else np.nan,
        "overdue_ratio": recency / mean_gap if len(gaps) else np.nan,
        "orders_momentum_90d": orders(0, 90) - orders(90, 180),
        "spend_momentum_90d": spend(0, 90) - spend(90, 180),
        "lines_per_day": len(bought) / len(days),
        "return_share": float(-lines["amount_minor"].clip(upper=0).sum() / 100 / gross),
        "categories": float(bought["category"].nunique()),
        "top_category_share": float(bought["category"].value_counts().max() / len(bought)),
        "discount_share": float(
            bought["discount_minor"].sum() / (bought["discount_minor"].sum() + bought["amount_minor"].sum())
        ),
        "eco_share": float(bought["amount_minor"][bought["is_eco"].astype(bool)].sum() / bought["amount_minor"].sum()),
        "touches_90d": float(len(recent)),
        "open_share_90d": float(recent["opened"].astype(float).mean()) if len(recent) else np.nan,
        "click_share_90d": float(recent["clicked"].astype(float).mean()) if len(recent) else np.nan,
        "acquisition_cost": profile["acquisition_cost_minor"] / 100,
        "email_consent": float(profile["email_consent"]),
        **{name: str(profile[name]) for name in ("channel", "campaign", "country", "age_band")},
    }
    for window in (30, 90, 180, 365):
        expected |= {f"orders_{window}d": orders(0, window), f"spend_{window}d": spend(0, window)}
    return expected


def test_every_feature_agrees_with_the_obvious_computation(clean_shop: Clean) -> None:
    snapshot = make_snapshot(clean_shop, CUTOFF, LAST_DAY, HORIZON).set_index(CUSTOMER)
    frequent = snapshot["frequency"].nlargest(20).index
    returning = snapshot["return_share"].nlargest(20).index
    once = snapshot.index[snapshot["frequency"] == 0][:20]
    for customer in sorted({*frequent, *returning, *once}):
        expected = obvious(clean_shop, customer)
        assert set(expected) == {feature.name for feature in FEATURES}, "a feature has no obvious computation here"
        for name, value in expected.items():
            got = snapshot.loc[customer, name]
            assert got == (value if isinstance(value, str) else pytest.approx(value, abs=1e-4, nan_ok=True)), name


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
    assert snapshot[TARGET].sum() == pytest.approx(window["amount_minor"].sum() / 100)
    assert (snapshot[TARGET] == 0).any()
    per_day = window[window["amount_minor"] > 0].assign(day=day).drop_duplicates(["customer_id", "day"])
    assert snapshot[TARGET_ORDERS].sum() == len(per_day)


def test_a_window_that_is_not_over_has_no_target(clean_shop: Clean) -> None:
    snapshot = make_snapshot(clean_shop, LAST_DAY, LAST_DAY, HORIZON)
    assert snapshot[[TARGET, TARGET_ORDERS]].isna().all().all()


def test_missing_columns_switch_their_features_off_and_say_so(clean_shop: Clean) -> None:
    bare = Clean(
        clean_shop.transactions[["customer_id", "order_ts", "amount_minor"]],
        clean_shop.customers[["customer_id"]].head(0),
        clean_shop.touches[["customer_id", "touch_ts"]].head(0),
    )
    present, absent = available_features(bare)
    assert {feature.name for feature in absent} == {feature.name for feature in FEATURES if feature.needs}
    snapshot = make_snapshot(bare, CUTOFF, LAST_DAY, HORIZON)
    assert list(snapshot.columns) == [CUSTOMER, *(feature.name for feature in present), TARGET, TARGET_ORDERS]
    assert "- `category" not in data_dictionary(present, absent)
    assert "- `categories` needs `category`" in data_dictionary(present, absent)


def test_the_dictionary_has_one_row_per_column(clean_shop: Clean) -> None:
    present, absent = available_features(clean_shop)
    assert absent == []
    rows = [
        line.split("|")[1].strip() for line in data_dictionary(present, absent).splitlines() if line.startswith("| `")
    ]
    snapshot = make_snapshot(clean_shop, CUTOFF, LAST_DAY, HORIZON)
    assert rows == [f"`{name}`" for name in snapshot.columns if name != CUSTOMER]
