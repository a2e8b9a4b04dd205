"""An order of the pictures: what one customer bought on one day."""

import pandas as pd

from clv.reporting.data.purchase_days import orders
from tests.reporting.orders import transactions


def test_an_order_is_what_a_customer_bought_on_a_day() -> None:
    of_b = (("b", "2024-01-02 18:00", 500), ("b", "2024-01-02 09:30", 250), ("b", "2024-01-03 10:00", 100))
    of_a = (("a", "2024-02-01", 300), ("a", "2024-02-01 11:00", -300), ("a", "2024-02-05 11:00", -100))
    found = orders(transactions(*of_b, *of_a))
    assert found["customer_id"].to_list() == ["a", "b", "b"]
    assert found["value"].to_list() == [3.0, 7.5, 1.0], "returns are left out"
    assert found["first_ts"].to_list() == list(
        pd.to_datetime(["2024-02-01", "2024-01-02 09:30", "2024-01-03 10:00"], format="ISO8601")
    )
