"""The customer base by day, against a slow and obvious count."""

from collections import Counter
from datetime import date

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from clv.features.base import base_days, total_days
from clv.features.block import Block, Clean
from clv.features.past import days_since_epoch
from tests.features.shops import CUSTOMERS, shops


def obvious(clean: Clean) -> pd.DataFrame:
    """The customer base, counted customer by customer and day by day."""
    lines = clean.transactions[clean.transactions["amount_minor"] > 0]
    new: Counter[int] = Counter()
    repeat: Counter[int] = Counter()
    for _, theirs in lines.groupby("customer_id"):
        first, *later = sorted(set(theirs["order_ts"].dt.date))
        new[days_since_epoch(first)] += 1
        repeat.update(days_since_epoch(day) for day in later)
    every = range(min(new), max([*new, *repeat]) + 1)
    return pd.DataFrame(
        {"day": every, "new_customers": [new[d] for d in every], "repeat_orders": [repeat[d] for d in every]}
    )


def part(clean: Clean, customers: set[str]) -> Clean:
    tables = (clean.transactions, clean.customers, clean.touches)
    return Clean(*(table[table["customer_id"].isin(customers)].reset_index(drop=True) for table in tables))


@settings(max_examples=80)
@given(shops(), st.lists(st.integers(0, 2), min_size=len(CUSTOMERS), max_size=len(CUSTOMERS)))
def test_the_days_are_counted_whatever_the_blocks(clean: Clean, block: list[int]) -> None:
    expected = obvious(clean)
    whole = total_days([base_days(Block.of_frames(clean))])
    pd.testing.assert_frame_equal(whole, expected, check_exact=True)
    parts = [part(clean, {c for c, b in zip(CUSTOMERS, block, strict=True) if b == k}) for k in range(3)]
    split = total_days(base_days(Block.of_frames(p)) for p in parts if len(p.transactions))
    pd.testing.assert_frame_equal(split, whole, check_exact=True)


def test_the_days_of_a_shop(clean_shop: Clean) -> None:
    whole = total_days([base_days(Block.of_frames(clean_shop))])
    pd.testing.assert_frame_equal(whole, obvious(clean_shop), check_exact=True)
    bought = clean_shop.transactions[clean_shop.transactions["amount_minor"] > 0]
    assert whole["new_customers"].sum() == bought["customer_id"].nunique()
    assert (whole["day"].diff().dropna() == 1).all()


def test_days_without_a_purchase_are_there() -> None:
    lines = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a", "b"],
            "order_ts": pd.to_datetime(["2024-01-01T09", "2024-01-01T18", "2024-01-04T00", "2024-01-04T23"]),
            "amount_minor": [100, 200, 300, 400],
        }
    )
    nobody = pd.DataFrame({"customer_id": pd.Series(dtype="str")})
    clean = Clean(lines, nobody, nobody.assign(touch_ts=pd.Series(dtype="datetime64[us]")))
    whole = total_days([base_days(Block.of_frames(clean))])
    first = days_since_epoch(date(2024, 1, 1))
    assert whole.to_numpy().tolist() == [[first, 1, 0], [first + 1, 0, 0], [first + 2, 0, 0], [first + 3, 1, 1]]
