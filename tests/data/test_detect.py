"""How text is written is found from all of it, and what may be read in two ways is asked."""

import pandas as pd
import pyarrow as pa
import pytest

from clv.data import detect
from clv.data.detect import find_date_format, find_decimal, find_encoding, find_separator, first_rows
from clv.data.source import TableSource
from clv.data.types import as_time
from clv.errors import InputError

SOURCE = TableSource("shop.csv", 3, {"amount": "Betrag", "order_ts": "Datum", "unit_price": "Preis"})
WANTED = ["customer_id", "order_ts", "amount"]


def separator(text: str, complete: bool = True) -> str:
    return find_separator("shop.csv", text, complete, WANTED)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_every_separator_is_found(mark: str) -> None:
    rows = ["customer_id,order_ts,amount", "a,2024-01-31,5.60", 'b,2024-02-01,"1"']
    assert separator("\n".join(rows).replace(",", mark) + "\n") == mark


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("customer_id;order_ts;amount\na;2024-01-31;5,60\nb;2024-01-31;1,00\n", ";"),  # decimal commas
        ("customer_id;order_ts;amount, net\na;2024-01-31;5,60\n", ";"),  # both fit: more wanted names
        ("customer_id,order_ts,amount\na,2024-01-31,5\nb,2024-01-31,1,60\n", ","),  # none fits: the header
        ('customer_id,order_ts,amount\n"a;b;c",2024-01-31,5\n"a\nb",2024-01-31,5\n', ","),  # in quotes
        ('customer_id,note,amount\na,"un"closed;,5\n', ","),
        ("\n\ncustomer_id|amount\n\na|1\n", "|"),
        ("customer_id\na\n", ","),
        ("", ","),
    ],
)
def test_a_separator_fits_all_rows(text: str, expected: str) -> None:
    assert separator(text) == expected


def test_a_row_that_the_sample_cuts_does_not_count() -> None:
    text = "customer_id;order_ts;amount\na;2024-01-31;5,60\nb;20"
    assert separator(text, complete=False) == ";"
    assert len(first_rows(text, ";", complete=False)) == 2
    assert first_rows("customer_id;ord", ";", complete=False) == [["customer_id", "ord"]]


def test_one_column_is_said_with_what_was_tried() -> None:
    with pytest.raises(InputError) as caught:
        separator('"customer_id,order_ts,amount"\n"a,2024-01-31,5"\n')
    assert str(caught.value) == (
        "shop.csv: its header is one column, 'customer_id,order_ts,amount'; none of comma, semicolon, tab and | "
        "separates columns there; save it with one of them, and without quotes around whole lines"
    )


@pytest.mark.parametrize(
    ("sample", "given", "expected"),
    [
        ("Größe\n1".encode(), "auto", "utf-8"),
        ("Größe\n1".encode("utf-8-sig"), "auto", "utf-8"),
        ("Größe\n1".encode("utf-16"), "auto", "utf-16"),
        ("Größe\n1".encode("utf-16-be").join([b"\xfe\xff", b""]), "auto", "utf-16"),
        ("Größe\n1".encode("cp1252"), "auto", "cp1252"),
        ("size\nä".encode("cp1252"), "auto", "utf-8"),  # the rows are judged when they are read
        (b"", "auto", "utf-8"),
        (b"a", "Latin1", "iso8859-1"),
        (b"a", "UTF-8-SIG", "utf-8"),
    ],
)
def test_encodings(sample: bytes, given: str, expected: str) -> None:
    assert find_encoding(sample, given) == expected


@pytest.mark.parametrize("given", ["klingon", "rot13", "undefined", "", "a\0b"])
def test_an_encoding_must_exist(given: str) -> None:
    with pytest.raises(InputError, match="must be auto or an encoding that Python knows, such as") as e:
        find_encoding(b"a", given)
    assert "\n" not in str(e.value)


def batches(*columns: list[str | None]) -> list[pa.RecordBatch]:
    """Amounts, and unit prices where there is a second list, one row per batch."""
    names = ["amount", "unit_price"][: len(columns)]
    return [
        pa.record_batch([pa.array([value], pa.string()) for value in row], names=names)
        for row in zip(*columns, strict=True)
    ]


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        (["5", "1.50", None], "."),
        (["1.234", "2.34"], "."),
        (["5", None, ""], "."),
        (["5", "1,50"], ","),
        (["1,234", "-0,5"], ","),
        (["0,125"], ","),  # no thousand begins with 0
        (["1234,567"], ","),
        (["5.00", "1,234.50"], "."),  # no number to us, and no witness
        (["1,5", "1.234,50"], ","),
        (["1,234,567"], "."),
        (["1.5 EUR, net", "2,5"], ","),
        ([], "."),
    ],
)
def test_decimal_marks(amounts: list[str | None], expected: str) -> None:
    assert find_decimal(SOURCE, batches(amounts)) == expected


