"""Ids of all tables: whether they match, whether each is one person, and whether the last day is plausible."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from clv.data import identity, newest_days
from clv.data.bought_days import BoughtDays
from clv.data.cleaning import clean_table
from clv.data.id_forms import FORMS, is_placeholder, is_scientific, written_twice
from clv.data.input_finding import InputFinding
from clv.data.lines import Cleaning
from clv.data.required import require_whole_ids
from clv.data.source import Source, TableSource
from clv.data.table_facts import TableFacts
from clv.errors import InputError

HOW = Cleaning(time_zone="UTC")
DAYS = pd.date_range("2024-01-01", periods=360, freq="D")


def shop(ids: list[str], days: list[int] | None = None, **more: list[str]) -> TableFacts:
    """Clean transactions: one line per id. `days` counts from the first day; by default each line has the next day."""
    when = DAYS[days if days is not None else np.arange(len(ids)) % len(DAYS)].astype("str")
    raw = pd.DataFrame({"customer_id": ids, "order_ts": when, "amount": "10"} | more)
    return TableFacts.of(clean_table("transactions", raw, HOW))


def customers(ids: list[str]) -> TableFacts:
    return TableFacts.of(clean_table("customers", pd.DataFrame({"customer_id": ids, "country": "DE"}), HOW))


def match(cleaned: dict[str, TableFacts]) -> pd.DataFrame:
    source = Source("files", {name: TableSource(f"{name}.csv", 1) for name in cleaned})
    return identity.match_tables(cleaned, source)


def examined(cleaned: dict[str, TableFacts]) -> list[InputFinding]:
    return identity.examine(cleaned, match(cleaned), lambda: 300)


def matched(orders: list[str], theirs: list[str]) -> pd.Series:
    cleaned = {"transactions": shop(orders), "customers": customers(theirs)}
    return match(cleaned).iloc[0]


def found(lines: TableFacts) -> list[InputFinding]:
    cleaned = {"transactions": lines}
    return examined(cleaned)


def flagged(lines: TableFacts) -> list[str]:
    return [str(finding) for finding in found(lines) if finding.flagged]


# Ids of the orders, ids of the other table, and the words for the spelling that would match.
SPELLINGS = [
    (["12000", "12001"], ["12000.0", "12001.0"], "without '.0' at the end 2 rows"),
    (["12000.0", "12001.0"], ["12000", "12001"], "without '.0' at the end 2 rows"),
    (["12", "13"], ["000012", "000013"], "without leading zeros 2 rows"),
    (["AB1", "AB2"], ["ab1", "Ab2"], "ignoring case 2 rows"),
    (["AB 1", "AB 2"], ["AB1", "AB2"], "without blanks inside 2 rows"),
    (["AB-1", "AB-2"], ["AB1", "AB_2"], "with only letters and digits 2 rows"),
    (["0012", "0013"], ['="0012"', "'0013"], "with only letters and digits 2 rows"),
    (["12000", "13000"], ["12,000", "13,000"], "with only letters and digits 2 rows"),
    (["ab12", "13"], ["AB 12", "0013.0"], "leading zeros and everything but letters and digits 2 rows"),
    (["a", "b"], ["c", "d"], "map the column that holds the same ids as the orders, or leave customers out"),
]


@pytest.mark.parametrize(("orders", "theirs", "words"), SPELLINGS)
def test_a_table_that_matches_no_buyer_stops_with_the_spelling_that_would(
    orders: list[str], theirs: list[str], words: str
) -> None:
    with pytest.raises(InputError, match="none of its 2 rows is of a customer with orders") as stop:
        matched(orders, theirs)
    assert words in str(stop.value)
    assert "\n" not in str(stop.value)


def test_few_matching_are_flagged_with_what_another_spelling_would_add() -> None:
    row = matched(["1", "2", "3", "4"], ["1", "2.0", "3.0", "4.0"])
    assert row[["rows", "rows_of_buyers", "buyers", "buyers_with_row", "rows_in_other_form"]].tolist() == [
        4,
        1,
        4,
        1,
        3,
    ]
    cleaned = {"transactions": shop(["1", "2", "3", "4"]), "customers": customers(["1", "2.0", "3.0", "4.0"])}
    [finding] = [f for f in examined(cleaned) if f.text.startswith("customers")]
    assert finding.flagged
    assert "25.0% of 4 rows" in finding.text
    assert "3 rows more would match without '.0' at the end" in finding.text


def test_tables_that_match_are_reported_and_not_flagged() -> None:
    cleaned = {"transactions": shop(["1", "2"]), "customers": customers(["1", "2", "9"])}
    [finding] = [f for f in examined(cleaned) if f.text.startswith("customers")]
    assert not finding.flagged
    assert finding.text == "customers: 66.7% of 3 rows are of customers with orders; 100.0% of 2 buyers have a row"


def test_a_table_without_rows_is_not_matched() -> None:
    cleaned = {"transactions": shop(["1"]), "customers": customers([])}
    assert match(cleaned).empty


@pytest.mark.parametrize("odd", ["5.55138E+12", "5,55138E+12", "1E+15", "1.5e+16", "5.55138E12", "-1.2E+9"])
def test_ids_in_scientific_notation_stop(odd: str) -> None:
    with pytest.raises(InputError, match="1 different ids are in scientific notation") as stop:
        require_whole_ids(shop(["a", odd]), TableSource("t.csv", 2))
    assert "export the column as text" in str(stop.value)
    assert "column 'customer_id'" in str(stop.value)


def test_order_ids_in_scientific_notation_stop_too() -> None:
    lines = shop(["a", "b"], order_id=["1", "5.55E+12"])
    with pytest.raises(InputError, match="column 'order_id': 1 different ids"):
        require_whole_ids(lines, TableSource("t.csv", 2))


def test_a_long_number_that_became_a_float_stops() -> None:
    """A Parquet column of float64 keeps only 16 digits."""
    lines = shop([1.2345678901234568e22, 5.0])
    with pytest.raises(InputError, match="scientific notation"):
        require_whole_ids(lines, TableSource("t.parquet", 2))


def test_long_numbers_of_which_a_spreadsheet_kept_15_digits_stop() -> None:
    cut = [f"{4_111_222_333_000_00 + i}0" for i in range(30)]
    assert {len(name) for name in cut} == {16}
    with pytest.raises(InputError, match="all ids of more than 15 digits end in 0"):
        require_whole_ids(shop([*cut, "12"]), TableSource("t.csv", 2))
    require_whole_ids(shop([*cut, "4111222333000001"]), TableSource("t.csv", 2))


@pytest.mark.parametrize("fine", ["4e10", "1e5", "12E4", "E+12", "5.5", "a1.5E+12", "1.2.E+3", ""])
def test_hashes_and_codes_are_not_taken_for_numbers(fine: str) -> None:
    assert is_scientific(pd.array([fine], dtype="string[pyarrow]").__arrow_array__()).to_pylist() == [False]
    require_whole_ids(shop(["a", fine]), TableSource("t.csv", 2))


@pytest.mark.parametrize(
    "name",
    [
        "0",
        "-1",
        "00000",
        "None",
        "NULL",
        "guest",
        "Guest Customer",
        "(not set)",
        "N/A",
        "#N/A",
        "n.a.",
        "-",
        "?",
        "anonymous",
        "Walk-In",
        "undefined",
        "00000000-0000-0000-0000-000000000000",
        "(none)",
    ],
)
def test_ids_that_stand_for_nobody_are_found(name: str) -> None:
    assert is_placeholder(pd.Index([name])).tolist() == [True]
    assert any(repr(name) in line for line in flagged(shop(["a", name]))) or "@" in name


@pytest.mark.parametrize("name", ["1", "10", "a", "-10", "guest1", "K0224", "nobody@shop.example", "testa", "1-1"])
def test_other_ids_are_somebody(name: str) -> None:
    assert is_placeholder(pd.Index([name])).tolist() == [False]


def test_an_id_with_far_more_purchase_days_than_anybody_is_flagged_and_can_be_set_aside() -> None:
    ids = ["17"] * 90 + [f"k{i % 40}" for i in range(400)]
    lines = shop(ids, [*range(90), *(i // 40 for i in range(400))])
    [line] = flagged(lines)
    assert line.startswith("'17' bought on 90 days, all others on at most 10, and makes up 18.4% of the revenue")
    assert "preprocess.not_customers: ['17']" in line
    aside = Cleaning(time_zone="UTC", not_customers=("17",))
    raw = pd.DataFrame(
        {"customer_id": ids, "order_ts": DAYS[[*range(90), *range(40)] + [1] * 360].astype("str"), "amount": "1"}
    )
    without = clean_table("transactions", raw, aside)
    assert without.counts["not_a_customer"] == 90
    assert without.bad_share == 0
    assert set(without.rejected["reason"]) == {"not_a_customer"}


def test_two_crowds_above_one_gap_are_both_named() -> None:
    ids = ["pos"] * 100 + ["17"] * 80 + [f"k{i % 30}" for i in range(60)]
    lines = shop(ids, [*range(100), *range(80), *(i // 30 for i in range(60))])
    [line] = flagged(lines)
    assert line.startswith("'17', 'pos' bought on 80 to 100 days, all others on at most 2")


def test_loyal_customers_are_no_crowd() -> None:
    ids = [f"k{i}" for i in range(60) for _ in range(i + 1)]
    assert not flagged(shop(ids, [n for i in range(60) for n in range(i + 1)]))


def test_an_e_mail_address_is_not_shown() -> None:
    ids = ["ada@x.example"] * 90 + [f"k{i % 40}" for i in range(80)]
    text = " ".join(finding.text for finding in found(shop(ids, [*range(90), *(i // 40 for i in range(80))])))
    assert "an e-mail address bought on 90 days" in text
    assert "ada@" not in text


def test_hardly_anybody_who_bought_twice_looks_like_order_ids() -> None:
    n = 300
    once = shop([f"o{i}" for i in range(n)], order_id=[f"n{i}" for i in range(n)])
    [line] = flagged(once)
    assert (
        "hardly anybody bought twice: 0 of 300 buyers bought on two days or more, and there are 300 order ids" in line
    )
    assert "customer_unique_id" in line
    some = shop([f"o{i % 290}" for i in range(n)])
    assert not flagged(some)
    assert "10 of 290 buyers bought on two days or more" in " ".join(map(str, found(some)))


def test_few_buyers_prove_nothing_about_ids() -> None:
    assert not flagged(shop([f"o{i}" for i in range(50)]))


def test_missing_ids_are_counted_and_flagged_where_they_are_many() -> None:
    lines = shop(["a", "a", "b", ""])
    assert "1 of 4 transaction lines (25.0%) have no customer id" in " ".join(flagged(lines))
    few = shop(["a", "b"] * 50 + [""])
    assert not flagged(few)
    assert any("1 of 101 transaction lines" in str(finding) for finding in found(few))


def test_one_id_in_two_spellings_within_a_table_is_counted() -> None:
    ids = pd.Series(["12", "12.0", "0013", "13", "x 1", "x1", "7"])
    assert written_twice(ids).tolist() == [True] * 6 + [False]
    assert shop(["12", "12.0", "7"]).counts["id_written_twice"] == 2


def test_every_form_of_writing_is_idempotent() -> None:
    ids = pd.Series(["0012.0", "A b", "x", "000", "1.00"])
    for _, written in FORMS:
        assert written(written(ids)).tolist() == written(ids).tolist()


def test_orders_dated_ahead_flag_the_last_day_with_the_day_before_them() -> None:
    rng = np.random.default_rng(1)
    usual = np.repeat(np.arange(300), 3)
    ahead = 300 + rng.integers(20, 200, 8)
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta([*usual, *ahead], "D")
    lines = clean_table("transactions", pd.DataFrame({"customer_id": "a", "order_ts": days, "amount": 10.0}), HOW)
    finding = newest_days.examine(BoughtDays.of(lines), None)
    assert finding.flagged
    assert finding.remedy == "if so, set time.last_day: '2023-10-27'"
    assert finding.text.startswith(f"the last day is {days.max().date()}")
    assert not newest_days.examine(BoughtDays.of(lines), date(2023, 10, 27)).flagged


@pytest.mark.parametrize("rate", [0.02, 0.3, 1, 5])
def test_an_even_history_has_no_thin_end(rate: float) -> None:
    for seed in range(20):
        counts = np.random.default_rng(seed).poisson(rate, 800)
        days = np.flatnonzero(counts)
        assert newest_days.thin_from(days, counts[days]) is None


def test_a_low_season_is_no_thin_end() -> None:
    day = np.arange(900)
    counts = np.random.default_rng(3).poisson(4 * (1 + 0.7 * np.sin(2 * np.pi * day / 365)))
    days = np.flatnonzero(counts)
    assert newest_days.thin_from(days, counts[days]) is None
