"""Amounts beside quantity and price: signs, sizes, lines without an amount, and amounts that look like margins."""

import pandas as pd
import pytest

from clv.data.cleaning import Cleaned, clean_table
from clv.data.lines import Cleaning
from clv.data.sale_findings import examine

LINE = {"customer_id": "a", "order_ts": "2024-01-01", "amount": "10", "quantity": "2", "unit_price": "5"}
LATER = {"order_ts": "2024-01-02"}


def clean(rows: list[dict[str, object]], **how: object) -> Cleaned:
    return clean_table("transactions", pd.DataFrame(rows), Cleaning(time_zone="UTC", **how))


def test_a_sign_that_only_the_quantity_has_is_believed() -> None:
    result = clean([LINE, {**LINE, **LATER, "amount": "5", "quantity": "-1"}])
    assert result.clean["amount_minor"].to_list() == [1000, -500]
    assert result.counts["return_by_quantity"] == 1
    assert result.counts["amount_unlike_parts"] == 0
    assert result.quality.set_index("rule").loc["return_by_quantity", "revenue_minor"] == 1000, "twice the amount"
    both = clean([LINE, {**LINE, **LATER, "amount": "-5", "quantity": "-1"}])
    assert both.clean["amount_minor"].to_list() == [1000, -500]
    assert both.counts["return_by_quantity"] == 0


def test_without_an_amount_the_quantity_gives_the_sign() -> None:
    rows = [{**LINE, **LATER, "quantity": "-1"}, LINE]
    result = clean([{name: value for name, value in row.items() if name != "amount"} for row in rows])
    assert result.clean["amount_minor"].to_list() == [1000, -500]


def test_a_negative_amount_of_a_positive_quantity_is_flagged_unless_it_is_marked() -> None:
    back = {**LINE, **LATER, "amount": "-5", "quantity": "1", "order_id": "C7"}
    result = clean([LINE, back])
    assert result.clean["amount_minor"].to_list() == [1000, -500]
    assert result.counts["negative_of_positive_quantity"] == 1
    assert clean([LINE, {**back, "is_return": "yes"}]).counts["negative_of_positive_quantity"] == 0
    assert clean([LINE, back], return_prefix="C").counts["negative_of_positive_quantity"] == 0
    assert clean([LINE, {**back, "amount": "5", "is_return": "yes"}]).counts["negative_of_positive_quantity"] == 0


@pytest.mark.parametrize(
    ("line", "flagged"),
    [
        ({"amount": "10.00"}, False),
        ({"amount": "10.03"}, True),
        ({"amount": "9", "discount": "1"}, False),
        ({"amount": "9", "discount": None}, True),
        ({"amount": "10", "discount": "1"}, True),
        ({"amount": "-9", "quantity": "-2", "discount": "1"}, False),
        ({"amount": "-9", "quantity": "-2", "discount": "-1"}, False),
        ({"amount": "9", "quantity": "-2", "discount": "1"}, False),
        ({"amount": "3.33", "quantity": "10", "unit_price": "0.333"}, False),
        ({"amount": "12.10", "quantity": "2"}, True),
        ({"amount": "10", "quantity": None}, False),
        ({"amount": "10", "unit_price": "?"}, False),
    ],
)
def test_sizes_that_disagree_beyond_rounding_are_flagged(line: dict[str, object], flagged: bool) -> None:
    result = clean([{**LINE, "amount": "1000", "quantity": "200", "order_ts": "2023-12-31"}, {**LINE, **line}])
    assert result.counts["amount_unlike_parts"] == int(flagged)
    if flagged:
        finding = next(found for found in examine(result) if "quantity times unit_price" in found.text)
        assert finding.flagged
        assert f"row 1: '{line['amount']}'" in finding.text


def test_a_line_without_an_amount_is_a_further_one_only_beside_a_line_that_has_it() -> None:
    order = {"customer_id": "a", "order_ts": "2024-01-01", "order_id": "1"}
    rows = [{**order, "amount": "30"}, {**order, "amount": " "}, {**order, "amount": "?"}, {**order, "order_id": "2"}]
    result = clean(rows)
    assert result.rejected[["row", "reason"]].to_numpy().tolist() == [
        [1, "further_line"],
        [2, "impossible_amount"],
        [3, "impossible_amount"],
    ]
    assert result.bad_share == 0.5
    other = clean([{**order, "amount": "30"}, {**order, "customer_id": "b", "amount": None}])
    assert other.counts["further_line"] == 0, "an order of another customer"


def shop(n_first_returns: int, n: int = 200) -> Cleaned:
    """Customers who bought and then returned; the first `n_first_returns` begin with a negative line."""
    rows: list[dict[str, object]] = []
    for i in range(n):
        who = {"customer_id": f"c{i}"}
        if i < n_first_returns:
            rows.append({**who, "order_ts": "2024-01-01", "amount": "-3"})
        rows += [{**who, "order_ts": "2024-01-02", "amount": "9"}, {**who, "order_ts": "2024-01-03", "amount": "-2"}]
    return clean(rows)


def test_returns_of_nothing_by_many_customers_look_like_margins() -> None:
    margins = shop(10)
    assert margins.counts["amounts_like_margins"] == 10
    finding = next(found for found in examine(margins) if "margins" in found.text)
    assert finding.flagged
    assert "net revenue" in finding.remedy
    assert shop(9).counts["amounts_like_margins"] == 0, "as where the file begins in the middle of trading"
    assert shop(9, n=20).counts["amounts_like_margins"] == 0, "of few customers nobody knows"
    assert not any(found.flagged for found in examine(shop(9)))


def test_a_shop_without_anything_odd_has_nothing_said_of_it() -> None:
    assert examine(clean([LINE, {**LINE, **LATER}])) == []