def test_decimal_marks_that_cannot_be_told_are_asked() -> None:
    with pytest.raises(InputError) as caught:
        find_decimal(SOURCE, batches(["5", "1,234", "12,500"]))
    assert str(caught.value) == (
        "shop.csv, column 'Betrag': the comma of '1,234' may be a decimal mark or a thousands separator; "
        "set generate.files.decimal to the mark that is meant"
    )
    with pytest.raises(InputError, match=r"the point of '1\.234' may be a decimal mark or a thousands separator"):
        find_decimal(SOURCE, batches(["1.234", "950", "12.345"]))
    for amounts, prices in ((["1.50", "2"], ["3", "2,5"]), (["1.50", "2"], ["3", "2,500"])):
        with pytest.raises(InputError) as caught:
            find_decimal(SOURCE, batches(amounts, prices))
        assert str(caught.value) == (
            f"shop.csv: column 'Betrag' has numbers like '1.50', column 'Preis' numbers like '{prices[1]}'; "
            "set generate.files.decimal to the mark that is meant"
        )


def dates(*values: str | None, size: int = 2) -> str | None:
    """The format of dates that come in batches."""
    arrays = [pa.array(values[i : i + size], pa.string()) for i in range(0, len(values), size)]
    return find_date_format(SOURCE, "order_ts", arrays)


@pytest.mark.parametrize("date_format", [name for name in detect.PATTERNS if name is not None])
def test_every_format_finds_what_it_writes_and_reads_it(date_format: str) -> None:
    times = pd.Series(pd.date_range("2023-01-25 23:59:58", periods=40, freq="27h"))
    written = times.dt.strftime(date_format)
    assert dates(*written, size=7) == date_format
    exact = {"%S": "s", "%M": "min"}
    unit = next((unit for part, unit in exact.items() if part in date_format), "D")
    pd.testing.assert_series_equal(as_time(written, "UTC", date_format), times.dt.floor(unit).astype("datetime64[us]"))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2024-01-31", "2024-02-01T12:00:00+01:00", "2024-02-01 12:00:00.123Z", None], None),
        (["2024-01-31", "31.01.2024"], None),  # as many: ISO
        (["2024-01-31", "31.01.2024", "1.2.2024"], "%d.%m.%Y"),
        (["01/02/2024", None, "03/04/2024", "13/01/2024"], "%d/%m/%Y"),
        (["01/02/2024", "01/13/2024", "2/3/2024"], "%m/%d/%Y"),
        (["5/6/24", "25/6/24"], "%d/%m/%y"),
        (["1/2/2024 9:05 pm", "1/25/2024 12:00 AM"], "%m/%d/%Y %I:%M %p"),
        ([" 31.01.2024 9:05 "], "%d.%m.%Y %H:%M"),
        (["5 Jan 2024", "31 DEC 2024"], "%d %b %Y"),
        (["20240131"], "%Y%m%d"),
        ([None, None, "soon", "later"], None),
        (["2024-31-12"], None),
        (["32/01/2024", "00/00/2024"], None),
        ([], None),
    ],
)
def test_date_formats(values: list[str | None], expected: str | None) -> None:
    assert dates(*values) == expected


def test_day_or_month_first_is_asked() -> None:
    with pytest.raises(InputError) as caught:
        dates("01/02/2024", None, "03/04/2024")
    assert str(caught.value) == (
        "shop.csv, column 'Datum': '01/02/2024' may have the day or the month first; "
        "set generate.files.date_format to '%d/%m/%Y' or '%m/%d/%Y'"
    )
    with pytest.raises(InputError, match="'%m-%d-%y %H:%M'"):
        dates("01-02-24 10:00", "01-13-24 10:00", "13-01-24 10:00")


def test_the_last_value_of_many_can_tell() -> None:
    many = ["01/02/2024"] * 5000
    assert dates(*many, "02/13/2024", size=1000) == "%m/%d/%Y"
    assert dates(*many, "13/02/2024", size=1000) == "%d/%m/%Y"
