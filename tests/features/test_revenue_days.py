"""Net revenue by day and first day, against a slow and obvious sum."""

from collections import Counter
from datetime import date, timedelta

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from clv.features.block import Block, Clean
from clv.features.params import CustomerShares
from clv.features.past import days_since_epoch
from clv.features.revenue_days import of_known, of_new, revenue_days, total_revenue
from clv.features.span import Span
from clv.features.timeline import part_of
from tests.features.shops import CUSTOMERS, FIRST, N_DAYS, shops
from tests.features.test_base import part

SHARES = CustomerShares(0.5, 0.25, 0.25)


def first_days(clean: Clean) -> dict[str, date]:
    bought = clean.transactions[clean.transactions["amount_minor"] > 0]
    return {str(name): theirs["order_ts"].min().date() for name, theirs in bought.groupby("customer_id")}


@settings(max_examples=80)
@given(shops(), st.lists(st.integers(0, 2), min_size=len(CUSTOMERS), max_size=len(CUSTOMERS)))
def test_revenue_is_summed_whatever_the_blocks(clean: Clean, block: list[int]) -> None:
    first = first_days(clean)
    sums: Counter[tuple[str, int, int]] = Counter()
    for line in clean.transactions.itertuples():
        if line.customer_id in first:
            days = (days_since_epoch(first[line.customer_id]), days_since_epoch(line.order_ts.date()))
            sums[(str(part_of([line.customer_id], SHARES)[0]), *days)] += line.amount_minor
    expected = pd.DataFrame(
        [(*key, net) for key, net in sorted(sums.items())], columns=["part", "first_day", "day", "net_minor"]
    )
    whole = total_revenue([revenue_days(Block.of_frames(clean), SHARES)])
    assert whole.to_numpy().tolist() == expected.to_numpy().tolist()
    parts = [part(clean, {c for c, b in zip(CUSTOMERS, block, strict=True) if b == k}) for k in range(3)]
    split = total_revenue(revenue_days(Block.of_frames(p), SHARES) for p in parts if len(p.transactions))
    pd.testing.assert_frame_equal(split, whole, check_exact=True)


@settings(max_examples=60)
@given(shops(), st.integers(0, N_DAYS), st.lists(st.tuples(st.integers(0, N_DAYS), st.integers(0, 90)), min_size=1))
def test_known_and_new_in_spans(clean: Clean, known_by: int, asked: list[tuple[int, int]]) -> None:
    start, first = FIRST.date(), first_days(clean)
    by = start + timedelta(days=known_by)
    spans = [Span(start + timedelta(days=a), start + timedelta(days=a + n), 1) for a, n in asked]
    revenue = total_revenue([revenue_days(Block.of_frames(clean), SHARES)])
    lines = clean.transactions[clean.transactions["customer_id"].isin(first)]
    is_known = lines["customer_id"].map(first) <= by
    day = lines["order_ts"].dt.date
    for of, mask in ((of_known, is_known), (of_new, ~is_known)):
        expected = [lines.loc[mask & (day >= s.first) & (day <= s.last), "amount_minor"].sum() for s in spans]
        assert of(revenue, by, spans).tolist() == expected
