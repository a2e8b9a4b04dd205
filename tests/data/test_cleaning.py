"""Each rule is triggered by a small table; rows are kept or set aside, never lost."""

import json
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clv.data.cleaning import RULES, Cleaned, Cleaning, clean_table, require_some_left
from clv.data.summary import summarise
from clv.data.types import as_flag, as_text, as_time
from clv.errors import InputError

HOW = Cleaning(time_zone="UTC", last_day=date(2024, 12, 31))
GOOD = {"customer_id": "a", "order_ts": "2024-01-01", "amount": "10"}

# For each rule: the table, and rows of which exactly the last breaks it.
TRIGGERS: dict[tuple[str, str], list[dict[str, object]]] = {
    ("transactions", "blank_customer_id"): [GOOD, {**GOOD, "customer_id": "  "}],
    ("transactions", "unparseable_date"): [GOOD, {**GOOD, "order_ts": "2024-13-45"}],
    ("transactions", "before_1990"): [GOOD, {**GOOD, "order_ts": "1970-01-01"}],
    ("transactions", "after_last_day"): [{**GOOD, "order_ts": "2024-12-31T23:59"}, {**GOOD, "order_ts": "2025-01-01"}],
    ("transactions", "stray_date"): [*([GOOD] * 30), {**GOOD, "order_ts": "2004-01-01"}],
    ("transactions", "impossible_amount"): [GOOD, {**GOOD, "amount": "inf"}],
    ("transactions", "zero_amount"): [GOOD, {**GOOD, "amount": "0.004"}],
    ("transactions", "duplicate_line"): [{**GOOD, "order_id": "1", "product_id": "p"}] * 2,
    ("transactions", "return_without_purchase"): [GOOD, {**GOOD, "customer_id": "b", "amount": "-5"}],
    ("customers", "blank_customer_id"): [{"customer_id": "a"}, {"customer_id": None}],
    ("customers", "duplicate_customer"): [{"customer_id": "a", "country": "DE"}, {"customer_id": "a", "country": "FR"}],
    ("touches", "blank_customer_id"): [
        {"customer_id": "a", "touch_ts": "2024-01-01"}, {"customer_id": "", "touch_ts": "2024-01-01"},
    ],
    ("touches", "unparseable_date"): [
        {"customer_id": "a", "touch_ts": "2024-01-01"}, {"customer_id": "a", "touch_ts": "soon"},
    ],
    ("touches", "after_last_day"): [
        {"customer_id": "a", "touch_ts": "2024-01-01"}, {"customer_id": "a", "touch_ts": "2025-01-01"},
    ],
}  # fmt: skip


def test_every_rule_has_a_trigger() -> None:
    assert {(table, rule.name) for table, rules in RULES.items() for rule in rules} == set(TRIGGERS)


@pytest.mark.parametrize(("table", "rule"), TRIGGERS)
def test_a_rule_sets_its_row_aside(table: str, rule: str) -> None:
    rows = pd.DataFrame(TRIGGERS[table, rule])
    result = clean_table(table, rows, HOW)
    last = len(rows) - 1
    assert len(result.clean) == last
    set_aside = {"table": [table], "row": [last], "reason": [rule]}
    assert result.rejected[["table", "row", "reason"]].to_dict("list") == set_aside
    assert {name: n for name, n in result.counts.items() if n} == {rule: 1}
    kept = json.loads(result.rejected["content"][0])
    sent = rows["customer_id"].astype("object")
    assert kept["customer_id"] == sent.where(sent.notna(), None)[last], "the row is kept as it came"


def test_rows_after_the_last_day_are_not_bad_data() -> None:
    result = clean_table("transactions", pd.DataFrame(TRIGGERS["transactions", "after_last_day"]), HOW)
    assert result.bad_share == 0


def test_repeats_are_kept_where_they_may_be_second_purchases() -> None:
    for extra in ({}, {"order_ts": "2024-01-01T10:00:00"}, {"order_id": "1"}, {"product_id": "p"}):
        row = {**GOOD, **extra}
        assert len(clean_table("transactions", pd.DataFrame([row, row]), HOW).clean) == 2, extra


def test_stray_dates_are_those_beyond_a_long_gap_only() -> None:
    years = [f"{year}-06-01" for year in range(1995, 2024)]
    grown = pd.DataFrame([{**GOOD, "order_ts": day} for day in [*years, *(["2024-01-01"] * 5000)]])
    assert clean_table("transactions", grown, HOW).counts["stray_date"] == 0, "a shop may grow from little"
    strays = pd.DataFrame([{**GOOD, "order_ts": day} for day in ["1991-01-01", *(["2004-01-01"] * 99), "2023-01-01"]])
    result = clean_table("transactions", strays, HOW)
    assert result.rejected["row"].to_list() == [0, 100]
    half = pd.DataFrame([{**GOOD, "order_ts": day} for day in ["2004-01-01", "2024-01-01"] * 20])
    assert clean_table("transactions", half, HOW).counts["stray_date"] == 0, "half of the lines are no slip"


def test_a_return_on_the_day_of_the_purchase_is_kept() -> None:
    rows = [{**GOOD, "order_ts": "2024-01-01T10:00:00"}, {**GOOD, "order_ts": "2024-01-01", "amount": "-4"}]
    assert len(clean_table("transactions", pd.DataFrame(rows), HOW).clean) == 2


def test_unreadable_optional_values_are_counted_and_an_unreadable_column_is_absent() -> None:
    rows = pd.DataFrame(
        [
            {**GOOD, "is_eco": "bio", "quantity": "2", "category": " "},
            {**GOOD, "is_eco": "x", "quantity": "two", "category": "c"},
        ]
    )
    result = clean_table("transactions", rows, HOW)
    assert result.unreadable == {"is_eco": 2, "quantity": 1}
    assert "is_eco" not in result.clean.columns
    assert "quantity" in result.clean.columns


