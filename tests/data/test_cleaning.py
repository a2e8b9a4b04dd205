"""Each rule is triggered by a small table; rows are kept or set aside, never lost."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clv.data.cleaning import Cleaned, clean_table
from clv.data.figures import summarise
from clv.data.lines import Cleaning
from clv.data.required import require_balance, require_some_left
from clv.data.rules import RULES
from clv.data.schema import TABLES
from clv.data.source import TableSource
from clv.data.table_facts import TableFacts
from clv.errors import InputError
from clv.params import Params

HOW = Cleaning(
    time_zone="UTC", last_day=date(2024, 12, 31), return_prefix="C", non_products=("POST",), not_customers=("x0",)
)
GOOD = {"customer_id": "a", "order_ts": "2024-01-01", "amount": "10"}
TOUCH = {"customer_id": "a", "touch_ts": "2024-01-01"}
ASSIGNED = {"customer_id": "a", "assigned_ts": "2024-01-01", "experiment": "x", "cost": "2"}
LATER = "2024-01-02"

PARTS = {**GOOD, "quantity": "2", "unit_price": "5"}
BACK_FIRST = [{**GOOD, "customer_id": f"c{i}", "amount": "-5"} for i in range(10)]

# For each rule and table: rows of which only the last one, or the last few, trigger the rule.
TRIGGERS: dict[tuple[str, str], list[dict[str, object]]] = {
    ("transactions", "inherited_field"): [{**GOOD, "order_id": "1"}, {**GOOD, "order_id": "1", "customer_id": ""}],
    ("transactions", "id_blanks"): [GOOD, {**GOOD, "customer_id": " a"}],
    ("transactions", "id_case_folded"): [GOOD, {**GOOD, "customer_id": "A"}],
    ("transactions", "id_case"): [GOOD, {**GOOD, "customer_id": "A"}],
    ("transactions", "not_a_customer"): [GOOD, {**GOOD, "customer_id": "x0"}],
    ("transactions", "id_placeholder"): [GOOD, {**GOOD, "customer_id": "Guest"}],
    ("transactions", "id_written_twice"): [GOOD, {**GOOD, "customer_id": "12"}, {**GOOD, "customer_id": "12.0"}],
    ("transactions", "id_is_email"): [GOOD, {**GOOD, "customer_id": "ada.l@x.example"}],
    ("transactions", "blank_customer_id"): [GOOD, {**GOOD, "customer_id": "  "}],
    ("transactions", "time_zone_converted"): [GOOD, {**GOOD, "order_ts": "2024-01-01T10:00:00+01:00"}],
    ("transactions", "unparseable_date"): [GOOD, {**GOOD, "order_ts": "2024-13-45"}],
    ("transactions", "before_1990"): [GOOD, {**GOOD, "order_ts": "1970-01-01"}],
    ("transactions", "after_2200"): [GOOD, {**GOOD, "order_ts": "9999-12-31"}],
    ("transactions", "after_last_day"): [{**GOOD, "order_ts": "2024-12-31T23:59"}, {**GOOD, "order_ts": "2025-01-01"}],
    ("transactions", "future_date"): [*([GOOD] * 1000), {**GOOD, "order_ts": "2024-03-02"}],
    ("transactions", "stray_date"): [*([GOOD] * 30), {**GOOD, "order_ts": "2004-01-01"}],
    ("transactions", "impossible_amount"): [GOOD, {**GOOD, "amount": "inf"}],
    ("transactions", "zero_amount"): [GOOD, {**GOOD, "amount": "0.004"}],
    ("transactions", "negative_of_positive_quantity"): [PARTS, {**PARTS, "amount": "-10", "order_ts": LATER}],
    ("transactions", "return_by_quantity"): [PARTS, {**PARTS, "quantity": "-2", "order_ts": LATER}],
    ("transactions", "unknown_status"): [{**GOOD, "status": "paid"}, {**GOOD, "status": "gelb"}],
    ("transactions", "not_a_sale"): [{**GOOD, "status": "paid"}, {**GOOD, "status": "wc-failed"}],
    ("transactions", "further_line"): [{**GOOD, "order_id": "1"}, {**GOOD, "order_id": "1", "amount": None}],
    ("transactions", "amount_unlike_parts"): [PARTS, {**PARTS, "amount": "11.91", "discount": "0"}],
    ("transactions", "return_marked"): [GOOD, {**GOOD, "order_id": "C1", "amount": "4"}],
    ("transactions", "non_product"): [GOOD, {**GOOD, "product_id": "POST"}],
    ("transactions", "duplicate_line"): [{**GOOD, "order_id": "1", "product_id": "p"}] * 2,
    ("transactions", "extreme_cancelled"): [
        *([GOOD] * 3),
        {**GOOD, "amount": "1001"},
        {**GOOD, "amount": "-1001", "order_ts": "2024-01-08T20:00"},
    ],
    ("transactions", "amounts_like_margins"): BACK_FIRST,
    ("transactions", "return_without_purchase"): [GOOD, {**GOOD, "customer_id": "b", "amount": "-5"}],
    ("transactions", "return_beyond_purchase"): [GOOD, {**GOOD, "order_ts": LATER, "amount": "-12"}],
    ("customers", "id_blanks"): [{"customer_id": "a"}, {"customer_id": "b "}],
    ("customers", "id_case_folded"): [{"customer_id": "a"}, {"customer_id": "B"}],
    ("customers", "id_case"): [{"customer_id": "a"}, {"customer_id": "A"}],
    ("customers", "not_a_customer"): [{"customer_id": "a"}, {"customer_id": "x0"}],
    ("customers", "id_placeholder"): [{"customer_id": "a"}, {"customer_id": "(not set)"}],
    ("customers", "id_written_twice"): [{"customer_id": "1"}, {"customer_id": "0012"}, {"customer_id": "12"}],
    ("customers", "id_is_email"): [{"customer_id": "a"}, {"customer_id": "ada.l@x.example"}],
    ("customers", "blank_customer_id"): [{"customer_id": "a"}, {"customer_id": None}],
    ("customers", "duplicate_customer"): [{"customer_id": "a", "country": "DE"}, {"customer_id": "a", "country": "FR"}],
    ("touches", "id_blanks"): [TOUCH, {**TOUCH, "customer_id": "a "}],
    ("touches", "id_case_folded"): [TOUCH, {**TOUCH, "customer_id": "A"}],
    ("touches", "id_case"): [TOUCH, {**TOUCH, "customer_id": "A"}],
    ("touches", "not_a_customer"): [TOUCH, {**TOUCH, "customer_id": "x0"}],
    ("touches", "id_placeholder"): [TOUCH, {**TOUCH, "customer_id": "-1"}],
    ("touches", "id_written_twice"): [TOUCH, {**TOUCH, "customer_id": "x 1"}, {**TOUCH, "customer_id": "x1"}],
    ("touches", "id_is_email"): [TOUCH, {**TOUCH, "customer_id": "ada.l@x.example"}],
    ("touches", "blank_customer_id"): [TOUCH, {**TOUCH, "customer_id": ""}],
    ("touches", "time_zone_converted"): [TOUCH, {**TOUCH, "touch_ts": "2024-01-01T10:00:00Z"}],
    ("touches", "unparseable_date"): [TOUCH, {**TOUCH, "touch_ts": "soon"}],
    ("touches", "after_last_day"): [TOUCH, {**TOUCH, "touch_ts": "2025-01-01"}],
    ("experiments", "id_blanks"): [ASSIGNED, {**ASSIGNED, "customer_id": "b "}],
    ("experiments", "id_case_folded"): [ASSIGNED, {**ASSIGNED, "customer_id": "B"}],
    ("experiments", "id_case"): [ASSIGNED, {**ASSIGNED, "customer_id": "A"}],
    ("experiments", "not_a_customer"): [ASSIGNED, {**ASSIGNED, "customer_id": "x0"}],
    ("experiments", "id_placeholder"): [ASSIGNED, {**ASSIGNED, "customer_id": "0"}],
    ("experiments", "id_written_twice"): [
        ASSIGNED,
        {**ASSIGNED, "customer_id": "1"},
        {**ASSIGNED, "customer_id": "1.0"},
    ],
    ("experiments", "id_is_email"): [ASSIGNED, {**ASSIGNED, "customer_id": "ada.l@x.example"}],
    ("experiments", "blank_customer_id"): [ASSIGNED, {**ASSIGNED, "customer_id": ""}],
    ("experiments", "time_zone_converted"): [
        ASSIGNED,
        {**ASSIGNED, "customer_id": "b", "assigned_ts": "2024-01-01T10:00:00Z"},
    ],
    ("experiments", "unparseable_date"): [ASSIGNED, {**ASSIGNED, "assigned_ts": "soon"}],
    ("experiments", "duplicate_assignment"): [{**ASSIGNED, "assigned_ts": LATER}, ASSIGNED],
    ("experiments", "after_last_day"): [ASSIGNED, {**ASSIGNED, "customer_id": "b", "assigned_ts": "2025-01-01"}],
}
DTYPES = {
    "text": {"str"},
    "time": {"datetime64[us]"},
    "flag": {"boolean"},
    "number": {"float64"},
    "money": {"int64", "Int64"},
}
WITH_OTHERS = {"amounts_like_margins": "return_without_purchase"}
HITS = {"amounts_like_margins": 10, "id_written_twice": 2, "id_case": 2, "extreme_cancelled": 2}


def how_for(rule: str) -> Cleaning:
    return replace(HOW, ignore_id_case=rule == "id_case_folded")


def clean(rows: list[dict[str, object]], table: str = "transactions", how: Cleaning = HOW) -> Cleaned:
    raw = pd.DataFrame(rows)
    result = clean_table(table, raw, how)
    require_balance(result, len(raw))
    assert_follows_schema(result)
    return result


def assert_follows_schema(result: Cleaned) -> None:
    """Columns and types of the schema, nothing missing where it is required, sorted by customer and time."""
    frame = result.clean
    kinds = {f"{c.name}_minor" if c.kind == "money" else c.name: c for c in TABLES[result.table]}
    assert list(frame.columns) == [
        name for name in kinds if name in frame.columns and name not in ("is_return", "status")
    ]
    for name, column in kinds.items():
        if column.required:
            assert frame[name].notna().all(), name
        if name in frame.columns:
            may_be = {"int64"} if column.kind == "money" and column.required else DTYPES[column.kind]
            assert str(frame[name].dtype) in may_be, name
        if name in frame.columns and column.kind == "text":
            texts = frame[name].dropna()
            assert (texts == texts.str.strip()).all(), name
            assert (texts != "").all(), name
    keys = ["customer_id", *(name for name, column in kinds.items() if column.kind == "time")]
    in_order = frame[keys].sort_values(keys, kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(frame[keys], in_order)


def test_every_rule_has_a_trigger() -> None:
    assert {(table, rule.name) for table, rules in RULES.items() for rule in rules} == set(TRIGGERS)


@pytest.mark.parametrize(("table", "rule"), TRIGGERS)
def test_a_rule_hits_its_row_alone(table: str, rule: str) -> None:
    rows = TRIGGERS[table, rule]
    result = clean(rows, table, how_for(rule))
    n = HITS.get(rule, 1)
    hit = list(range(len(rows) - n, len(rows)))
    also = {WITH_OTHERS[rule]: n} if rule in WITH_OTHERS else {}
    assert {name: count for name, count in result.counts.items() if count} == {rule: n} | also
    action = next(r.action for r in RULES[table] if r.name == rule)
    if action != "reject":
        assert rule in WITH_OTHERS or len(result.clean) == len(rows)
        return
    expected = {"table": [table] * n, "row": hit, "reason": [rule] * n}
    assert result.rejected[["table", "row", "reason"]].to_dict("list") == expected
    for row, content in zip(hit, result.rejected["content"], strict=True):
        kept = {name: value for name, value in json.loads(content).items() if value is not None}
        assert kept == {name: value for name, value in rows[row].items() if value is not None}, "as it came"


def test_repairs_change_what_they_say() -> None:
    def repaired(rule: str) -> pd.DataFrame:
        return clean(TRIGGERS["transactions", rule], how=how_for(rule)).clean

    assert repaired("id_blanks")["customer_id"].to_list() == ["a", "a"]
    assert repaired("id_case_folded")["customer_id"].to_list() == ["a", "a"]
    assert repaired("id_case")["customer_id"].to_list() == ["A", "a"]
    assert repaired("time_zone_converted")["order_ts"].dt.hour.to_list() == [0, 9]
    assert repaired("return_by_quantity")["amount_minor"].to_list() == [1000, -1000]
    assert repaired("inherited_field")["customer_id"].to_list() == ["a", "a"]
    assert repaired("return_marked")["amount_minor"].to_list() == [1000, -400]
    assert repaired("return_beyond_purchase")["amount_minor"].to_list() == [1000, -1000]


def test_the_first_assignment_in_the_file_counts() -> None:
    rows = [{**ASSIGNED, "assigned_ts": LATER}, ASSIGNED, {**ASSIGNED, "experiment": "y"}]
    result = clean(rows, "experiments").clean
    assert result["experiment"].to_list() == ["y", "x"]
    assert result["cost_minor"].to_list() == [200, 200]


def test_folded_ids_still_join() -> None:
    how = replace(HOW, ignore_id_case=True)
    bought = clean([{**GOOD, "customer_id": "aB"}, {**GOOD, "customer_id": "Ab "}], how=how)
    known = clean([{"customer_id": "AB"}, {"customer_id": "ab"}], "customers", how)
    assert set(bought.clean["customer_id"]) == set(known.clean["customer_id"]) == {"ab"}
    assert known.counts["duplicate_customer"] == 1


def test_ids_with_leading_zeros_are_different_ids() -> None:
    assert clean([{**GOOD, "customer_id": "007"}, {**GOOD, "customer_id": "7"}]).clean["customer_id"].nunique() == 2


@pytest.mark.parametrize("rule", ["after_last_day", "non_product", "extreme_cancelled", "not_a_sale", "further_line"])
def test_what_was_left_out_on_purpose_is_not_bad_data(rule: str) -> None:
    assert clean(TRIGGERS["transactions", rule]).bad_share == 0


def test_repeats_are_kept_where_they_may_be_second_purchases() -> None:
    for extra in ({}, {"order_ts": "2024-01-01T10:00:00"}, {"order_id": "1"}, {"product_id": "p"}):
        row = {**GOOD, **extra}
        assert len(clean([row, row]).clean) == 2, extra
    row = {**GOOD, "order_id": "1", "product_id": "p"}
    for other in ({"quantity": "2"}, {"amount": "11"}, {"customer_id": "b"}, {"order_id": "2"}):
        assert len(clean([{**row, "quantity": "1"}, {**row, "quantity": "1", **other}]).clean) == 2, other


def test_where_rows_are_orders_an_order_id_tells_repeats() -> None:
    how = replace(HOW, grain="orders")
    rows = [{**GOOD, "order_id": "1"}, {**GOOD, "order_id": "1"}, {**GOOD, "order_id": None}]
    rows += [{**GOOD, "order_id": None}, {**GOOD, "order_id": "1", "customer_id": "b"}]
    rows += [{**GOOD, "order_id": "1", "amount": str(back), "order_ts": LATER} for back in (-3, -2)]
    rows += [{**GOOD, "order_id": "1", "order_ts": "2023-01-01"}]  # order numbers that begin anew every year
    result = clean(rows, how=how)
    assert result.rejected["row"].to_list() == [1]
    assert result.counts["duplicate_line"] == 1
    assert clean(rows).counts["duplicate_line"] == 0


def test_stray_dates_are_those_beyond_a_long_gap_only() -> None:
    years = [f"{year}-06-01" for year in range(1995, 2024)]
    grown = [{**GOOD, "order_ts": day} for day in [*years, *(["2024-01-01"] * 5000)]]
    assert clean(grown).counts["stray_date"] == 0, "a shop may grow from little"
    strays = [{**GOOD, "order_ts": day} for day in ["1991-01-01", *(["2004-01-01"] * 99), "2023-01-01"]]
    assert clean(strays).rejected["row"].to_list() == [0, 100]
    half = [{**GOOD, "order_ts": day} for day in ["2004-01-01", "2024-01-01"] * 20]
    assert clean(half).counts["stray_date"] == 0, "half of the lines are no slip"


def test_only_a_few_lines_lie_in_the_future() -> None:
    def future(days: list[str]) -> int:
        rows = [{**GOOD, "order_ts": day} for day in ["2024-01-01"] * 2000 + days]
        return clean(rows).counts["future_date"]

    assert future(["2024-06-01", "2024-12-01"]) == 2, "those after the first long gap"
    assert future(["2024-03-01"]) == 0, "60 days are no long gap"
    assert future(["2024-06-01"] * 3) == 0, "more than 0.1% are no slip"
    small = [{**GOOD, "order_ts": day} for day in ["2024-01-01"] * 150 + ["2024-06-01"]]
    assert clean(small).counts["future_date"] == 1, "a single line of a small shop"
    assert clean(small[60:]).counts["future_date"] == 0, "of a few dozen lines a single one is no slip"


def test_what_cannot_be_read_makes_no_amount() -> None:
    line = {"customer_id": "a", "order_ts": "2024-01-01", "quantity": "2", "unit_price": "50"}
    rows = [{**line, "discount": off} for off in ("10", None, "10%")]
    result = clean(rows)
    assert result.clean["amount_minor"].to_list() == [9000, 10000]
    assert result.rejected[["row", "reason"]].to_numpy().tolist() == [[2, "impossible_amount"]]


def test_a_rejected_row_is_kept_as_it_came() -> None:
    frame = pd.DataFrame(
        {
            "customer_id": ["a", "a"],
            "order_ts": [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-01 10:00:00.123456")],
            "amount": [5.0, -np.inf],
        }
    )
    kept = json.loads(clean_table("transactions", frame, HOW).rejected["content"][0])
    assert kept["amount"] == "-inf"
    assert kept["order_ts"].startswith("2024-01-01T10:00:00.123456")


def test_a_cancellation_answers_one_purchase() -> None:
    big, back = {**GOOD, "amount": "5000"}, {**GOOD, "amount": "-5000", "order_ts": LATER}
    small = [GOOD] * 5
    assert clean([*small, big, big, back]).rejected["row"].to_list() == [5, 7]
    others = [{"order_ts": "2024-01-09"}, {"amount": "-4999"}, {"customer_id": "b"}, {"order_ts": "2023-12-31"}]
    for other in others:
        assert clean([*small, big, {**back, **other}]).counts["extreme_cancelled"] == 0, other
    named = {**big, "product_id": "p"}
    assert clean([*small, named, {**back, "product_id": "q"}]).counts["extreme_cancelled"] == 0
    assert clean([*small, named, {**back, "product_id": "p"}]).counts["extreme_cancelled"] == 2
    assert clean([*small, named, back]).counts["extreme_cancelled"] == 2, "the product is not known"


def test_nothing_is_left_to_return_twice() -> None:
    back = {**GOOD, "order_ts": LATER, "amount": "-10"}
    result = clean([GOOD, back, back])
    assert result.rejected["row"].to_list() == [2]
    assert result.quality.set_index("rule").loc["return_without_purchase", "revenue_minor"] == 1000


def test_rejected_purchases_cannot_be_returned() -> None:
    result = clean([{**GOOD, "product_id": "POST"}, {**GOOD, "order_ts": LATER, "amount": "-10"}])
    assert result.rejected["reason"].to_list() == ["non_product", "return_without_purchase"]


def test_an_amount_is_made_of_its_parts_where_there_is_none() -> None:
    rows: list[dict[str, object]] = [
        {"customer_id": "a", "order_ts": "2024-01-01", "quantity": "3", "unit_price": "0.333", "discount": "0.1"},
        {"customer_id": "b", "order_ts": "2024-01-01", "quantity": "2", "unit_price": "5", "discount": None},
        {"customer_id": "c", "order_ts": "2024-01-01", "quantity": None, "unit_price": "5", "discount": "1"},
    ]
    result = clean(rows)
    assert result.clean["amount_minor"].to_list() == [90, 1000], "0.999 - 0.1 is rounded once"
    assert result.rejected["reason"].to_list() == ["impossible_amount"]
    assert list(result.clean.columns)[2] == "amount_minor"
    with_amount = clean([{**row, "amount": "7"} for row in rows])
    assert with_amount.clean["amount_minor"].to_list() == [700] * 3
    with pytest.raises(InputError, match="no column amount, nor quantity and unit_price"):
        clean([{"customer_id": "a", "order_ts": "2024-01-01", "quantity": "3"}])


def test_unreadable_optional_values_are_counted_and_an_unreadable_column_is_absent() -> None:
    result = clean(
        [
            {**GOOD, "is_eco": "bio", "quantity": "2", "category": " "},
            {**GOOD, "is_eco": "x", "quantity": "two", "category": "c"},
        ]
    )
    assert result.unreadable == {"is_eco": 2, "quantity": 1}
    assert "is_eco" not in result.clean.columns
    assert "quantity" in result.clean.columns


def test_decimal_commas() -> None:
    rows = [{**GOOD, "amount": value} for value in ("12,50", "7", "1.234,50")]
    result = clean(rows, how=Cleaning(time_zone="UTC", decimal=","))
    assert result.clean["amount_minor"].to_list() == [1250, 700], "rows of one time stay in their order"
    assert result.counts["impossible_amount"] == 1, "a point is no decimal mark then, and no thousands separator either"


def test_the_parameters_say_how(project_params: Params) -> None:
    source = TableSource("shop.csv", 2, date_format="%d.%m.%Y", decimal=",")
    how = Cleaning.of(replace(project_params.preprocess, grain="orders"), date(2024, 5, 1), source)
    assert (how.date_format, how.decimal, how.grain, how.last_day) == ("%d.%m.%Y", ",", "orders", date(2024, 5, 1))


def test_too_many_rejected_stop_the_run() -> None:
    result = clean([GOOD, {**GOOD, "amount": "x"}])
    require_some_left(TableFacts.of(result), 0.5, "shop.csv")
    with pytest.raises(InputError) as caught:
        require_some_left(TableFacts.of(result), 0.4, "shop.csv")
    assert str(caught.value) == (
        "shop.csv: 50.0% of the transaction lines are rejected, more than 40.0%, for impossible_amount: 1 line "
        "(row 1: 'x'); fix the file, or raise preprocess.max_rejected_share"
    )


def test_nothing_left_stops_the_run() -> None:
    with pytest.raises(InputError, match="no purchase is left after cleaning, most lines were rejected as zero_amount"):
        require_some_left(TableFacts.of(clean([{**GOOD, "amount": "0"}])), 1.0, "shop.csv")


def test_rows_that_do_not_add_up_are_an_error_of_the_code() -> None:
    with pytest.raises(RuntimeError, match="transactions: 1 clean and 0 rejected rows do not add up to 2 raw ones"):
        require_balance(clean([GOOD]), 2)


def test_an_empty_optional_column_is_absent() -> None:
    assert "category" not in clean([{**GOOD, "category": None}]).clean.columns


def test_the_summary_counts_what_came_in_and_what_was_kept() -> None:
    rows = [GOOD, GOOD, {**GOOD, "amount": "-4"}, {**GOOD, "order_ts": "2024-02-01"}, {**GOOD, "amount": "0"}]
    rows += [{**GOOD, "customer_id": "b ", "order_ts": "2024-02-01"}]
    cleaned = clean(rows)
    got = summarise({"transactions": TableFacts.of(cleaned)}, HOW.last_day)
    assert (got["raw_rows"], got["clean_rows"]) == ({"transactions": 6}, {"transactions": 5})
    assert (got["purchase_lines"], got["purchase_days"], got["return_lines"]) == (4, 3, 1)
    assert (got["customers"], got["net_revenue"]) == (2, 36.0)
    assert (got["first_day"], got["last_day"]) == ("2024-01-01", "2024-12-31")
    assert got["rejected"]["transactions"]["zero_amount"] == 1
    assert got["repaired"]["transactions"]["id_blanks"] == 1
    assert got["flagged"]["transactions"] == dict.fromkeys(
        [rule.name for rule in RULES["transactions"] if rule.action == "flag"], 0
    )
    assert summarise({"transactions": TableFacts.of(cleaned)}, None)["last_day"] == "2024-02-01"


CELLS = {
    "text": st.one_of(st.none(), st.text(max_size=4), st.sampled_from(["a", "A", " a", "b", "1", "C1", "POST", "1.0"])),
    "time": st.one_of(
        st.none(),
        st.text(max_size=6),
        st.sampled_from(["2024-01-01", "2024-01-02 10:00", "2024-01-03T10:00:00+02:00", "1970-01-01", "2025-01-01"]),
        st.sampled_from(["2004-01-01", "0001-01-01", "9999-12-31T23:59:59-14:00", "99999-01-01"]),
    ),
    "money": st.one_of(
        st.none(),
        st.text(max_size=4),
        st.sampled_from(["5", "-5", "-7.5", "0", "nan", "1e400", "9e9", "2000", "-2000"]),
    ),
    "number": st.one_of(st.none(), st.sampled_from(["1", "2", "-1", "x", "inf"])),
    "flag": st.one_of(st.none(), st.sampled_from(["true", "no", "?", "1"])),
}


@st.composite
def raw_tables(draw: st.DrawFn, table: str) -> pd.DataFrame:
    columns = [c for c in TABLES[table] if c.required or draw(st.booleans())]
    n = draw(st.integers(0, 12))
    cells = {c.name: draw(st.lists(CELLS[c.kind], min_size=n, max_size=n)) for c in columns}
    frame = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in cells.items()})
    categorical = [c.name for c in columns if c.name != "order_id" and draw(st.booleans())]
    return frame.astype(dict.fromkeys(categorical, "category"))


@pytest.mark.parametrize("table", TABLES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_whatever_comes_in_is_clean_or_rejected(table: str, data: st.DataObject) -> None:
    raw = data.draw(raw_tables(table))
    how = replace(HOW, ignore_id_case=data.draw(st.booleans()), grain=data.draw(st.sampled_from(["lines", "orders"])))
    result = clean_table(table, raw, how)
    require_balance(result, len(raw))
    assert_follows_schema(result)
    assert sorted([*result.order.tolist(), *result.rejected["row"].tolist()]) == list(range(len(raw)))
    assert list(result.quality["rule"]) == [rule.name for rule in RULES[table]]
    again = clean_table(table, raw.astype("str"), how)
    pd.testing.assert_frame_equal(again.clean, result.clean)
    pd.testing.assert_frame_equal(again.quality, result.quality)
    if table == "transactions":
        lines = result.clean
        by_day = lines.assign(day=lines["order_ts"].dt.normalize(), back=lines["amount_minor"] < 0)
        by_day = by_day.sort_values(["customer_id", "day", "back"], kind="stable")
        balance = by_day["amount_minor"].groupby(by_day["customer_id"].to_numpy()).cumsum()
        assert (balance >= 0).all(), "no customer returned more than was bought"
        assert (lines["amount_minor"] != 0).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([-np.inf, np.nan, 1e300, 0.0, -0.001, 12.5, -12.5]), max_size=8))
def test_typed_columns_are_cleaned_too(amounts: list[float]) -> None:
    n = len(amounts)
    raw = pd.DataFrame(
        {
            "customer_id": pd.Series([1.0, np.nan, 3.0, 1.0, 1e300, 7.0, 1.0, 1.0][:n], dtype="float64"),
            "order_ts": pd.Series(
                pd.to_datetime(["2024-01-01T23:30:00+00:00"] * n, utc=True), dtype="datetime64[us, UTC]"
            ),
            "amount": pd.Series(amounts, dtype="float64"),
            "is_eco": pd.Series([True] * n, dtype="bool"),
        }
    )
    result = clean_table("transactions", raw, replace(HOW, time_zone="Europe/Berlin"))
    require_balance(result, n)
    assert_follows_schema(result)
    assert set(result.clean["order_ts"].dt.day) <= {2}
