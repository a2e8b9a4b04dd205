"""Bounds: some of the customers are cleaned as they were among all customers."""

from dataclasses import replace
from datetime import date

import pandas as pd

from clv.data.bounds import Bounds
from clv.data.cleaning import clean_table
from clv.data.lines import Cleaning

HOW = Cleaning(time_zone="UTC")


def lines(customer: str, rows: list[tuple[str, float]]) -> pd.DataFrame:
    days, amounts = zip(*rows, strict=True)
    return pd.DataFrame({"customer_id": customer, "order_ts": days, "amount": amounts})


def shop() -> pd.DataFrame:
    """A shop from 2023 on. One customer has a line of 1999; another has a typing error that was cancelled."""
    usual = [(str(day.date()), 20.0) for day in pd.date_range("2023-01-01", periods=400)]
    return pd.concat(
        [
            lines("slow", [("2023-02-01", 30.0), *[("2024-01-10", 5.0)] * 30]),
            lines("typo", [("1999-05-01", 30.0), ("2023-05-01", 30.0)]),
            lines("slip", [("2023-06-01", 9e4), ("2023-06-03", -9e4), ("2023-06-03", 20.0)]),
            lines("usual", usual),
        ],
        ignore_index=True,
    )


def test_they_are_those_that_the_rules_found() -> None:
    assert clean_table("transactions", shop(), HOW).bounds == Bounds(date(2023, 1, 1), date(2024, 2, 4), 200_000.0)
    last_day = replace(HOW, last_day=date(2024, 3, 1))
    assert clean_table("transactions", shop(), last_day).bounds == Bounds(date(2023, 1, 1), date(2024, 3, 1), 200_000.0)


def test_they_come_back_from_json() -> None:
    bounds = Bounds(date(2023, 1, 1), date(2024, 2, 4), 2550.0)
    assert Bounds.from_dict(bounds.to_dict()) == bounds


def test_each_customer_alone_is_cleaned_as_among_all() -> None:
    everyone = clean_table("transactions", shop(), HOW)
    for customer, rows in shop().groupby("customer_id"):
        alone = clean_table("transactions", rows, replace(HOW, bounds=everyone.bounds))
        among_all = everyone.clean[everyone.clean["customer_id"] == customer]
        pd.testing.assert_frame_equal(alone.clean, among_all.reset_index(drop=True))
        assert alone.bounds == everyone.bounds


def test_without_a_purchase_there_are_none() -> None:
    assert clean_table("transactions", lines("a", [("2023-06-03", -5.0)]), HOW).bounds is None
    assert clean_table("touches", pd.DataFrame({"customer_id": ["a"], "touch_ts": ["2023-01-01"]}), HOW).bounds is None
