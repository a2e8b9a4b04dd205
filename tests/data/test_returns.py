"""Returns never exceed what was bought before: the vectorised arithmetic against a slow, obvious twin."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from clv.data.lines import Cleaning, Lines
from clv.data.returns import cover, covered, marked

DAY = np.datetime64("2024-01-01")


def lines_of(rows: list[dict[str, object]], **how: object) -> Lines:
    return Lines("transactions", pd.DataFrame(rows), Cleaning(time_zone="UTC", **how))


def line(
    amount: float, day: int = 0, hour: int = 0, customer: str = "a", order: str | None = None
) -> dict[str, object]:
    when = DAY + np.timedelta64(day, "D") + np.timedelta64(hour, "h")
    return {"customer_id": customer, "order_ts": pd.Timestamp(when), "amount": amount, "order_id": order}


def obvious(rows: list[dict[str, object]]) -> list[int]:
    """What is kept of each amount, in cents, found line by line: first within orders, then within customers."""
    cents = [round(100 * float(row["amount"])) for row in rows]

    def in_order(numbers: list[int]) -> list[int]:
        times = [pd.Timestamp(rows[i]["order_ts"]) for i in range(len(rows))]
        return sorted(numbers, key=lambda i: (times[i].normalize(), cents[i] < 0, times[i], i))

    def walk(numbers: list[int]) -> None:
        left = 0
        for i in in_order(numbers):
            if cents[i] < 0:
                cents[i] = -min(left, -cents[i])
            left += cents[i]

    pairs = {(row["customer_id"], row["order_id"]) for row in rows if row["order_id"] is not None}
    returned = {i for i, amount in enumerate(cents) if amount < 0}
    for pair in pairs:
        members = [i for i, row in enumerate(rows) if (row["customer_id"], row["order_id"]) == pair]
        if any(cents[i] > 0 for i in members) and returned & set(members):
            walk(members)
    for customer in {row["customer_id"] for row in rows}:
        walk([i for i, row in enumerate(rows) if row["customer_id"] == customer])
    return cents


LINES = st.builds(
    line,
    amount=st.integers(-9, 9).filter(bool).map(float),
    day=st.integers(0, 4),
    hour=st.integers(0, 2),
    customer=st.sampled_from("ab"),
    order=st.sampled_from(["1", "2", "3", None]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=14))
def test_the_same_as_one_line_after_the_other(rows: list[dict[str, object]]) -> None:
    assert covered(lines_of(rows)).tolist() == obvious(rows)


@settings(max_examples=50, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=14))
def test_to_cut_again_changes_nothing(rows: list[dict[str, object]]) -> None:
    lines = lines_of(rows)
    lines.set_amounts(covered(lines))
    lines.kept &= lines.amounts != 0
    lines.covered = None
    assert covered(lines)[lines.kept].tolist() == lines.amounts[lines.kept].tolist()


def test_sums_of_the_largest_amounts_are_exact() -> None:
    amount = np.array([10**12 - 1] * 999 + [-(10**12)] * 1000)
    n = np.arange(len(amount))
    kept = cover(np.zeros(len(n), dtype="int64"), n, n, amount)
    assert kept.sum() == 0
    assert kept[-2:].tolist() == [-(10**12 - 999), 0]


def test_a_return_of_the_day_may_be_earlier_on_the_clock() -> None:
    assert covered(lines_of([line(10, hour=10), line(-4, hour=0)])).tolist() == [1000, -400]


def test_a_return_takes_from_its_order_first() -> None:
    rows = [line(10, order="1"), line(50, order="2"), line(-20, day=1, order="1"), line(-20, day=2, order="9")]
    assert covered(lines_of(rows)).tolist() == [1000, 5000, -1000, -2000]


def test_orders_of_one_name_belong_to_their_customers() -> None:
    rows = [line(10, order="1"), line(30, order="1", customer="b"), line(-20, day=1, order="1")]
    assert covered(lines_of(rows)).tolist() == [1000, 3000, -1000]


def test_marks_make_returns() -> None:
    rows = [line(10, order="C1"), line(-5, order="C2"), line(7, order="7")]
    assert marked(lines_of(rows)).tolist() == [1000, -500, 700]
    assert marked(lines_of(rows, return_prefix="C")).tolist() == [-1000, -500, 700]
    flags = [{**row, "is_return": flag} for row, flag in zip(rows, [None, "yes", "true"], strict=True)]
    assert marked(lines_of(flags)).tolist() == [1000, -500, -700]