def test_decimal_commas() -> None:
    how = Cleaning(time_zone="UTC", decimal=",")
    rows = pd.DataFrame([{**GOOD, "amount": value} for value in ("12,50", "7", "1.234,50")])
    result = clean_table("transactions", rows, how)
    assert result.clean["amount_minor"].to_list() == [700, 1250]
    assert result.counts["impossible_amount"] == 1, "a point is no decimal mark then, and no thousands separator either"


def test_too_many_rejected_stop_the_run() -> None:
    result = clean_table("transactions", pd.DataFrame([GOOD, {**GOOD, "amount": "x"}]), HOW)
    require_some_left(result, 0.5, "shop.csv")
    with pytest.raises(InputError, match=r"50\.0% of the transaction lines are rejected, most for impossible_amount"):
        require_some_left(result, 0.4, "shop.csv")


def test_nothing_left_stops_the_run() -> None:
    result = clean_table("transactions", pd.DataFrame([{**GOOD, "amount": "0"}]), HOW)
    with pytest.raises(InputError, match="no purchase is left after cleaning, most lines went for zero_amount"):
        require_some_left(result, 1.0, "shop.csv")


def test_money_becomes_whole_cents() -> None:
    clean = clean_table("transactions", pd.DataFrame([{**GOOD, "amount": "19.99"}]), HOW).clean
    assert clean["amount_minor"].to_list() == [1999]
    assert clean["amount_minor"].dtype == "int64"


def test_an_empty_optional_column_is_absent() -> None:
    clean = clean_table("transactions", pd.DataFrame([{**GOOD, "category": None}]), HOW).clean
    assert "category" not in clean.columns


def test_times_with_an_offset_are_brought_to_the_zone() -> None:
    values = pd.Series(["2024-06-01T00:30:00+02:00", "2024-06-01T00:30:00", "2024-06-01", "2024-12-01 23:30:00Z", "x"])
    berlin = as_time(values, "Europe/Berlin").astype("str").to_list()
    assert berlin[:4] == ["2024-06-01 00:30:00", "2024-06-01 00:30:00", "2024-06-01 00:00:00", "2024-12-02 00:30:00"]
    assert berlin[4] in ("NaT", None) or pd.isna(berlin[4])
    assert as_time(values, "UTC").dt.day.to_list()[:2] == [31, 1]


def test_a_given_format_is_the_only_one() -> None:
    values = as_time(pd.Series(["31.12.2024 14:05", "2024-12-31"]), "UTC", "%d.%m.%Y %H:%M")
    assert values[0] == pd.Timestamp("2024-12-31 14:05")
    assert pd.isna(values[1])


@pytest.mark.parametrize("wrong", ["%Q", "%", "dd.mm.yyyy %"])
def test_a_wrong_format_is_named(wrong: str) -> None:
    with pytest.raises(InputError, match=r"'generate\.files\.date_format' must be a strptime format"):
        as_time(pd.Series(["2024-01-01"]), "UTC", wrong)


def test_the_offset_of_postgresql_is_read() -> None:
    values = pd.Series(["2023-01-01 12:00:00+00", "2023-01-01 12:00:00-05", "2023-01-01 12:00:00"])
    assert as_time(values, "UTC").dt.hour.to_list() == [12, 17, 12]


def test_ids_keep_their_zeros_and_lose_float_tails() -> None:
    assert as_text(pd.Series(["007", " 8 "])).to_list() == ["007", "8"]
    assert as_text(pd.Series([12345.0, None])).to_list()[0] == "12345"
    assert as_text(pd.Series([7, 8])).to_list() == ["7", "8"]


def test_flags() -> None:
    flags = as_flag(pd.Series(["yes", "0", "TRUE", "maybe", None]))
    assert flags.to_list()[:3] == [True, False, True]
    assert flags.isna().to_list()[3:] == [True, True]


def test_the_summary_counts_what_came_in_and_what_was_kept() -> None:
    rows = [GOOD, GOOD, {**GOOD, "amount": "-4"}, {**GOOD, "order_ts": "2024-02-01"}, {**GOOD, "amount": "0"}]
    raw = {"transactions": pd.DataFrame(rows)}
    got = summarise(raw, {"transactions": clean_table("transactions", raw["transactions"], HOW)}, HOW.last_day)
    assert (got["raw_rows"], got["clean_rows"]) == ({"transactions": 5}, {"transactions": 4})
    assert (got["purchase_lines"], got["purchase_days"], got["return_lines"]) == (3, 2, 1)
    assert (got["customers"], got["net_revenue"]) == (1, 26.0)
    assert (got["first_day"], got["last_day"]) == ("2024-01-01", "2024-12-31")


CELLS = st.one_of(
    st.none(), st.text(max_size=6), st.sampled_from(["a", "b", "2024-01-01", "1.5", "-1.5", "0", "nan", "1e400"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=12))
def test_no_row_is_ever_lost(rows: list[tuple[object, ...]]) -> None:
    raw = pd.DataFrame(rows, columns=["customer_id", "order_ts", "amount", "category"]).astype("str")
    raw = raw.where(pd.DataFrame(rows, columns=raw.columns).notna())
    result: Cleaned = clean_table("transactions", raw, HOW)
    assert len(result.clean) + len(result.rejected) == len(raw)
    assert sum(result.counts.values()) == len(result.rejected)
    assert result.clean[["customer_id", "order_ts", "amount_minor"]].notna().all().all()
    keys = result.clean[["customer_id", "order_ts"]]
    assert keys.equals(keys.sort_values(["customer_id", "order_ts"], kind="stable").reset_index(drop=True))
