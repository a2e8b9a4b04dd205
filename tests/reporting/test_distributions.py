"""How orders and customers differ."""

import pytest

from clv.reporting.data import distributions
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.table import NOTHING
from tests.reporting.orders import bought, spread, transactions

SHOP = transactions(*((f"c{i:03d}", "2024-01-05", 100 * i) for i in range(1, 101)))


def test_order_values_tell_their_median() -> None:
    chart = distributions.order_values(*spread(SHOP), "EUR")
    assert "worth less than 50.50 EUR, and a tenth are worth more than 90.10" in chart.caption
    assert chart == distributions.order_values(*spread(SHOP), "EUR")


@pytest.mark.parametrize("cents", [1, 1000, 10**9])
def test_orders_that_are_all_alike_can_be_drawn(cents: int) -> None:
    same = transactions(*((f"c{i}", "2024-01-05", cents) for i in range(3)))
    assert isinstance(distributions.order_values(*spread(same), "EUR"), Chart)
    assert isinstance(distributions.revenue_so_far(*spread(same), "EUR"), Chart)


def test_every_order_is_in_a_bin() -> None:
    cents = (1, 100, 999, 1000, 1234567) * 50
    histograms, _ = spread(transactions(*((f"c{i}", "2024-01-05", n) for i, n in enumerate(cents))))
    assert distributions.of_figure(histograms, "order_value")["count"].sum() == len(cents)


def test_gaps_are_between_days_of_one_customer() -> None:
    rows = [
        ("a", "2024-01-01"),
        ("a", "2024-01-11 08:00"),
        ("a", "2024-01-11 09:00"),
        ("a", "2024-02-10"),
        ("b", "2025-01-01"),
    ]
    chart = distributions.gaps(*spread(bought(*rows)))
    assert isinstance(chart, Chart)
    assert "half of the next orders came within 20 days, and nine in ten within 28" in chart.caption
    assert (
        distributions.gaps(*spread(bought(("a", "2024-01-01"), ("b", "2024-01-02"))))._repr_html_().startswith(NOTHING)
    )


def test_revenue_says_who_holds_it_and_whom_it_leaves_out() -> None:
    returned = [("x", "2024-01-01", 100), ("x", "2024-01-02", -100)]
    kept = [(f"c{i}", "2024-01-05", 9000 if i == 0 else 500) for i in range(9)]
    chart = distributions.revenue_so_far(*spread(transactions(*returned, *kept)), "EUR")
    assert isinstance(chart, Chart)
    assert "less than 5.00 EUR; the tenth who spent most account for 69% of all revenue" in chart.caption
    assert "Customers without revenue after returns are not shown (1 here)" in chart.caption
    gone = transactions(("x", "2024-01-01", 100), ("x", "2024-01-02", -100))
    assert distributions.revenue_so_far(*spread(gone), "EUR")._repr_html_().startswith(NOTHING)
