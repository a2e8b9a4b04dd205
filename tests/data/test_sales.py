"""Which lines are sales by the state of their order, and what happens to returns of lines that are not sales."""

import pandas as pd
import pytest

from clv.data.cleaning import Cleaned, clean_table
from clv.data.lines import Cleaning
from clv.data.sale_findings import examine
from clv.data.statuses import Statuses

HOW = Cleaning(time_zone="UTC")


def clean(*rows: tuple[object, ...], how: Cleaning = HOW, **more: list[object]) -> Cleaned:
    """Clean lines of (customer, amount, order, status), a day apart."""
    raw = pd.DataFrame(rows, columns=["customer_id", "amount", "order_id", "status"]).assign(**more)
    raw.insert(1, "order_ts", pd.date_range("2024-01-01", periods=len(raw)).astype("str"))
    return clean_table("transactions", raw, how)


def net(result: Cleaned) -> float:
    return result.clean["amount_minor"].sum() / 100


def set_aside(result: Cleaned) -> list[int]:
    return result.rejected.loc[result.rejected["reason"] == "not_a_sale", "row"].to_list()


def test_only_what_was_sold_counts_and_status_is_not_carried_on() -> None:
    states = ["Completed", "cancelled", "refunded", "wc-failed", "pending", None, " ", "partially_refunded"]
    result = clean(*[("a", 2**i, str(i), state) for i, state in enumerate(states)])
    assert net(result) == 1 + 32 + 64 + 128
    assert set_aside(result) == [1, 2, 3, 4]
    assert result.bad_share == 0
    assert "status" not in result.clean.columns
    quality = result.quality.set_index("rule").loc["not_a_sale"]
    assert quality["revenue_minor"] == 100 * (2 + 4 + 8 + 16)
    assert quality["examples"] == "row 1: 'cancelled'; row 2: 'refunded'; row 3: 'wc-failed'"


def test_a_customer_without_a_sale_is_none() -> None:
    assert clean(("a", 5, "1", "paid"), ("b", 5, "2", "voided")).clean["customer_id"].to_list() == ["a"]


def test_an_unknown_state_counts_and_is_flagged() -> None:
    result = clean(("a", 5, "1", "paid"), ("a", 5, "2", "geliefert"), ("a", 3, "3", "storniert"))
    assert net(result) == 13
    assert result.counts["unknown_status"] == 2
    finding = next(found for found in examine(result) if found.flagged)
    assert "2 transaction lines" in finding.text
    assert "'geliefert'" in finding.text
    assert "preprocess.sale_statuses" in finding.remedy
    own = clean(
        ("a", 5, "1", "paid"),
        ("a", 5, "2", "geliefert"),
        ("a", 3, "3", "storniert"),
        how=Cleaning(time_zone="UTC", statuses=Statuses(("geliefert",), ("storniert",))),
    )
    assert (net(own), own.counts["unknown_status"], set_aside(own)) == (10, 0, [2])


def test_returns_go_with_the_order_that_is_set_aside_whole() -> None:
    result = clean(
        ("a", 50, "1", "paid"),
        ("a", 30, "2", "refunded"),
        ("a", -30, "2", "refunded"),
        ("a", -10, "2", None),  # a second refund, of shipping
        ("b", 20, "3", "paid"),
        ("b", -20, "3", "refunded"),
    )
    assert set_aside(result) == [1, 2, 3]
    assert net(result) == 50, "the refund of an order that counts stays"
    assert result.counts["return_without_purchase"] == 0


def test_a_refund_of_an_order_that_still_counts_stays() -> None:
    result = clean(("a", 50, "1", "paid"), ("a", -20, "1", "refunded"), ("a", -5, None, "refunded"))
    assert set_aside(result) == []
    assert net(result) == 25


