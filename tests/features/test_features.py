"""Every feature of the table against a slow and obvious computation, in one loop."""

from datetime import date, timedelta
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clv.features import sources
from clv.features.block import Clean
from clv.features.columns import CUSTOMER, TARGET, TARGET_ORDERS
from clv.features.feature_table import FEATURES, FITTED
from clv.features.snapshot import DECIMALS, make_snapshots
from clv.models.btyd.value import OUTPUTS
from tests.features.shops import FIRST, N_DAYS, shops
from tests.features.twins import obvious

# Ages at which windows begin or end, including those of the horizon a year before.
EDGES = [0, 6, 7, 29, 30, 59, 60, 89, 90, 149, 150, 179, 180, 184, 185, 334, 335, 359, 360, 364, 365]
LAST_DAY = FIRST.date() + timedelta(days=N_DAYS - 1)
UNITS = {feature.name: feature.unit for feature in FEATURES}


def check(snapshot: pd.DataFrame, clean: Clean, customer: str, cutoff: date, horizon: int) -> None:
    """Compare every feature of a customer with its twin, to the last digit that is written."""
    got = snapshot.set_index(CUSTOMER).loc[customer]
    for name, value in obvious(clean, customer, cutoff, horizon).items():
        if UNITS[name] == "text":
            assert (None if pd.isna(got[name]) else got[name]) == value, f"{name} of {customer} at {cutoff}"
        else:
            digit = 10.0 ** -DECIMALS[UNITS[name]] if DECIMALS[UNITS[name]] else 1e-9
            close = pytest.approx(value, abs=digit, rel=1e-9, nan_ok=True)
            assert got[name] == close, f"{name} of {customer} at {cutoff}"


def as_known(clean: Clean, cutoff: date) -> Clean:
    """The tables without the events after the cutoff."""
    lines, touches = clean.transactions, clean.touches
    return Clean(
        lines[lines["order_ts"].dt.date <= cutoff], clean.customers, touches[touches["touch_ts"].dt.date <= cutoff]
    )


@settings(
    max_examples=100,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    clean=shops(),
    places=st.lists(
        st.tuples(st.integers(0, 24), st.sampled_from(EDGES) | st.integers(0, 400)), min_size=1, max_size=3
    ),
    horizon=st.sampled_from([30, 180, 400]),
)
def test_every_feature_agrees_with_the_obvious_computation(
    clean: Clean, places: list[tuple[int, int]], horizon: int
) -> None:
    """The cutoffs put an event at the edge of a window."""
    days = clean.transactions["order_ts"].dt.date.to_list()
    cutoffs = sorted({days[line % len(days)] + timedelta(days=age) for line, age in places})
    with patch.object(sources, "MIN_CUSTOMERS", 2):
        for cutoff, snapshot in make_snapshots(clean, cutoffs, LAST_DAY, horizon).items():
            known = make_snapshots(as_known(clean, cutoff), [cutoff], LAST_DAY, horizon)[cutoff]
            features = known.columns.drop([TARGET, TARGET_ORDERS])  # without touches before the cutoff, some are absent
            pd.testing.assert_frame_equal(snapshot[features], known[features], check_exact=True)
            day = clean.transactions["order_ts"].dt.date
            bought = clean.transactions[(day <= cutoff) & (clean.transactions["amount_minor"] > 0)]
            assert snapshot[CUSTOMER].to_list() == sorted(set(bought["customer_id"]))
            for customer in snapshot[CUSTOMER]:
                check(snapshot, clean, customer, cutoff, horizon)


@pytest.mark.parametrize("horizon", [30, 180, 400])
def test_windows_begin_and_end_on_the_right_day(clean_shop: Clean, horizon: int) -> None:
    """One customer buys, gets an e-mail and returns goods on one day, seen at every age that is an edge."""
    lines = clean_shop.transactions[clean_shop.transactions["amount_minor"] < 0].head(1)
    day, ours = lines["order_ts"].iloc[0].normalize(), {CUSTOMER: lines["customer_id"].iloc[0]}
    bought = lines.assign(amount_minor=lines["amount_minor"].abs() * 2, discount_minor=100, order_ts=day)
    clean = Clean(
        pd.concat([bought, lines.assign(order_ts=day + pd.Timedelta(hours=23))], ignore_index=True),
        clean_shop.customers[clean_shop.customers[CUSTOMER] == ours[CUSTOMER]],
        clean_shop.touches.head(1).assign(**ours, touch_ts=day, opened=True, clicked=True),
    )
    with patch.object(sources, "MIN_CUSTOMERS", 1):
        cutoffs = [(day + pd.Timedelta(days=age)).date() for age in EDGES]
        for cutoff, snapshot in make_snapshots(clean, cutoffs, LAST_DAY, horizon).items():
            check(snapshot, clean, ours[CUSTOMER], cutoff, horizon)


@pytest.mark.parametrize(
    ("amounts", "spread"),
    [([100_000_337] * 7, 0.0), ([10**9 - 100, 10**9, 10**9 + 100], 0.8165), ([10**11 - 1, 10**11 + 1], 0.01)],
)
def test_large_amounts_lose_no_digit_of_their_spread(amounts: list[int], spread: float) -> None:
    days = [FIRST + pd.Timedelta(days=i) for i in range(len(amounts))]
    lines = pd.DataFrame({CUSTOMER: "a", "order_ts": days, "amount_minor": amounts})
    nobody = pd.DataFrame({CUSTOMER: pd.Series(dtype="str")})
    clean = Clean(lines, nobody, nobody.assign(touch_ts=pd.Series(dtype="datetime64[us]")))
    snapshot = make_snapshots(clean, [LAST_DAY], LAST_DAY, 30)[LAST_DAY]
    assert snapshot["order_value_sd"].iloc[0] == spread == pytest.approx(np.std(amounts) / 100, abs=1e-4)


def test_every_feature_agrees_on_a_shop_too(clean_shop: Clean) -> None:
    cutoff = date(2024, 3, 31)
    snapshot = make_snapshots(clean_shop, [date(2023, 9, 1), cutoff], date(2024, 11, 30), 120)[cutoff]
    assert snapshot["channel_category_quality"].notna().any()
    by_orders = snapshot.sort_values("frequency", ascending=False)[CUSTOMER].to_list()
    for customer in [*by_orders[:15], *by_orders[100:110], *by_orders[-15:]]:
        check(snapshot, clean_shop, customer, cutoff, 120)


def test_every_feature_has_an_obvious_twin(clean_shop: Clean) -> None:
    """Without a twin, a feature is only compared with itself: see test_snapshot.py."""
    twins = set(obvious(clean_shop, "C0000003", date(2024, 11, 30), 120))
    names = [feature.name for feature in FEATURES]
    assert twins <= set(names), "a twin of a feature that is not there"
    if missing := sorted(set(names) - twins):
        pytest.skip(f"no obvious computation in tests/features/twins.py of: {', '.join(missing)}")


def test_names_and_units_are_in_order() -> None:
    names = [feature.name for feature in (*FEATURES, *FITTED)]
    assert len(set(names)) == len(names)
    for feature in FEATURES:
        assert feature.unit == "text" or feature.unit in DECIMALS, feature.name
        assert feature.description[0].isupper() or feature.description[0].isdigit(), feature.name
        assert not feature.description.endswith("."), feature.name
        assert not feature.name.endswith("_days") or feature.unit == "days", feature.name
        assert not feature.name.endswith("_share") or feature.unit == "share", feature.name


def test_what_models_fit_is_described() -> None:
    assert tuple(feature.name for feature in FITTED) == OUTPUTS
    assert all(feature.compute is None for feature in FITTED)
