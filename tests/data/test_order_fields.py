"""Fields that stand on one line of an order hold for its other lines."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clv.data import lines as lines_module
from clv.data.cleaning import Cleaned, clean_table
from clv.data.lines import Cleaning, Lines

HOW = Cleaning(time_zone="UTC")
COLUMNS = ["customer_id", "order_ts", "amount", "order_id"]


def clean(rows: list[tuple[object, ...]], columns: list[str] = COLUMNS, how: Cleaning = HOW) -> Cleaned:
    return clean_table("transactions", pd.DataFrame(rows, columns=columns), how)


def test_further_lines_take_customer_and_time() -> None:
    result = clean(
        [("a", "2024-01-01T10:00", 5, "1"), ("", None, 3, "1"), (None, " ", 2, "1"), ("b", "2024-02-01", 1, "2")]
    )
    assert result.clean["customer_id"].to_list() == ["a", "a", "a", "b"]
    assert result.clean["order_ts"].astype("str").to_list()[:3] == ["2024-01-01 10:00:00"] * 3
    assert result.counts["inherited_field"] == 2
    assert len(result.rejected) == 0


def test_a_refund_finds_its_customer_and_keeps_its_time() -> None:
    result = clean([(None, "2024-03-01", -4, "1"), ("a", "2024-01-01", 5, "1")])
    assert result.clean["customer_id"].to_list() == ["a", "a"]
    assert result.clean["order_ts"].dt.month.to_list() == [1, 3]


def test_an_order_of_two_customers_has_none() -> None:
    result = clean([("a", "2024-01-01", 5, "1"), ("b", "2024-01-01", 5, "1"), (None, "2024-01-01", 5, "1")])
    assert result.counts["blank_customer_id"] == 1
    assert result.counts["inherited_field"] == 0


def test_a_time_comes_from_the_same_customer_and_the_first_row() -> None:
    rows = [("b", "2023-01-01", 5, "1"), ("a", None, 5, "1"), ("a", "2024-01-02", 5, "1"), ("a", "2024-01-01", 5, "1")]
    result = clean(rows)
    assert result.clean.loc[result.clean["customer_id"] == "a", "order_ts"].dt.day.to_list() == [1, 2, 2]
    assert clean([("b", "2023-01-01", 5, "1"), ("a", None, 5, "1")]).counts["unparseable_date"] == 1


def test_what_cannot_be_read_is_not_blank() -> None:
    result = clean([("a", "2024-01-01", 5, "1"), ("a", "soon", 5, "1")])
    assert result.counts["unparseable_date"] == 1
    assert result.counts["inherited_field"] == 0


@pytest.mark.parametrize("order", [None, "", "0", "-1", "n/a", "(not set)"])
def test_what_is_no_order_joins_nothing(order: str | None) -> None:
    result = clean([("a", "2024-01-01", 5, order), (None, "2024-01-01", 3, order), ("a", None, 3, order)])
    assert result.counts["inherited_field"] == 0
    assert len(result.clean) == 1


def test_without_order_ids_nothing_changes() -> None:
    result = clean([("a", "2024-01-01", 5), (None, "2024-01-01", 3)], COLUMNS[:3])
    assert result.counts["blank_customer_id"] == 1
    assert result.counts["inherited_field"] == 0


def test_ids_are_compared_without_blanks_and_case_where_that_is_on() -> None:
    rows = [("A ", "2024-01-01", 5, "1 "), ("a", "2024-01-01", 3, "1"), (None, "2024-01-01", 2, " 1")]
    assert clean(rows, how=Cleaning(time_zone="UTC", ignore_id_case=True)).clean["customer_id"].to_list() == ["a"] * 3
    assert clean(rows).counts["blank_customer_id"] == 1


def test_a_state_is_that_of_what_was_bought_not_of_its_refund() -> None:
    columns = [*COLUMNS, "status"]
    first_alone = [("a", "2024-01-01", 5, "1", "cancelled"), ("a", "2024-01-01", 3, "1", None)]
    assert len(clean(first_alone, columns).clean) == 0
    refund_first = [
        ("a", "2024-01-05", -2, "1", "refunded"),
        ("a", "2024-01-01", 5, "1", None),
        ("a", "2024-01-01", 3, "1", "paid"),
    ]
    assert clean(refund_first, columns).clean["amount_minor"].sum() == 600
    assert clean(refund_first[:2], columns).clean["amount_minor"].sum() == 300, "a line without a state is a sale"


@pytest.mark.parametrize(("status", "net"), [("paid", 1000), ("voided", 0), ("refunded", 0)])
def test_a_line_below_zero_by_the_discount_of_its_order_gives_its_state(status: str, net: int) -> None:
    columns = ["customer_id", "order_ts", "order_id", "status", "quantity", "unit_price", "discount"]
    rows = [("a", "2024-01-01", "1", status, 1, 5, 20), ("a", "2024-01-01", "1", None, 1, 25, None)]
    assert clean(rows, columns).clean["amount_minor"].sum() == net


def test_typed_columns_inherit_too() -> None:
    frame = pd.DataFrame(
        {
            "customer_id": [7.0, np.nan],
            "order_ts": pd.to_datetime(["2024-01-01T23:30Z", None], utc=True),
            "amount": [5.0, 3.0],
            "order_id": [1, 1],
        }
    )
    result = clean_table("transactions", frame, Cleaning(time_zone="Europe/Berlin"))
    assert result.clean["customer_id"].to_list() == ["7", "7"]
    assert result.clean["order_ts"].dt.day.to_list() == [2, 2]


def test_where_nothing_is_blank_no_order_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("an order was looked up")

    monkeypatch.setattr(lines_module.order_fields, "is_placeholder", never)
    monkeypatch.setattr(lines_module.order_fields.pc, "index_in", never)
    assert len(clean([("a", "2024-01-01", 5, "1"), ("a", "2024-01-02", 5, None)]).clean) == 2


CELLS = st.tuples(
    st.sampled_from(["a", "b", None]),
    st.sampled_from(["2024-01-01", "2024-01-02", None]),
    st.sampled_from(["1", "2", "0", None]),
)


def obvious(rows: list[tuple[str | None, str | None, str | None]]) -> list[tuple[str | None, str | None]]:
    """Customer and time of each row, found by plain loops."""
    owner = []
    for customer, _, order in rows:
        of = {row[0] for row in rows if row[2] == order and row[0]} if order not in ("0", None) else set()
        owner.append(customer or (next(iter(of)) if len(of) == 1 else None))
    times = []
    for i, (_, time, order) in enumerate(rows):
        same = [j for j in range(len(rows)) if rows[j][2] == order and owner[j] == owner[i] and rows[j][1]]
        may = time is None and order not in ("0", None) and owner[i] is not None
        times.append(rows[same[0]][1] if may and same else time)
    return list(zip(owner, times, strict=True))


@settings(max_examples=200, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=8))
def test_every_row_gets_what_a_slow_search_finds(rows: list[tuple[str | None, str | None, str | None]]) -> None:
    raw = pd.DataFrame(rows, columns=["customer_id", "order_ts", "order_id"], dtype="str").assign(amount="1")
    columns = Lines("transactions", raw, HOW).columns

    def text(value: object) -> str | None:
        return None if pd.isna(value) else str(value)[:10]

    got = [(text(c), text(t)) for c, t in zip(columns["customer_id"], columns["order_ts"], strict=True)]
    assert got == obvious(rows)


ORDERS = ["Name", "Email", "Created at", "Total", "quantity", "price", "sku", "discount"]


def test_an_export_with_the_order_on_its_first_line_by_total_and_by_lines() -> None:
    """Three orders as Shopify exports them: two lines, one line, and two lines of a guest without an e-mail address."""
    rows = [
        ("#1", "a", "2024-01-01", "25.40", "1", "10.00", "p", "2.00"),
        ("#1", None, None, None, "2", "6.25", "q", None),
        ("#2", "b", "2024-01-02", "9.90", "1", "5.00", "p", "0.00"),
        ("#3", None, "2024-01-03", "9.90", "1", "5.00", "p", "0.00"),
        ("#3", None, None, None, "1", "4.00", "q", None),
    ]
    raw = pd.DataFrame(rows, columns=ORDERS).rename(
        columns={"Name": "order_id", "Email": "customer_id", "Created at": "order_ts"}
    )
    total = raw.rename(columns={"Total": "amount"})[[*COLUMNS]]
    result = clean_table("transactions", total, Cleaning(time_zone="UTC", grain="orders"))
    assert result.clean["amount_minor"].to_list() == [2540, 990]
    assert result.counts["further_line"] == 1
    assert result.counts["blank_customer_id"] == 2
    assert result.bad_share == 0.4, "the guest's lines, not the further one"
    by_lines = raw.rename(columns={"quantity": "quantity", "price": "unit_price", "sku": "product_id"})
    result = clean_table("transactions", by_lines.drop(columns="Total"), HOW)
    assert sorted(result.clean["amount_minor"]) == [500, 800, 1250]


def test_an_infinite_date_is_not_blank() -> None:
    days = pd.Series(np.array(["2024-01-01", "294247-01-10"], dtype="datetime64[us]"))
    frame = pd.DataFrame({"customer_id": "a", "order_ts": days.dt.tz_localize("UTC"), "amount": 1.0, "order_id": "1"})
    assert clean_table("transactions", frame, HOW).counts["unparseable_date"] == 1