def test_a_line_taken_back_is_not_taken_back_twice() -> None:
    lines = [("a", 30, "1", "completed"), ("a", 20, "1", "refunded"), ("a", -20, "1", "refunded")]
    assert net(clean(*lines)) == 30
    assert net(clean(*lines, ("a", -20, "1", "refunded"))) == 10, "the second return is one of what was sold"
    product = {"product_id": ["p", "q", "p"]}
    assert net(clean(*lines, **product)) == 10, "it returns another product"


def test_without_the_name_of_its_order_a_return_is_of_the_same_amount() -> None:
    for order in (None, "R-1"):
        lines = [("a", 50, "1", "paid"), ("a", 30, "2", "refunded"), ("a", -30, order, "refunded")]
        assert net(clean(*lines)) == 50, order
        assert net(clean(*lines, ("b", 9, "9", "paid"), ("b", -4, order, "completed"))) == 55, order
    named = [("a", 50, "1", "paid"), ("a", 30, "2", "refunded"), ("a", -30, "1", "completed")]
    assert net(clean(*named)) == 20, "its returns are stated"
    never = [("a", 30, "1", "paid"), ("a", 30, "2", "failed"), ("a", -30, None, "completed")]
    assert net(clean(*never)) == 0, "what failed cannot be returned"


def test_without_order_ids_too() -> None:
    raw = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a"],
            "order_ts": ["2024-01-01", "2024-01-02", "2024-01-03"],
            "amount": [50, 30, -30],
            "status": ["paid", "refunded", "refunded"],
        }
    )
    assert net(clean_table("transactions", raw, HOW)) == 50


def test_a_refund_that_did_not_come_about_takes_nothing() -> None:
    result = clean(("a", 50, "1", "paid"), ("a", -20, "1", "failed"), ("a", -10, "1", "cancelled"))
    assert set_aside(result) == [1]
    assert net(result) == 40


def test_another_customer_with_the_same_order_id_is_left_alone() -> None:
    result = clean(
        ("a", 50, "1", "cancelled"), ("b", 50, "1", "paid"), ("b", -20, "1", "refunded"), ("c", 9, "2", "paid")
    )
    assert net(result) == 50 - 20 + 9
    assert set_aside(result) == [0]


def test_amounts_that_a_cancelled_order_lost_are_not_bad() -> None:
    result = clean(("a", 5, "1", "paid"), ("a", None, "2", "cancelled"), ("a", 0, "3", "cancelled"))
    assert set_aside(result) == [1, 2]
    assert result.bad_share == 0


def test_marked_returns_are_returns() -> None:
    result = clean(("a", 50, "1", "paid"), ("a", 20, "1", "refunded"), is_return=[False, True])
    assert net(result) == 30


def test_an_order_that_is_no_order_joins_nothing() -> None:
    result = clean(("a", 50, "0", "cancelled"), ("a", 30, "0", "paid"), ("a", -10, "0", "completed"))
    assert net(result) == 20


@pytest.mark.parametrize("status", ["paid", "weird"])
def test_nothing_is_set_aside_where_nothing_says_so(status: str) -> None:
    assert set_aside(clean(("a", 50, "1", status), ("a", -50, "1", status))) == []


@pytest.mark.parametrize(("n", "reported"), [(3, True), (400, False)])
def test_lines_that_repeat_are_reported_where_they_may_be_units(n: int, reported: bool) -> None:
    """A few such lines among many are slips, and are not reported."""
    raw = pd.DataFrame({"customer_id": "a", "amount": 5.0, "product_id": "p", "order_id": [f"o{i}" for i in range(n)]})
    raw["order_ts"] = pd.Timestamp("2024-01-01")
    found = examine(clean_table("transactions", pd.concat([raw, raw.head(1)]), HOW))
    said = "1 transaction lines (25.0%), worth 5.00, repeat a line of the same order, time and amount, and are"
    assert [finding.text.startswith(said) for finding in found] == [True] * reported
    assert all("product_id to ''" in finding.remedy and not finding.flagged for finding in found)
