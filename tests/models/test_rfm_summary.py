"""x, t_x, T and the mean spend of transactions, as lifetimes and pymc-marketing count them."""

import numpy as np
import pandas as pd
import pytest

from clv.errors import InputError
from clv.models.btyd.rfm_summary import rfm_summary

LINES = pd.DataFrame(
    [
        ("a", "2024-01-01 09:00", 10.0),
        ("a", "2024-01-01 21:00", 5.0),  # the same day: one purchase
        ("a", "2024-01-15 00:00", 20.0),
        ("a", "2024-01-15 23:59", 10.0),
        ("a", "2024-02-05 12:00", 60.0),
        ("a", "2024-02-06 12:00", -60.0),  # a return
        ("b", "2024-02-01 12:00", 7.0),
        ("c", "2024-03-01 12:00", 1.0),  # later than the end
    ],
    columns=["customer_id", "order_ts", "amount"],
).astype({"order_ts": "datetime64[us]"})


def test_purchases_are_days_and_the_first_is_no_repeat() -> None:
    found = rfm_summary(LINES.sample(frac=1, random_state=1), as_of="2024-02-15")
    assert found.index.tolist() == ["a", "b"]
    assert found.loc["a"].to_dict() == {"x": 2.0, "t_x": 35.0, "T": 45.0, "mean": 45.0}
    assert found.loc["b"].to_dict() == {"x": 0.0, "t_x": 0.0, "T": 14.0, "mean": 0.0}
    assert (found.dtypes == "float64").all()


def test_it_ends_with_the_last_day_and_counts_in_weeks_where_so_asked() -> None:
    assert rfm_summary(LINES)["T"].to_dict() == {"a": 60.0, "b": 29.0, "c": 0.0}
    weeks = rfm_summary(LINES, as_of="2024-02-15", unit="weeks")
    assert weeks.loc["a"].tolist() == [2.0, 5.0, 45 / 7, 45.0]


def test_amounts_may_be_absent_and_columns_have_other_names() -> None:
    theirs = LINES.rename(columns={"customer_id": "who", "order_ts": "when", "amount": "worth"})
    found = rfm_summary(theirs, customer_id="who", order_ts="when", amount="worth")
    pd.testing.assert_frame_equal(found.rename_axis("customer_id"), rfm_summary(LINES))
    bare = rfm_summary(LINES[LINES["amount"] > 0].drop(columns="amount"))
    pd.testing.assert_frame_equal(bare, rfm_summary(LINES)[["x", "t_x", "T"]])


def test_days_are_those_of_the_zone_of_the_times() -> None:
    utc = pd.DataFrame({"customer_id": "a", "order_ts": pd.to_datetime(["2024-01-01 12:00", "2024-01-01 23:30"])})
    utc["order_ts"] = utc["order_ts"].dt.tz_localize("UTC")
    assert rfm_summary(utc)["x"].tolist() == [0]
    assert rfm_summary(utc.assign(order_ts=utc["order_ts"].dt.tz_convert("Europe/Berlin")))["x"].tolist() == [1]


@pytest.mark.parametrize(
    ("lines", "how", "message"),
    [
        (LINES, {"unit": "months"}, "unit must be one of days, weeks, got 'months'"),
        (LINES, {"order_ts": "date"}, "transactions have no column 'date'; name yours by order_ts="),
        (LINES.astype({"order_ts": "str"}), {}, "column 'order_ts' has no dates; convert it by pandas.to_datetime"),
        (LINES.assign(customer_id=[None, *"abcdefg"]), {}, "column 'customer_id' has blanks"),
        (LINES, {"as_of": "2023-12-31"}, "nobody bought anything up to 2023-12-31"),
        (LINES.assign(amount=np.nan), {}, "nobody bought anything up to the last day"),
    ],
)
def test_what_cannot_be_counted_is_one_line(lines: pd.DataFrame, how: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        rfm_summary(lines, **how)
    assert "\n" not in str(caught.value)
