"""A page names few of the customers of a small shop."""

import pandas as pd
import pytest

from clv.reporting.customers import forecasts, moved
from clv.reporting.customers.named import NOBODY_NAMED, most_named
from clv.reporting.kit.table import ELSEWHERE
from clv.reporting.models import what_drives


@pytest.mark.parametrize(
    ("customers", "asked", "named"),
    [
        (20_000, 500, 500),
        (20_000, 5000, 1000),
        (900, 500, 45),
        (900, 25, 25),
        (100, 5, 5),
        (20, 5, 1),
        (19, 5, 0),
    ],
)
def test_lists_name_one_customer_in_twenty_at_most(customers: int, asked: int, named: int) -> None:
    assert most_named(customers, asked, 20) == named


def test_a_shop_of_a_few_names_nobody() -> None:
    values = pd.DataFrame({"customer_id": ["a", "b"], "predicted_clv": [1.0, 2.0]})
    assert forecasts.highest(values, 0, 25, "EUR") == NOBODY_NAMED
    assert moved.top_fallen(values, 0, "EUR") == ELSEWHERE
    assert what_drives.reasons(values, 0) == ELSEWHERE
