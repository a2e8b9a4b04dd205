"""How dates and numbers may be spelled: each row is a small file, with its reading or the line that refuses it."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clv.data.cleaning import clean_table
from clv.data.files import copy_files
from clv.data.lines import Cleaning
from clv.data.parquet import read_raw
from clv.data.source import TableSource
from clv.data.spelling import as_findings
from clv.errors import InputError
from clv.params import Params

NEW_YORK = "America/New_York"  # five hours behind UTC in winter
AT = "2024-01-05 10:11:12"
EARLIER = "2024-01-05 05:11:12"
ISO = "is not an ISO 8601 date like 2026-01-31; "
REJECT = ", or set generate.files.unreadable_values to reject"
BOTH_ORDERS = "write all dates as 2026-01-31 where they come from, or split the file by how its dates are written"

# Name of the case, the dates of the column, and the first date as local time in New York.
DATES: list[tuple[str, list[str], str]] = [
    ("ISO day", ["2024-01-05"], "2024-01-05 00:00:00"),
    ("ISO without a zone", [AT], AT),
    ("ISO with Z", ["2024-01-05T10:11:12Z"], EARLIER),
    ("ISO with a blank before Z", ["2024-01-05 10:11:12 Z"], EARLIER),
    ("UTC in letters", ["2024-01-05 10:11:12 UTC"], EARLIER),
    ("UTC without a blank", ["2024-01-05 10:11:12UTC"], EARLIER),
    ("GMT in letters", ["2024-01-05 10:11:12 GMT"], EARLIER),
    ("an offset from UTC in letters", ["2024-01-05 11:11:12 UTC+01:00"], EARLIER),
    ("Shopify", ["2024-01-05 12:11:12 +0200", "2024-11-30 23:43:55 +0200"], EARLIER),
    ("Amazon", ["2024-01-05T10:11:12+00:00"], EARLIER),
    ("hours of an offset alone", ["2024-01-05 10:11:12+00"], EARLIER),
    ("spreadsheet day", ["45296"], "2024-01-05 00:00:00"),
    ("spreadsheet day and time", ["45296.42444", "45297.5"], AT),
    ("spreadsheet time between two seconds", ["45296.3"], "2024-01-05 07:12:00"),
    ("spreadsheet day with a comma", ["45296,42444"], AT),
    ("the first spreadsheet day of 1990", ["32874"], "1990-01-01 00:00:00"),
    ("seconds since 1970", ["1704449472"], EARLIER),
    ("seconds with a fraction", ["1704449472.25"], "2024-01-05 05:11:12.250000"),
    ("milliseconds", ["1704449472000"], EARLIER),
    ("milliseconds that met a missing value", ["1704449472000.0"], EARLIER),
    ("microseconds", ["1704449472000000"], EARLIER),
    ("nanoseconds", ["1704449472000000000"], EARLIER),
    ("nine digits of seconds", ["946684800", "1704449472"], "1999-12-31 19:00:00"),
    ("digits of a day", ["20240105"], "2024-01-05 00:00:00"),
    ("digits of a second", ["20240105101112"], AT),
    ("Etsy", ["01/05/24", "01/31/24"], "2024-01-05 00:00:00"),
    ("day first", ["05/01/2024", "31/01/2024"], "2024-01-05 00:00:00"),
    ("day first with a comma", ["05/01/2024, 10:11:12", "31/01/2024, 10:11:12"], AT),
    ("month first with AM", ["1/5/2024, 10:11:12 AM", "1/31/2024, 10:11:12 PM"], AT),
    ("a narrow blank before AM", ["1/5/2024, 10:11:12\u202fAM", "1/31/2024, 10:11:12\u202fPM"], AT),
    ("Magento", ["Jan 5, 2024 10:11:12 AM"], AT),
    ("Stripe and Square", ["Jan 5, 2024, 10:11:12 PM"], "2024-01-05 22:11:12"),
    ("AM and UTC", ["Jan 5, 2024 10:11:12 AM UTC"], EARLIER),
    ("PayPal", ["05/01/2024", "13/01/2024"], "2024-01-05 00:00:00"),
    ("an ordinal", ["Jan 5th 2024", "Jan 31st 2024"], "2024-01-05 00:00:00"),
    ("a long month", ["January 5, 2024"], "2024-01-05 00:00:00"),
    ("September in four letters", ["5 Sept 2024", "6 Jan 2024"], "2024-09-05 00:00:00"),
    ("a database's month", ["05-JAN-24"], "2024-01-05 00:00:00"),
    ("the date of a mail", ["Fri, 05 Jan 2024 10:11:12 GMT"], EARLIER),
    ("points from the year on", ["2024.01.05"], "2024-01-05 00:00:00"),
    ("a slash, a zone", ["2024/01/05 10:11:12 UTC"], EARLIER),
]
# Name of the case, the dates of the column, the end of the error line.
NO_DATES: list[tuple[str, list[str], str]] = [
    ("day or month first", ["05/01/2024"], "set generate.files.date_format to '%d/%m/%Y' or '%m/%d/%Y'"),
    ("an hour or seconds", ["2024010510"], "set generate.files.date_format to '%Y%m%d%H' or 'epoch_s'"),
    ("day and month first, as many", ["13/01/2024", "01/13/2024"], BOTH_ORDERS),
    ("day and month first, one alone", ["13/01/2024", "14/01/2024", "01/02/2024", "01/13/2024"], BOTH_ORDERS),
    ("month and day first, late", ["01/13/2024"] * 1200 + ["13/01/2024"], BOTH_ORDERS),
    ("day and month first with points", ["13.01.2024", "14.01.2024", "01.13.2024"], BOTH_ORDERS),
    ("a serial among dates", [AT, AT, "45384.3"], f"write days of a spreadsheet as dates like 2026-01-31{REJECT}"),
    ("milliseconds among dates", [AT, "1704449472000"], f"in UTC as dates like 2026-01-31{REJECT}"),
    ("a date among serials", ["45384", "45385", "31/01/2024"], f"and left the others as text{REJECT}"),
    (
        "a typo among dates",
        ["13/01/2024", "14/01/2024", "32/01/2024"],
        f"write all dates of the column in this format{REJECT}",
    ),
    ("a few swapped ISO dates", [*[AT] * 200, "2024-31-01"], f"{ISO}write all dates as 2026-01-31{REJECT}"),
    ("swapped ISO dates", ["2024-01-13", "2024-31-01", "2024-13-01"], BOTH_ORDERS),
    ("nothing but swapped dates", ["2024-31-01", "2024-13-01"], "to '%Y-%d-%m', which exchanges them"),
    ("a week", ["2024-W05"], f"{ISO}write the day of the order: a week is not a day"),
    ("a quarter", ["Q1 2024"], "write the day of the order: a quarter is not a day"),
    ("a month", ["2024-01"], "write the day of the order: a month is not a day"),
    ("a month in letters", ["Jan 2024"], "write the day of the order: a month is not a day"),
    ("a month before its year", ["01/2024"], "write the day of the order: a month is not a day"),
    ("a year", ["2024"], "write the day of the order: a year is not a day"),
    ("a column too narrow", ["#######"], "widen the column, which shows # for dates that do not fit, in the "),
    ("no date of MySQL", ["0000-00-00", AT], "or leave them out: zeros are not a date" + REJECT),
    ("no date", [AT, ""], f"empty {ISO}give rows without a date the date of their order, or leave them out{REJECT}"),
    ("a word", [AT, "soon"], f"give rows without a date the date of their order, or leave them out{REJECT}"),
    ("a time of day", ["10:11:12"], "put the day of the order before the time"),
    ("a zone in letters", ["2024-01-05 10:11:12 PST"], "or leave it out and set preprocess.time_zone to it"),
    ("a zone by its place", ["2024-01-05 10:11:12 Europe/Berlin"], "set preprocess.time_zone to it"),
    ("months of another language", ["5 janvier 2024"], "write the dates as 2026-01-31"),
    ("lost digits", ["1.70445E+12"], "format the column, whose last digits are lost, as whole numbers in the"),
    ("a formula", ["#VALUE!"], "fix the formula in the spreadsheet and export it again"),
    ("a format that we do not know", ["2024_01_05"], "set generate.files.date_format to the format in the file"),
]
# Name of the case, the amounts of the column, and their values in cents.
NUMBERS: list[tuple[str, list[str], list[int]]] = [
    ("plain", ["1234.5", "-26"], [123450, -2600]),
    ("a decimal comma", ["1234,5", "-26"], [123450, -2600]),
    ("dollars", ["$1,234.50", "$26.46"], [123450, 2646]),
    ("negative dollars", ["-$5.00", "$-5.00", "($5.00)", "$(5.00)", "$5.00-"], [-500] * 5),
    ("whole dollars beside a fraction", ["$1,234", "$1,234.50"], [123400, 123450]),
    ("millions", ["1,234,567", "1,234"], [123456700, 123400]),
    ("euros behind", ["26,46 €", "1.234,50 €"], [2646, 123450]),
    ("euros before", ["€26.46", "€ 1,234.50"], [2646, 123450]),
    ("a no-break blank before the sign", ["26,46\u00a0€", "26,46\u202f€"], [2646, 2646]),
    ("a code before", ["EUR 12.00", "EUR1,234.50"], [1200, 123450]),
    ("a code behind", ["12.00 CHF", "1'234.50 CHF"], [1200, 123450]),
    ("a sign and a code", ["$12.00 USD", "US$5.00"], [1200, 500]),
    ("reais", ["R$ 1.234,50", "R$26,46"], [123450, 2646]),
    ("pounds", ["£26.46", "-£5"], [2646, -500]),
    ("kronor", ["1 234,50 kr", "kr 26,46"], [123450, 2646]),
    ("zloty", ["26,46 zł", "1\u00a0234,50 zł"], [2646, 123450]),
    ("a typographic apostrophe", ["1’234.50", "26.46"], [123450, 2646]),
    ("thin blanks", ["1\u2009234,50", "1\u202f234,50"], [123450, 123450]),
    ("blanks without a fraction", ["1 234", "12.50"], [123400, 1250]),
    ("groups as in India", ["₹1,50,000.00", "₹5.50"], [15000000, 550]),
    ("brackets", ["(45.53)", "26.46"], [-4553, 2646]),
    ("a minus behind", ["45.53-", "26.46"], [-4553, 2646]),
    ("a minus of typesetters", ["\u221226", "\u22121,50"], [-2600, -150]),
    ("a fraction alone", ["$.50", "$1.00"], [50, 100]),
    ("a missing value", ["$1.50", ""], [150]),
]
TWO_CURRENCIES = "convert all amounts of the file to one currency, or split it by currency"
# Name of the case, the amounts of the column, the end of the error line.
NO_NUMBERS: list[tuple[str, list[str], str]] = [
    ("a comma of two meanings", ["1,234", "5"], "; set generate.files.decimal to the mark that is meant"),
    ("a comma of two meanings in dollars", ["$1,234"], "; set generate.files.decimal to the mark that is meant"),
    ("two decimal marks", ["1,234.50", "1.234,50"], "; write all numbers of the file with one decimal mark"),
    ("two currencies", ["$5.00", "€5.00"], TWO_CURRENCIES),
    ("two dollars", ["CA$5.00", "5.00 USD"], TWO_CURRENCIES),
    ("two codes", ["5.00 EUR", "4.00 GBP"], TWO_CURRENCIES),
    (
        "groups of one",
        ["5.00", "1,5,6"],
        "write it with one decimal mark, and with thousands in groups of three or ungrouped",
    ),
    ("a percentage", ["5.00", "12%"], "write an amount of money instead of a percentage"),
    ("a letter", ["5.00", "1e5x"], "write only the number, without letters or other signs"),
    ("a unit", ["5.00", "12 pcs"], "write only the number, without letters or other signs"),
    ("a word for nothing", ["5.00", "free"], "write 0 where nothing was paid"),
    ("a dash", ["5.00", "-"], "leave the value empty where there is none"),
    ("no answer", ["5.00", "n/a"], "leave the value empty where there is none"),
    ("another word", ["5.00", "refunded"], "write the value in digits, and leave it empty where there is none"),
    ("a price in shops", ["5,50", "100,-"], "write only the number, without letters or other signs"),
    ("two minuses", ["5.00", "-(5.00)"], "write only the number, without letters or other signs"),
    ("two currencies of one amount", ["5.00", "$5 EUR"], "write only the number, without letters or other signs"),
    ("a date", ["5.00", "2024-01-05"], "map the column that holds the numbers: these are dates"),
    ("a column too narrow", ["5.00", "####"], "widen the column, which shows # for numbers that do not fit, in"),
    ("a formula", ["5.00", "#N/A"], "fix the formula in the spreadsheet and export it again"),
    ("the euro sign in Latin-9", ["5.00", "5.00 ¤"], "set generate.files.encoding to iso8859-15, which has the euro"),
]


def write(path: Path, **columns: list[str]) -> Path:
    """Write a CSV of orders, each of another customer, with the given columns."""
    n = max(map(len, columns.values()))
    rows = {"customer_id": [f"c{i}" for i in range(n)], "order_ts": [AT] * n, "amount": ["5"] * n} | columns
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(rows)
        writer.writerows(zip(*rows.values(), strict=True))
    return path


def clean(path: Path, params: Params, time_zone: str = NEW_YORK, **how: str) -> tuple[pd.DataFrame, TableSource]:
    """The clean rows of a file, and the source as it was detected."""
    sources = copy_files(replace(params.generate.files, transactions=str(path), **how), path.parent, ["transactions"])
    source = sources["transactions"]
    cleaning = Cleaning.of(replace(params.preprocess, time_zone=time_zone), None, source)
    raw = read_raw("transactions", path.parent / "transactions.parquet")
    return clean_table("transactions", raw, cleaning).clean.sort_values("customer_id"), source


def amounts(path: Path, params: Params, **how: str) -> list[int]:
    """The amounts of a file in cents, as later stages read them; returns are not yet limited by purchases."""
    sources = copy_files(replace(params.generate.files, transactions=str(path), **how), path.parent, ["transactions"])
    cleaning = Cleaning.of(params.preprocess, None, sources["transactions"])
    raw = read_raw("transactions", path.parent / "transactions.parquet")
    return [int(value) for value in np.rint(cleaning.number(raw["amount"]).dropna() * 100)]


def refusal(path: Path, params: Params, **how: str) -> str:
    with pytest.raises(InputError) as caught:
        clean(path, params, **how)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(("what", "dates", "expected"), DATES, ids=[row[0] for row in DATES])
def test_a_date_is_read(tmp_path: Path, project_params: Params, what: str, dates: list[str], expected: str) -> None:
    frame, source = clean(write(tmp_path / "t.csv", order_ts=dates), project_params)
    assert str(frame["order_ts"].iloc[0]) == expected, (what, source.date_format)
    assert frame["order_ts"].notna().all()


@pytest.mark.parametrize(("what", "dates", "line"), NO_DATES, ids=[row[0] for row in NO_DATES])
def test_a_date_is_refused_with_what_helps(
    tmp_path: Path, project_params: Params, what: str, dates: list[str], line: str
) -> None:
    said = refusal(write(tmp_path / "t.csv", order_ts=dates), project_params)
    assert line in said, what
    assert said.endswith(line) or line.endswith((" ", "the"))


@pytest.mark.parametrize(("what", "texts", "cents"), NUMBERS, ids=[row[0] for row in NUMBERS])
def test_a_number_is_read(
    tmp_path: Path, project_params: Params, what: str, texts: list[str], cents: list[int]
) -> None:
    assert amounts(write(tmp_path / "t.csv", amount=texts), project_params) == cents, what


@pytest.mark.parametrize(("what", "texts", "line"), NO_NUMBERS, ids=[row[0] for row in NO_NUMBERS])
def test_a_number_is_refused_with_what_helps(
    tmp_path: Path, project_params: Params, what: str, texts: list[str], line: str
) -> None:
    said = refusal(write(tmp_path / "t.csv", amount=texts), project_params)
    assert line in said, what
    assert "generate.files.decimal" in line or "generate.files.decimal" not in said


@pytest.mark.parametrize("date_format", ["auto", "%d/%m/%Y", "%m/%d/%Y"])
def test_days_that_may_be_months_stop_whatever_is_set(tmp_path: Path, project_params: Params, date_format: str) -> None:
    path = write(tmp_path / "t.csv", order_ts=["13/01/2024", "02/01/2024", "14/01/2024", "01/13/2024"])
    lines = {refusal(path, project_params, date_format=date_format, unreadable_values=u) for u in ("stop", "reject")}
    (line,) = lines
    assert line.endswith(BOTH_ORDERS)
    assert "reject" not in line


def test_a_format_that_only_its_twin_fits_is_named(tmp_path: Path, project_params: Params) -> None:
    path = write(tmp_path / "t.csv", order_ts=["13/01/2024", "02/01/2024", "14/01/2024"])
    for unreadable in ("stop", "reject"):
        said = refusal(path, project_params, date_format="%m/%d/%Y", unreadable_values=unreadable)
        assert said.endswith("set generate.files.date_format to '%d/%m/%Y', which exchanges them")
        assert "column 'order_ts', data row 1: '13/01/2024' (and 1 more) is not a date in the format %m/%d/%Y" in said


def test_typos_that_fit_neither_order_can_be_set_aside(tmp_path: Path, project_params: Params) -> None:
    path = write(tmp_path / "t.csv", order_ts=["13/01/2024", "02/01/2024", "32/01/2024"])
    frame, _ = clean(path, project_params, unreadable_values="reject")
    assert frame["order_ts"].dt.day.to_list() == [13, 2]


def test_two_currencies_stop_whatever_is_set(tmp_path: Path, project_params: Params) -> None:
    path = write(tmp_path / "t.csv", amount=["$5.00", "€5.00"])
    for how in ({"unreadable_values": "reject"}, {"decimal": "."}, {"decimal": ","}):
        assert TWO_CURRENCIES in refusal(path, project_params, **how)


def test_a_mark_that_is_set_reads_thousands(tmp_path: Path, project_params: Params) -> None:
    path = write(tmp_path / "t.csv", amount=["1,234", "950"])
    assert amounts(path, project_params, decimal=".") == [123400, 95000]
    assert amounts(path, project_params, decimal=",") == [123, 95000]
    path = write(tmp_path / "t.csv", amount=["2,5", "1,25"])
    assert refusal(path, project_params, decimal=".").endswith("; set generate.files.decimal to ','")


@pytest.mark.parametrize(
    ("given", "text", "expected"),
    [
        ("%Y-%m-%d %H:%M:%S UTC", "2024-01-05 10:11:12 UTC", EARLIER),
        ("%Y-%m-%d %H:%M:%S GMT", "2024-01-05 10:11:12 GMT", EARLIER),
        ("%Y-%m-%dT%H:%M:%SZ", "2024-01-05T10:11:12Z", EARLIER),
        ("%Y-%m-%d %H:%M:%S %Z", "2024-01-05 10:11:12 UTC", EARLIER),
        ("%d.%m.%Y %H:%M:%S %z", "05.01.2024 11:11:12 +0100", EARLIER),
        ("%d.%m.%Y %H:%M:%S Uhr", "05.01.2024 10:11:12 Uhr", AT),
        ("epoch_s", "1704449472", EARLIER),
        ("serial", "45296.42444", AT),
    ],
)
def test_a_zone_that_a_format_names_is_heeded(
    tmp_path: Path, project_params: Params, given: str, text: str, expected: str
) -> None:
    frame, _ = clean(write(tmp_path / "t.csv", order_ts=[text]), project_params, date_format=given)
    assert str(frame["order_ts"].iloc[0]) == expected


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("%Y-%m-%d %H:%M:%S CET", "ends in the zone CET, which would be dropped, got "),
        ("%Y-%m-%d %H:%M:%SPST", "ends in the zone PST, which would be dropped, got "),
        ("%Y-%m-%d %H:%M:%S Europe/Berlin", "ends in the zone Europe/Berlin, which would be dropped, got "),
        ("%Y-%m-%d %H:%M:%S+01:00", "; end the format with %z, which reads it"),
    ],
)
def test_a_zone_that_would_be_dropped_is_refused(tmp_path: Path, project_params: Params, given: str, line: str) -> None:
    said = refusal(write(tmp_path / "t.csv", order_ts=[AT]), project_params, date_format=given)
    assert said.startswith("parameter 'generate.files.date_format' ends in the zone ")
    assert line in said


def test_a_zone_other_than_the_format_s_is_not_taken_for_it(tmp_path: Path, project_params: Params) -> None:
    path = write(tmp_path / "t.csv", order_ts=["2024-01-05 10:11:12 UTC", "2024-01-05 10:11:12 CET"])
    said = refusal(path, project_params, date_format="%Y-%m-%d %H:%M:%S %Z")
    assert "data row 2: '2024-01-05 10:11:12 CET' is not a date in the format" in said


def test_the_euro_sign_of_windows_is_read(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("customer_id;order_ts;amount\na;2024-01-05;26,46 €\n".encode("cp1252"))
    frame, source = clean(path, project_params)
    assert frame["amount_minor"].to_list() == [2646]
    assert (source.encoding, source.decimal, source.formatted) == ("cp1252", ",", {"amount": "EUR"})
    said = refusal(path, project_params, encoding="latin-1")
    assert said.endswith("set generate.files.encoding to cp1252, which has the euro sign")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([1704449472000, None]), EARLIER),
        (pa.array([1704449472, 1704449473], pa.int32()), EARLIER),
        (pa.array([1704449472.0, None]), EARLIER),
        (pa.array([45296.42444, 45297.5]), AT),
        (pa.array([20240105, 20240131]), "2024-01-05 00:00:00"),
        (pa.array([45296, 45297]).cast(pa.decimal128(25, 2)), "2024-01-05 00:00:00"),
    ],
)
def test_numbers_of_parquet_are_times(tmp_path: Path, project_params: Params, values: pa.Array, expected: str) -> None:
    table = pa.table({"customer_id": ["c0", "c1"], "order_ts": values, "amount": [1.0, 2.0]})
    pq.write_table(table, tmp_path / "t.parquet")
    folder = tmp_path / "raw"
    folder.mkdir()
    files = replace(project_params.generate.files, transactions=str(tmp_path / "t.parquet"), unreadable_values="reject")
    source = copy_files(files, folder, ["transactions"])["transactions"]
    how = Cleaning.of(replace(project_params.preprocess, time_zone=NEW_YORK), None, source)
    frame = clean_table("transactions", read_raw("transactions", folder / "transactions.parquet"), how).clean
    assert str(frame["order_ts"].min()) == expected
    assert len(frame) == 2 - values.null_count


def test_the_parts_of_a_computed_amount_are_read_alike(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        'customer_id,order_ts,quantity,unit_price,discount\na,2024-01-05,"1,200",$5.00,($1.00)\n'
        'b,2024-01-05,2,"$1,234.50",\n'
    )
    frame, source = clean(path, project_params)
    assert frame["amount_minor"].to_list() == [600100, 246900]
    assert source.formatted == {"quantity": "", "unit_price": "$", "discount": "$"}


def test_what_was_read_is_said(tmp_path: Path, project_params: Params) -> None:
    dated = write(tmp_path / "t.csv", order_ts=["45296.5"], amount=["$1.50"])
    found = as_findings({"transactions": clean(dated, project_params)[1]})
    assert [str(finding) for finding in found] == [
        "transactions: column 'order_ts' is read as days of a spreadsheet, times without a zone",
        "transactions: column 'amount' is read as amounts in $ with the decimal mark '.'",
    ]
    plain = write(tmp_path / "t.csv", order_ts=[AT])
    assert as_findings({"transactions": clean(plain, project_params)[1]}) == []
